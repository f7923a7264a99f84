namespace SaltEvents.Core.Transport;

/// <summary>Where one socket of a bus is: a <see cref="UnixBusAddress"/>, a <see cref="TcpBusAddress"/>, or not known.</summary>
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
