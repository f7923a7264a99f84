using System.Management.Automation;
using SaltEvents.Core.Nats;

namespace SaltEvents.Errors;

/// <summary>Error ids and categories for NATS servers, and what to do if the message does not say it.</summary>
internal static class NatsBusErrors
{
    public static (string Id, ErrorCategory Category, string Hint) Describe(NatsBusReason reason) =>
        reason switch
        {
            NatsBusReason.NotSupported => ("NatsNotSupported", ErrorCategory.NotInstalled, string.Empty),
            NatsBusReason.Unreachable => ("NatsUnreachable", ErrorCategory.ConnectionError, string.Empty),
            NatsBusReason.TlsFailed => ("NatsTlsFailed", ErrorCategory.SecurityError, string.Empty),
            NatsBusReason.AuthenticationFailed => ("NatsSignInRefused", ErrorCategory.AuthenticationError, string.Empty),
            NatsBusReason.KeyFileInvalid => ("NatsKeyFileInvalid", ErrorCategory.InvalidData, string.Empty),
            NatsBusReason.NotAuthorized => (
                "NatsNotAuthorized",
                ErrorCategory.PermissionDenied,
                "about_SaltEventRelay lists the permissions that each command needs."
            ),
            NatsBusReason.NotAnswering => ("NatsNotAnswering", ErrorCategory.OperationTimeout, string.Empty),
            NatsBusReason.JetStreamUnavailable => ("JetStreamUnavailable", ErrorCategory.ResourceUnavailable, string.Empty),
            NatsBusReason.StreamNotFound => ("StreamNotFound", ErrorCategory.ObjectNotFound, string.Empty),
            NatsBusReason.StreamMismatch => ("StreamMismatch", ErrorCategory.InvalidArgument, string.Empty),
            NatsBusReason.RelayNotFound => ("RelayNotFound", ErrorCategory.ObjectNotFound, string.Empty),
            NatsBusReason.TagNotAccepted => (
                "TagNotAccepted",
                ErrorCategory.PermissionDenied,
                "Nothing was fired. Add the tag to -Accept of Start-SaltEventRelay there."
            ),
            NatsBusReason.NotFired => ("NotFired", ErrorCategory.InvalidResult, string.Empty),
            NatsBusReason.DeliveryUnknown => ("DeliveryUnknown", ErrorCategory.ConnectionError, string.Empty),
            NatsBusReason.TooLarge => (
                "EventTooLarge",
                ErrorCategory.LimitsExceeded,
                "Nothing was fired. Set max_payload in the server's configuration, or send less."
            ),
            NatsBusReason.DurableTaken => ("DurableTaken", ErrorCategory.ResourceBusy, string.Empty),
            _ => ("NatsFailed", ErrorCategory.InvalidResult, string.Empty),
        };
}
