using System;
using System.Collections.Generic;
using SaltEvents.Core.Events;

namespace SaltEvents.Core.Metrics;

/// <summary>Counts events in windows of time. The time is that of the events, so that a recording gives what the bus gave, unless a
/// sender had a wrong clock.</summary>
/// <param name="interval">The length of a window; null for one over all.</param>
/// <param name="top">How many tags and minions to name.</param>
/// <param name="now">The time of this computer, UTC; its clock if it is not given.</param>
public sealed class EventMeter(TimeSpan? interval, int top, Func<DateTime>? now = null)
{
    private const int RememberedContents = 20_000;
    private readonly CopyCounter<ulong> copies = new(RememberedContents);
    private readonly EventClock clock = new(now ?? (() => DateTime.UtcNow));
    private readonly JobTimes jobs = new();
    private readonly TopCounter tags = new();
    private readonly TopCounter minions = new();
    private readonly List<TimeSpan> times = [];
    private SaltEventStatistics window = new();
    private DateTime start;
    private DateTime last;
    private bool hasStarted;

    /// <summary>The counters since the start.</summary>
    public SaltMetrics Metrics { get; } = new();

    private bool HasEvents => window.Events + window.Copies > 0;

    /// <summary>Counts an event; returns the results of the windows that have ended.</summary>
    public IEnumerable<SaltEventStatistics> Add(ObservedEvent observed) => Count(clock.Add(observed));

    /// <summary>The results of the last windows; of an interval only if anything came.</summary>
    public IEnumerable<SaltEventStatistics> Finish()
    {
        foreach (var ended in Count(clock.Finish()))
        {
            yield return ended;
        }

        if (HasEvents || interval is null)
        {
            yield return End();
        }
    }

    private IEnumerable<SaltEventStatistics> Count(IReadOnlyList<ObservedEvent> observed)
    {
        foreach (var next in observed)
        {
            if (Advance(next.Time) is { } ended)
            {
                yield return ended;
            }

            Count(next);
        }
    }

    private SaltEventStatistics? Advance(DateTime time)
    {
        // Clocks differ, and events of several minions are not in the order of their times: time never goes back.
        last = hasStarted && time < last ? last : time;
        if (!hasStarted)
        {
            StartWindow(last);
            hasStarted = true;
        }
        else if (interval is { } length && last - start >= length)
        {
            var ended = HasEvents ? End() : null;
            // An interval without events has no result.
            StartWindow(start + TimeSpan.FromTicks((last - start).Ticks / length.Ticks * length.Ticks));
            return ended;
        }

        return null;
    }

    private SaltEventStatistics End()
    {
        times.Sort();
        var result = window;
        result.Duration = interval ?? last - start;
        result.JobTimeP50 = Percentile(0.50);
        result.JobTimeP95 = Percentile(0.95);
        result.TopTags = tags.Top(top);
        result.TopMinions = minions.Top(top);
        tags.Clear();
        minions.Clear();
        times.Clear();
        StartWindow(start);
        return result;
    }

    private void Count(ObservedEvent observed)
    {
        if (copies.IsCopy(observed.Content, observed.Origin))
        {
            window.Copies++;
            return;
        }

        Metrics.Add(observed);
        if (jobs.Observe(observed) is { } time)
        {
            times.Add(time);
        }

        tags.Add(observed.Tag);
        if (observed.MinionId is { Length: > 0 } minion)
        {
            minions.Add(minion);
        }

        window.Events++;
        window.Bytes += observed.Bytes;
        window.Jobs += observed.Kind == EventKind.New ? 1 : 0;
        window.Returns += observed.Kind == EventKind.Return ? 1 : 0;
        window.Failures += observed.Kind == EventKind.Return && observed.Succeeded == false ? 1 : 0;
    }

    private void StartWindow(DateTime time)
    {
        start = time;
        window = new SaltEventStatistics { Start = hasStarted || time != default ? time : null };
    }

    // The nearest rank: a time that was measured, and none between two.
    private TimeSpan? Percentile(double share) =>
        times.Count == 0 ? null : times[Math.Max(0, (int)Math.Ceiling(share * times.Count) - 1)];
}
