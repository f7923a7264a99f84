using System;
using SaltEvents.Core.Transport;

namespace SaltEvents.Core.Master;

/// <summary>A request to a master's request server failed. No message holds a key or anything that was sealed.</summary>
public sealed class MasterRequestException : SaltEventException
{
    internal MasterRequestException(MasterRequestReason reason, string message, Exception? inner = null)
        : base(message, inner) => Reason = reason;

    /// <summary>What went wrong.</summary>
    public MasterRequestReason Reason { get; }
}
