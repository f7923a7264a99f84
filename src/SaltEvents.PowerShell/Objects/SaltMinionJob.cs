using System.Collections.Generic;

namespace SaltEvents;

/// <summary>A job of event.fire that a master has published for minions.</summary>
public sealed class SaltMinionJob
{
    internal SaltMinionJob(
        string jobId,
        string tag,
        string target,
        SaltTargetType targetType,
        IReadOnlyList<string> minions,
        IReadOnlyList<string> missing
    )
    {
        JobId = jobId;
        Tag = tag;
        Target = target;
        TargetType = targetType;
        Minions = minions;
        Missing = missing;
    }

    /// <summary>The job's id.</summary>
    public string JobId { get; }

    /// <summary>The tag that the event has on the minions' buses.</summary>
    public string Tag { get; }

    /// <summary>The target.</summary>
    public string Target { get; }

    /// <summary>How the target names minions.</summary>
    public SaltTargetType TargetType { get; }

    /// <summary>
    /// The minions that match, as far as the master knows: connected or not. With -Wait also those that syndics named and those that
    /// answered, and no syndics.
    /// </summary>
    public IReadOnlyList<string> Minions { get; internal set; }

    /// <summary>Minions of a list that the master does not know; with -Wait those of them that no syndic knows either.</summary>
    public IReadOnlyList<string> Missing { get; internal set; }

    /// <summary>The result at each minion; null without -Wait.</summary>
    public IReadOnlyList<SaltMinionAnswer>? Answers { get; internal set; }

    /// <inheritdoc/>
    public override string ToString() => TerminalText.OneLine(JobId);
}
