using System;

namespace SaltEvents.Core.Transport;

/// <summary>There is no bus at the address: no socket file, or nothing listens there.</summary>
public sealed class BusNotFoundException : SaltEventException
{
    internal BusNotFoundException(BusAddress address, string message, Exception? inner = null)
        : base(message, inner) => Address = address;

    /// <summary>The address that was tried.</summary>
    public BusAddress Address { get; }
}
