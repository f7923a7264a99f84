using System;
using SaltEvents.Core.Transport;

namespace SaltEvents.Core.Events;

/// <summary>What was to be fired is not an event that Salt could carry; nothing was sent.</summary>
public sealed class InvalidEventException : SaltEventException
{
    /// <summary>An error with its reason.</summary>
    public InvalidEventException(InvalidEventReason reason, string message, Exception? inner = null)
        : base(message, inner) => Reason = reason;

    /// <summary>Its problem.</summary>
    public InvalidEventReason Reason { get; }
}
