using System;

namespace SaltEvents;

/// <summary>One subscriber of a bus that this process runs.</summary>
public sealed class SaltEventSubscriber
{
    internal SaltEventSubscriber(int id, DateTime connectedAt, long eventsOut, long bytesOut, int queued, long dropped)
    {
        Id = id;
        ConnectedAt = connectedAt;
        EventsOut = eventsOut;
        BytesOut = bytesOut;
        Queued = queued;
        Dropped = dropped;
    }

    /// <summary>Its number on the bus, in the order of connecting.</summary>
    public int Id { get; }

    /// <summary>Since when, UTC.</summary>
    public DateTime ConnectedAt { get; }

    /// <summary>Events handed to its socket.</summary>
    public long EventsOut { get; }

    /// <summary>Bytes handed to its socket.</summary>
    public long BytesOut { get; }

    /// <summary>Events that wait for it.</summary>
    public int Queued { get; }

    /// <summary>Events that it did not get because its queue was full.</summary>
    public long Dropped { get; }
}
