namespace SaltEvents.Core.Api;

/// <summary>Why something over salt-api failed.</summary>
public enum SaltApiReason
{
    /// <summary>Nothing listens at the address, its host name is not known, or the connection broke.</summary>
    Unreachable,

    /// <summary>The server's certificate is not trusted, or there is no TLS at the address.</summary>
    TlsFailed,

    /// <summary>The address is plain http to another computer, which was not allowed.</summary>
    Unencrypted,

    /// <summary>The server is not a salt-api.</summary>
    NotSaltApi,

    /// <summary>There was no answer in time; the master behind salt-api may be down, or all of salt-api's threads in use.</summary>
    NotAnswering,

    /// <summary>The user, the password or the eauth was refused.</summary>
    SignInRefused,

    /// <summary>The token is no longer known, or has expired, and there is no credential to get another one.</summary>
    TokenRefused,

    /// <summary>The user has no right to do it.</summary>
    NotAuthorized,

    /// <summary>The kind of request is switched off in <c>netapi_enable_clients</c>.</summary>
    ClientDisabled,

    /// <summary>salt-api does not take the request; the message has its words.</summary>
    Refused,

    /// <summary>salt-api failed while it worked on the request, or Salt could not carry it out; the message has its words.</summary>
    Failed,

    /// <summary>The request was sent and there is no answer: it may have been carried out.</summary>
    DeliveryUnknown,

    /// <summary>No minion matches the target.</summary>
    NoMinionMatches,
}
