using System;
using System.Collections.Generic;

namespace SaltEvents.Core.Metrics;

/// <summary>Counts events in windows of time. The time is that of the events, so that a recording gives what the bus gave.</summary>
/// <param name="interval">The length of a window; null for one over all.</param>
/// <param name="top">How many tags and minions to name.</param>
public sealed class EventMeter(TimeSpan? interval, int top)
{
    private readonly CopyFilter copies = new();
    private readonly JobTimes jobs = new();
    private readonly TopCounter tags = new();
    private readonly TopCounter minions = new();
    private readonly List<TimeSpan> times = [];
    private WindowResult window = new();
    private DateTime last;
    private bool hasStarted;

    /// <summary>The counters since the start.</summary>
    public SaltMetrics Metrics { get; } = new();

    /// <summary>Whether anything came since the last window ended.</summary>
    public bool HasEvents => window.Events + window.Copies > 0;

    /// <summary>Goes on to the time of the next event. Where that ends a window, its result, before the event is counted; else null.</summary>
    public WindowResult? Advance(DateTime time)
    {
        // Clocks differ, and events of several minions are not in the order of their times: time never goes back.
        last = hasStarted && time < last ? last : time;
        if (!hasStarted)
        {
            window = new WindowResult { Start = last };
            hasStarted = true;
        }
        else if (interval is { } length && last >= window.Start + length)
        {
            var ended = HasEvents ? Finish() : null;
            // An interval in which nothing came gives nothing.
            window = new WindowResult { Start = window.Start + TimeSpan.FromTicks((last - window.Start).Ticks / length.Ticks * length.Ticks) };
            return ended;
        }

        return null;
    }

    /// <summary>The result of the window so far.</summary>
    public WindowResult Finish()
    {
        times.Sort();
        var result = window with
        {
            Duration = interval ?? last - window.Start,
            JobTimeP50 = Percentile(0.50),
            JobTimeP95 = Percentile(0.95),
            TopTags = tags.Top(top),
            TopMinions = minions.Top(top),
        };
        tags.Clear();
        minions.Clear();
        times.Clear();
        window = new WindowResult { Start = window.Start };
        return result;
    }

    /// <summary>Counts an event in the window.</summary>
    public void Count(ObservedEvent observed)
    {
        if (copies.IsCopy(observed))
        {
            window = window with { Copies = window.Copies + 1 };
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

        window = window with
        {
            Events = window.Events + 1,
            Bytes = window.Bytes + observed.Bytes,
            Jobs = window.Jobs + (observed.Kind == EventKind.New ? 1 : 0),
            Returns = window.Returns + (observed.Kind == EventKind.Return ? 1 : 0),
            Failures = window.Failures + (observed.Kind == EventKind.Return && observed.Succeeded == false ? 1 : 0),
        };
    }

    // The nearest rank: a time that was measured, and none between two.
    private TimeSpan? Percentile(double share) =>
        times.Count == 0 ? null : times[Math.Max(0, (int)Math.Ceiling(share * times.Count) - 1)];
}
