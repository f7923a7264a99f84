using SaltEvents.Core.Transport;

namespace SaltEvents.Core.Nats;

/// <summary>NATS servers in place of a bus's sockets: events are read from their stream and fired through a relay.</summary>
/// <param name="Servers">The servers, such as nats://a:4222,b:4222; no password is in it.</param>
public sealed record NatsAddress(string Servers) : BusAddress
{
    /// <inheritdoc/>
    public override string ToString() => Servers;
}
