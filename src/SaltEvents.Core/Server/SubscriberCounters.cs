using System;

namespace SaltEvents.Core.Server;

/// <summary>One subscriber of a bus.</summary>
/// <param name="Id">Its number, from 1 in the order of connecting.</param>
/// <param name="ConnectedAt">Since when, UTC.</param>
/// <param name="EventsOut">Events handed to its socket.</param>
/// <param name="BytesOut">Bytes handed to its socket.</param>
/// <param name="Queued">Events that wait for it.</param>
/// <param name="Dropped">Events that it did not get because its queue was full.</param>
public sealed record SubscriberCounters(int Id, DateTime ConnectedAt, long EventsOut, long BytesOut, int Queued, long Dropped);
