using System;

namespace SaltEvents.Core.Metrics;

/// <summary>The parts of an event that the metrics use.</summary>
public sealed record ObservedEvent
{
    /// <summary>When it was fired, UTC.</summary>
    public required DateTime Time { get; init; }

    /// <summary>The tag to count it under, with * for what differs from event to event.</summary>
    public required string Tag { get; init; }

    /// <summary>Its length on the bus, in bytes.</summary>
    public int Bytes { get; init; }

    /// <summary>The way by which it came: empty for the bus's own; the syndic or the master of the cluster that passed it on.</summary>
    public string Origin { get; init; } = string.Empty;

    /// <summary>The same for an event and its copies.</summary>
    public ulong Content { get; init; }

    /// <summary>What it is.</summary>
    public EventKind Kind { get; init; }

    /// <summary>The id of its job; null if it is of none.</summary>
    public string? JobId { get; init; }

    /// <summary>The minion that it is of; null if it is of none.</summary>
    public string? MinionId { get; init; }

    /// <summary>The function of its job.</summary>
    public string Function { get; init; } = string.Empty;

    /// <summary>The sls or the state that the function was called with; empty for other functions.</summary>
    public string State { get; init; } = string.Empty;

    /// <summary>How many minions a new job goes to.</summary>
    public int Targets { get; init; }

    /// <summary>Whether what it reports succeeded; null if it does not say.</summary>
    public bool? Succeeded { get; init; }

    /// <summary>Whether a minion's own schedule started the job.</summary>
    public bool IsScheduled { get; init; }

    /// <summary>How long the states of a return took together, in seconds; null if it has no states.</summary>
    public double? StateSeconds { get; init; }
}
