using System;

namespace SaltEvents.Core.Transport;

/// <summary>The bus did not answer in time, or went away while it was used.</summary>
public sealed class BusConnectionException : SaltEventException
{
    internal BusConnectionException(BusAddress address, string message, Exception? inner = null)
        : base(message, inner) => Address = address;

    /// <summary>The address of the bus.</summary>
    public BusAddress Address { get; }
}
