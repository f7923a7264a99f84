using System;

namespace SaltEvents.Core.Transport;

/// <summary>Every byte was handed to the socket and the bus then went away without reading all of it: the event may or may not have been published. It is not sent again.</summary>
public sealed class DeliveryUnknownException : SaltEventException
{
    internal DeliveryUnknownException(BusAddress address, string message, Exception? inner = null)
        : base(message, inner) => Address = address;

    /// <summary>The address of the bus.</summary>
    public BusAddress Address { get; }
}
