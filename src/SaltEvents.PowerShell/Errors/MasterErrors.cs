using System.Management.Automation;
using SaltEvents.Core.Master;

namespace SaltEvents.Errors;

/// <summary>Errors of requests to a master: the id is the reason's name.</summary>
internal static class MasterErrors
{
    public static (string Id, ErrorCategory Category, string Hint) Describe(MasterRequestReason reason) => (reason.ToString(), CategoryOf(reason), string.Empty);

    private static ErrorCategory CategoryOf(MasterRequestReason reason) => reason switch
    {
        MasterRequestReason.MasterNotFound or MasterRequestReason.KeyFileNotFound or MasterRequestReason.MinionKeyNotFound or MasterRequestReason.NoMinionMatches => ErrorCategory.ObjectNotFound,
        MasterRequestReason.MasterNotAnswering => ErrorCategory.OperationTimeout,
        MasterRequestReason.KeyFileNotReadable or MasterRequestReason.MinionKeyNotReadable or MasterRequestReason.NotAuthorized => ErrorCategory.PermissionDenied,
        MasterRequestReason.AuthenticationFailed or MasterRequestReason.KeyPending or MasterRequestReason.KeyRejected => ErrorCategory.AuthenticationError,
        MasterRequestReason.InvalidKey => ErrorCategory.InvalidData,
        MasterRequestReason.MasterFull => ErrorCategory.LimitsExceeded,
        MasterRequestReason.MasterKeyNotSaved => ErrorCategory.WriteError,
        MasterRequestReason.MasterKeyChanged or MasterRequestReason.MasterKeyNotTrusted or MasterRequestReason.AnswerTampered or MasterRequestReason.AnswerReplayed => ErrorCategory.SecurityError,
        MasterRequestReason.Refused => ErrorCategory.InvalidResult,
        _ => ErrorCategory.ProtocolError,
    };
}
