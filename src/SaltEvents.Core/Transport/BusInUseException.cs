using System;

namespace SaltEvents.Core.Transport;

/// <summary>A bus cannot listen: a live one has the address, or a file that is no socket lies there.</summary>
public sealed class BusInUseException : SaltEventException
{
    internal BusInUseException(BusAddress address, string message, Exception? inner = null)
        : base(message, inner) => Address = address;

    /// <summary>The address that is taken.</summary>
    public BusAddress Address { get; }
}
