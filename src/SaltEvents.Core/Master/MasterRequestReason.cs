namespace SaltEvents.Core.Master;

/// <summary>Why a request to a master failed.</summary>
public enum MasterRequestReason
{
    /// <summary>Nothing listens at the master's address, or its host name is not known.</summary>
    MasterNotFound,

    /// <summary>The master did not answer in time, or closed the connection.</summary>
    MasterNotAnswering,

    /// <summary>The answer is not one that a Salt master gives.</summary>
    UnexpectedAnswer,

    /// <summary>The master refused the request for another reason, which the message names.</summary>
    Refused,

    /// <summary>The key file of the master's user does not exist.</summary>
    KeyFileNotFound,

    /// <summary>The account may not read the key file.</summary>
    KeyFileNotReadable,

    /// <summary>The master knows another key than the one in the key file.</summary>
    AuthenticationFailed,

    /// <summary>The master's access lists do not allow it.</summary>
    NotAuthorized,

    /// <summary>No minion that the master knows matches the target.</summary>
    NoMinionMatches,

    /// <summary>A file with a key of the minion does not exist.</summary>
    MinionKeyNotFound,

    /// <summary>The account may not read a file with a key of the minion.</summary>
    MinionKeyNotReadable,

    /// <summary>A key file holds no key of its kind.</summary>
    InvalidKey,

    /// <summary>The master has not accepted the minion's key yet.</summary>
    KeyPending,

    /// <summary>The master has rejected or denied the minion's key.</summary>
    KeyRejected,

    /// <summary>The master accepts no more minions (<c>max_minions</c>).</summary>
    MasterFull,

    /// <summary>The master does not take the algorithm.</summary>
    AlgorithmRefused,

    /// <summary>The master does not take the protocol version.</summary>
    ProtocolRefused,

    /// <summary>The master has another key than the one that the minion remembers.</summary>
    MasterKeyChanged,

    /// <summary>The master's key is not the one that the minion's configuration demands.</summary>
    MasterKeyNotTrusted,

    /// <summary>The master's key could not be written where the minion remembers it.</summary>
    MasterKeyNotSaved,

    /// <summary>The answer's signature or seal is not right: it was changed or forged on the way.</summary>
    AnswerTampered,

    /// <summary>
    /// The master does not sign its answer to a sign-in: it is older than Salt 3002.8, 3003.4 and 3004.1, or the answer was forged on the
    /// way.
    /// </summary>
    AnswerNotSigned,

    /// <summary>The answer is one to another request.</summary>
    AnswerReplayed,
}
