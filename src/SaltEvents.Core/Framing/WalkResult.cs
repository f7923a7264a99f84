namespace SaltEvents.Core.Framing;

/// <summary>How far a walk over bytes has come that arrive in pieces.</summary>
internal enum WalkResult
{
    /// <summary>More bytes are needed.</summary>
    NeedMore,

    /// <summary>The end is reached.</summary>
    Done,

    /// <summary>The bytes are malformed; more of them do not help.</summary>
    Bad,
}
