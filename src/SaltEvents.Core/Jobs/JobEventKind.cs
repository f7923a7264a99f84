namespace SaltEvents.Core.Jobs;

/// <summary>What an event reports about a job.</summary>
internal enum JobEventKind
{
    /// <summary>Which minions are to answer: the bare job id.</summary>
    Minions,

    /// <summary>The master has published it, with the minions that are to answer.</summary>
    New,

    /// <summary>The master has handed it to the minions (3008.0).</summary>
    Publish,

    /// <summary>A minion has begun.</summary>
    Start,

    /// <summary>A state of a minion has run.</summary>
    Progress,

    /// <summary>A state of a minion has failed.</summary>
    StateError,

    /// <summary>A minion has answered.</summary>
    Return,

    /// <summary>The master has refused it.</summary>
    Error,

    /// <summary>A runner or wheel function has begun on the master, an orchestration for one.</summary>
    MasterNew,

    /// <summary>An orchestration begins one of its steps.</summary>
    MasterStep,

    /// <summary>A runner or wheel function has ended.</summary>
    MasterReturn,

    /// <summary>A batch has begun or gone on, with the minions that are to answer (3008.0).</summary>
    BatchProgress,

    /// <summary>A batch has ended.</summary>
    BatchEnd,
}
