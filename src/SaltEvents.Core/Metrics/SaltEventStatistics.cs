using System;

namespace SaltEvents;

/// <summary>The result of Measure-SaltEvent for an interval.</summary>
public sealed class SaltEventStatistics
{
    internal SaltEventStatistics()
    {
    }

    /// <summary>When the time starts, UTC; null if no event came.</summary>
    public DateTime? Start { get; internal set; }

    /// <summary>How long it is.</summary>
    public TimeSpan Duration { get; internal set; }

    /// <summary>The events, copies not counted.</summary>
    public long Events { get; internal set; }

    /// <summary>The copies, through syndics and from other masters of a cluster.</summary>
    public long Copies { get; internal set; }

    /// <summary>Events in a second; null if all came at one time.</summary>
    public double? Rate => PerSecond(Events);

    /// <summary>The bytes of the events.</summary>
    public long Bytes { get; internal set; }

    /// <summary>Bytes in a second; null if all came at one time.</summary>
    public double? ByteRate => PerSecond(Bytes);

    /// <summary>Jobs and runners that started.</summary>
    public long Jobs { get; internal set; }

    /// <summary>Returns of minions and runners.</summary>
    public long Returns { get; internal set; }

    /// <summary>Returns that failed.</summary>
    public long Failures { get; internal set; }

    /// <summary>The median of the times from the start of a job to a return; null if no start was seen.</summary>
    public TimeSpan? JobTimeP50 { get; internal set; }

    /// <summary>The time that 95 of 100 returns took at most; null if no start was seen.</summary>
    public TimeSpan? JobTimeP95 { get; internal set; }

    /// <summary>The most frequent tags, with * for what differs from event to event.</summary>
    public SaltEventCount[] TopTags { get; internal set; } = [];

    /// <summary>The minions with the most events.</summary>
    public SaltEventCount[] TopMinions { get; internal set; } = [];

    private double? PerSecond(long count) => Duration > TimeSpan.Zero ? Math.Round(count / Duration.TotalSeconds, 3) : null;
}
