using System;
using SaltEvents.Core.Transport;

namespace SaltEvents.Core.Nats;

/// <summary>Something over NATS failed. No message holds a password, a token or a key.</summary>
public sealed class NatsBusException : SaltEventException
{
    internal NatsBusException(NatsBusReason reason, string message, Exception? inner = null)
        : base(message, inner) => Reason = reason;

    /// <summary>What went wrong.</summary>
    public NatsBusReason Reason { get; }

    /// <summary>Whether the same may succeed later, with nothing changed here.</summary>
    internal bool IsTransient =>
        Reason is NatsBusReason.Unreachable or NatsBusReason.NotAnswering or NatsBusReason.JetStreamUnavailable or NatsBusReason.Failed;
}
