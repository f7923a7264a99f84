using System;
using System.Collections.Generic;
using System.Linq;

namespace SaltEvents.Core.Metrics;

/// <summary>
/// Corrects the times of events whose sender had a wrong clock: one in the future, one before Salt existed, and in a recording one far
/// ahead of the events around it. Otherwise one such event would end all windows, or make one of many years.
/// </summary>
/// <param name="now">The time of this computer, UTC.</param>
internal sealed class EventClock(Func<DateTime> now)
{
    /// <summary>So many events must agree on a jump, if so many come.</summary>
    private const int Witnesses = 3;

    private static readonly DateTime FirstRelease = new(2011, 3, 1, 0, 0, 0, DateTimeKind.Utc);
    private static readonly TimeSpan Jump = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Recent = TimeSpan.FromMinutes(1);

    // The first event of a recording, or those after a jump: their times are doubtful until others confirm them.
    private readonly List<ObservedEvent> doubtful = [];
    private DateTime? last;
    private bool isLive;
    private bool hasPossible;

    /// <summary>Takes an event; returns those whose time is certain now, in their order and with that time.</summary>
    public IReadOnlyList<ObservedEvent> Add(ObservedEvent observed)
    {
        var possible = Possible(observed.Time);
        observed = possible == observed.Time ? observed : observed with { Time = possible };
        var isFar = !isLive && observed.Time - (last ?? DateTime.MinValue) >= Jump;
        if (!isFar && doubtful.Count == 0)
        {
            last = Later(last, observed.Time);
            return [observed];
        }

        if (last is null && doubtful.Count == 1)
        {
            // The first event was ahead of the second one, or the second one may be ahead of the first.
            last = doubtful[0].Time - observed.Time < Jump ? doubtful[0].Time : observed.Time;
            return [.. Settle(last.Value), .. Add(observed)];
        }

        if (!isFar)
        {
            // The events after the jump were the only ones of that time.
            return [.. Settle(last!.Value), .. Add(observed)];
        }

        doubtful.Add(observed);
        return last is not null && doubtful.Count == Witnesses ? Finish() : [];
    }

    /// <summary>Returns the events that nothing has confirmed, and nothing refuted.</summary>
    public IReadOnlyList<ObservedEvent> Finish()
    {
        last = doubtful.Aggregate(last, (time, observed) => Later(time, observed.Time));
        return Settle(DateTime.MaxValue);
    }

    private ObservedEvent[] Settle(DateTime latest)
    {
        var settled = doubtful.Select(o => o.Time <= latest ? o : o with { Time = latest }).ToArray();
        doubtful.Clear();
        return settled;
    }

    private static DateTime Later(DateTime? one, DateTime other) => one > other ? one.Value : other;

    // Of an event that cannot have been fired at its time it is known that it has come after the others.
    private DateTime Possible(DateTime time)
    {
        var present = now();
        if (time >= FirstRelease && time <= present)
        {
            isLive = present - time < Recent;
            hasPossible = true;
            return time;
        }

        // A bus whose clock is ahead sends no other times.
        return isLive || !hasPossible ? present : last ?? doubtful.FirstOrDefault()?.Time ?? present;
    }
}
