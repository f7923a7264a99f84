namespace SaltEvents;

/// <summary>The progress of a job.</summary>
public enum SaltJobState
{
    /// <summary>Answers are still to come.</summary>
    Running,

    /// <summary>All expected answers have arrived, and nothing failed.</summary>
    Succeeded,

    /// <summary>It has ended, and something failed or is missing.</summary>
    Failed,

    /// <summary>The command that followed it gave up waiting. Answers that come later are still counted.</summary>
    TimedOut,
}
