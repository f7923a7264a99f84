namespace SaltEvents.Core.Transport;

/// <summary>The two sockets of one bus.</summary>
/// <param name="Pub">Where a listener connects.</param>
/// <param name="Pull">Where a sender connects.</param>
public sealed record BusEndpoint(BusAddress Pub, BusAddress Pull)
{
    /// <inheritdoc/>
    public override string ToString() => "pub " + Pub + ", pull " + Pull;
}
