using System.Management.Automation;
using SaltEvents.Core.Api;

namespace SaltEvents.Errors;

/// <summary>Error ids and categories for a salt-api, and what to do if the message does not say it.</summary>
internal static class ApiErrors
{
    public static (string Id, ErrorCategory Category, string Hint) Describe(SaltApiReason reason) =>
        reason switch
        {
            SaltApiReason.Unreachable => ("ApiUnreachable", ErrorCategory.ConnectionError, string.Empty),
            SaltApiReason.TlsFailed => ("ApiCertificateNotTrusted", ErrorCategory.SecurityError, string.Empty),
            SaltApiReason.Unencrypted => ("ApiNotEncrypted", ErrorCategory.SecurityError, string.Empty),
            SaltApiReason.NotSaltApi => ("NotASaltApi", ErrorCategory.InvalidResult, string.Empty),
            SaltApiReason.NotAnswering => ("ApiNotAnswering", ErrorCategory.OperationTimeout, string.Empty),
            SaltApiReason.SignInRefused => ("ApiSignInRefused", ErrorCategory.AuthenticationError, string.Empty),
            SaltApiReason.TokenRefused => ("ApiTokenRefused", ErrorCategory.AuthenticationError, string.Empty),
            SaltApiReason.NotAuthorized => (
                "ApiNotAuthorized",
                ErrorCategory.PermissionDenied,
                "Allow it in external_auth on the master: '@runner': [event.send] to fire events, event.fire for the minions of -Target."
            ),
            SaltApiReason.ClientDisabled => ("ApiClientDisabled", ErrorCategory.PermissionDenied, string.Empty),
            SaltApiReason.Refused => ("ApiRefused", ErrorCategory.InvalidOperation, string.Empty),
            SaltApiReason.DeliveryUnknown => ("DeliveryUnknown", ErrorCategory.ConnectionError, string.Empty),
            SaltApiReason.NoMinionMatches => ("NoMinionMatches", ErrorCategory.ObjectNotFound, string.Empty),
            _ => ("ApiFailed", ErrorCategory.InvalidResult, string.Empty),
        };
}
