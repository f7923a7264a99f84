namespace SaltEvents.Core.Transport;

/// <summary>Where one socket of a bus is: a <see cref="UnixBusAddress"/> or a <see cref="TcpBusAddress"/>, or either with ZeroMQ on it.</summary>
public abstract record BusAddress
{
    private protected BusAddress()
    {
    }

    /// <summary>The socket itself, whatever is spoken on it.</summary>
    public virtual BusAddress Socket => this;
}
