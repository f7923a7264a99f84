using System;

namespace SaltEvents.Core.Transport;

/// <summary>The account may not use the socket or the directory that it lies in.</summary>
public sealed class BusAccessException : SaltEventException
{
    internal BusAccessException(BusAddress address, string message, Exception? inner = null)
        : base(message, inner) => Address = address;

    /// <summary>The address that was tried.</summary>
    public BusAddress Address { get; }
}
