using System;
using System.Linq;
using SaltEvents.Core.Metrics;

namespace SaltEvents;

/// <summary>What Measure-SaltEvent found in a time.</summary>
public sealed class SaltEventStatistics
{
    private readonly WindowResult result;

    internal SaltEventStatistics(WindowResult result)
    {
        this.result = result;
        TopTags = [.. result.TopTags.Select(t => new SaltEventCount(t.Key, t.Value))];
        TopMinions = [.. result.TopMinions.Select(m => new SaltEventCount(m.Key, m.Value))];
    }

    /// <summary>When the time starts, UTC; null where no event came.</summary>
    public DateTime? Start => result.Start == default ? null : result.Start;

    /// <summary>How long it is.</summary>
    public TimeSpan Duration => result.Duration;

    /// <summary>The events, copies not counted.</summary>
    public long Events => result.Events;

    /// <summary>The copies, through syndics and from other masters of a cluster.</summary>
    public long Copies => result.Copies;

    /// <summary>Events in a second; null where all came at one time.</summary>
    public double? Rate => PerSecond(result.Events);

    /// <summary>The bytes of the events.</summary>
    public long Bytes => result.Bytes;

    /// <summary>Bytes in a second; null where all came at one time.</summary>
    public double? ByteRate => PerSecond(result.Bytes);

    /// <summary>Jobs and runners that started.</summary>
    public long Jobs => result.Jobs;

    /// <summary>Returns of minions and runners.</summary>
    public long Returns => result.Returns;

    /// <summary>Returns that failed.</summary>
    public long Failures => result.Failures;

    /// <summary>The median of the times from the start of a job to a return; null where no start was seen.</summary>
    public TimeSpan? JobTimeP50 => result.JobTimeP50;

    /// <summary>The time that 95 of 100 returns took at most; null where no start was seen.</summary>
    public TimeSpan? JobTimeP95 => result.JobTimeP95;

    /// <summary>The most frequent tags, with * for what differs from event to event.</summary>
    public SaltEventCount[] TopTags { get; }

    /// <summary>The minions of which most events came.</summary>
    public SaltEventCount[] TopMinions { get; }

    private double? PerSecond(long count) => result.Duration > TimeSpan.Zero ? Math.Round(count / result.Duration.TotalSeconds, 3) : null;
}
