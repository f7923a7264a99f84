using System.Management.Automation;
using SaltEvents.Core.Master;

namespace SaltEvents.Errors;

/// <summary>Error ids and categories for a master's request server.</summary>
internal static class MasterErrors
{
    public static (string Id, ErrorCategory Category, string Hint) Describe(MasterRequestReason reason)
    {
        var (id, category) = reason switch
        {
            MasterRequestReason.MasterNotFound => ("MasterNotFound", ErrorCategory.ObjectNotFound),
            MasterRequestReason.MasterNotAnswering => ("MasterNotAnswering", ErrorCategory.OperationTimeout),
            MasterRequestReason.Refused => ("MasterRefused", ErrorCategory.InvalidResult),
            MasterRequestReason.KeyFileNotFound => ("KeyFileNotFound", ErrorCategory.ObjectNotFound),
            MasterRequestReason.KeyFileNotReadable => ("KeyFileNotReadable", ErrorCategory.PermissionDenied),
            MasterRequestReason.AuthenticationFailed => ("AuthenticationFailed", ErrorCategory.AuthenticationError),
            MasterRequestReason.NotAuthorized => ("NotAuthorized", ErrorCategory.PermissionDenied),
            MasterRequestReason.NoMinionMatches => ("NoMinionMatches", ErrorCategory.ObjectNotFound),
            MasterRequestReason.MinionKeyNotFound => ("MinionKeyNotFound", ErrorCategory.ObjectNotFound),
            MasterRequestReason.MinionKeyNotReadable => ("MinionKeyNotReadable", ErrorCategory.PermissionDenied),
            MasterRequestReason.InvalidKey => ("InvalidKey", ErrorCategory.InvalidData),
            MasterRequestReason.KeyPending => ("KeyPending", ErrorCategory.AuthenticationError),
            MasterRequestReason.KeyRejected => ("KeyRejected", ErrorCategory.AuthenticationError),
            MasterRequestReason.MasterFull => ("MasterFull", ErrorCategory.LimitsExceeded),
            MasterRequestReason.AlgorithmRefused => ("AlgorithmRefused", ErrorCategory.ProtocolError),
            MasterRequestReason.ProtocolRefused => ("ProtocolRefused", ErrorCategory.ProtocolError),
            MasterRequestReason.MasterKeyChanged => ("MasterKeyChanged", ErrorCategory.SecurityError),
            MasterRequestReason.MasterKeyNotTrusted => ("MasterKeyNotTrusted", ErrorCategory.SecurityError),
            MasterRequestReason.MasterKeyNotSaved => ("MasterKeyNotSaved", ErrorCategory.WriteError),
            MasterRequestReason.AnswerTampered => ("AnswerTampered", ErrorCategory.SecurityError),
            MasterRequestReason.AnswerNotSigned => ("AnswerNotSigned", ErrorCategory.SecurityError),
            MasterRequestReason.AnswerReplayed => ("AnswerReplayed", ErrorCategory.SecurityError),
            _ => ("UnexpectedAnswer", ErrorCategory.ProtocolError),
        };
        return (id, category, string.Empty);
    }
}
