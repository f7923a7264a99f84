namespace SaltEvents.Core.Transport;

/// <summary>Where one socket of a bus is: a <see cref="UnixBusAddress"/> or a <see cref="TcpBusAddress"/>.</summary>
public abstract record BusAddress
{
    private protected BusAddress()
    {
    }
}
