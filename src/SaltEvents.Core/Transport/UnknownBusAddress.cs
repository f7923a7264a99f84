namespace SaltEvents.Core.Transport;

/// <summary>The address of a socket that nobody has named: to listen, a bus's pull socket is not needed, and to fire its pub socket is not.</summary>
public sealed record UnknownBusAddress : BusAddress
{
    internal UnknownBusAddress()
    {
    }

    /// <inheritdoc/>
    public override string ToString() => "an address that is not known";
}
