using System;
using SaltEvents.Core.Transport;

namespace SaltEvents.Core.Api;

/// <summary>Something over salt-api failed. No message holds a password or a token.</summary>
public sealed class SaltApiException : SaltEventException
{
    internal SaltApiException(SaltApiReason reason, string message, Exception? inner = null)
        : base(message, inner) => Reason = reason;

    /// <summary>What went wrong.</summary>
    public SaltApiReason Reason { get; }

    /// <summary>Whether the connection broke after the request could have reached the server.</summary>
    internal bool MayHaveArrived { get; init; }

    /// <summary>Whether nothing came at all; an answer of a proxy has no cause.</summary>
    internal bool IsSilence => Reason == SaltApiReason.NotAnswering && InnerException is not (null or SaltApiException);

    /// <summary>Whether it was found out already why nothing came.</summary>
    internal bool IsExplained => InnerException is SaltApiException;

    /// <summary>Whether something answered, though not as was hoped.</summary>
    internal bool IsAnswer => Reason is not (SaltApiReason.Unreachable or SaltApiReason.TlsFailed or SaltApiReason.NotAnswering);

    /// <summary>Whether the same may succeed later, with nothing changed here.</summary>
    internal bool IsTransient =>
        Reason is SaltApiReason.Unreachable or SaltApiReason.NotAnswering or SaltApiReason.Failed or SaltApiReason.NotSaltApi;
}
