using System;
using System.Collections.Generic;

namespace SaltEvents.Core.Metrics;

/// <summary>What came in a window of time.</summary>
public sealed record WindowResult
{
    /// <summary>The start of the window, UTC.</summary>
    public DateTime Start { get; init; }

    /// <summary>The length of the window; without an interval, from the first event to the last.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>How many events, copies not counted.</summary>
    public long Events { get; init; }

    /// <summary>How many copies.</summary>
    public long Copies { get; init; }

    /// <summary>The bytes of the events.</summary>
    public long Bytes { get; init; }

    /// <summary>How many jobs and runners started.</summary>
    public long Jobs { get; init; }

    /// <summary>How many minions and runners returned.</summary>
    public long Returns { get; init; }

    /// <summary>How many of these failed.</summary>
    public long Failures { get; init; }

    /// <summary>The median of the times from the start of a job to a return; null where none is known.</summary>
    public TimeSpan? JobTimeP50 { get; init; }

    /// <summary>The time that 95 of 100 returns took at most; null where none is known.</summary>
    public TimeSpan? JobTimeP95 { get; init; }

    /// <summary>The most frequent tags.</summary>
    public IReadOnlyList<KeyValuePair<string, long>> TopTags { get; init; } = [];

    /// <summary>The minions of which most events came.</summary>
    public IReadOnlyList<KeyValuePair<string, long>> TopMinions { get; init; } = [];
}
