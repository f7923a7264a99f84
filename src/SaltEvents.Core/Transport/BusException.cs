using System;

namespace SaltEvents.Core.Transport;

/// <summary>A bus cannot be used, or went away while it was used.</summary>
public sealed class BusException : SaltEventException
{
    internal BusException(BusReason reason, BusAddress address, string message, Exception? inner = null)
        : base(message, inner)
    {
        Reason = reason;
        Address = address;
    }

    /// <summary>What is wrong.</summary>
    public BusReason Reason { get; }

    /// <summary>The address of the socket.</summary>
    public BusAddress Address { get; }
}
