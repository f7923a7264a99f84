using SaltEvents.Core.Protocols;

namespace SaltEvents.Core.Configuration;

/// <summary>A bus found in a socket directory.</summary>
/// <param name="Node">Whose it is.</param>
/// <param name="Endpoint">Its sockets.</param>
public sealed record LocatedBus(SaltNode Node, BusEndpoint Endpoint);
