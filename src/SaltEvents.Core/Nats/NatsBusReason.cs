namespace SaltEvents.Core.Nats;

/// <summary>Why something over NATS failed.</summary>
public enum NatsBusReason
{
    /// <summary>This edition of PowerShell has no NATS client.</summary>
    NotSupported,

    /// <summary>No server listens at the addresses, or the connection broke.</summary>
    Unreachable,

    /// <summary>The server's certificate is not trusted, or the server has no TLS where it is required.</summary>
    TlsFailed,

    /// <summary>The server refused the user, password, token or key.</summary>
    AuthenticationFailed,

    /// <summary>The file with the key or the credentials cannot be read.</summary>
    KeyFileInvalid,

    /// <summary>The user has no right to do it.</summary>
    NotAuthorized,

    /// <summary>The server did not answer in time.</summary>
    NotAnswering,

    /// <summary>JetStream is switched off, or has no leader at present.</summary>
    JetStreamUnavailable,

    /// <summary>The stream does not exist.</summary>
    StreamNotFound,

    /// <summary>The stream exists and cannot be used for this.</summary>
    StreamMismatch,

    /// <summary>No relay of that site is running.</summary>
    RelayNotFound,

    /// <summary>The relay does not accept the tag.</summary>
    TagNotAccepted,

    /// <summary>The relay could not fire the event on its bus.</summary>
    NotFired,

    /// <summary>The request was sent and there is no answer: the event may have been fired.</summary>
    DeliveryUnknown,

    /// <summary>The event is larger than the server takes.</summary>
    TooLarge,

    /// <summary>Another command reads under the same durable name.</summary>
    DurableTaken,

    /// <summary>The server refused the request; the message has its words.</summary>
    Failed,
}
