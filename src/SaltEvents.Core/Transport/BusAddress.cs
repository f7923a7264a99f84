namespace SaltEvents.Core.Transport;

/// <summary>The location of one socket of a bus: a <see cref="UnixBusAddress"/>, a <see cref="TcpBusAddress"/>, or not known.</summary>
public abstract record BusAddress
{
    private protected BusAddress()
    {
    }

    /// <summary>An address that is not known.</summary>
    public static BusAddress Unknown { get; } = new UnknownBusAddress();

    /// <summary>Whether the address is known.</summary>
    public bool IsKnown => this is not UnknownBusAddress;
}
