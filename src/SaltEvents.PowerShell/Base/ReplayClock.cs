using System;
using System.Diagnostics;
using SaltEvents.Execution;

namespace SaltEvents.Base;

/// <summary>Calculates when an event of a recording is due: its time after the first event, divided by the speed.</summary>
internal sealed class ReplayClock(double speed)
{
    private readonly Stopwatch watch = new();
    private DateTime first;

    /// <summary>How long to wait for an event of that time; zero if it is late, or older than the first.</summary>
    public TimeSpan TimeTo(DateTime time)
    {
        if (!watch.IsRunning)
        {
            first = time;
            watch.Start();
        }

        var wait = (time - first).TotalSeconds / speed - watch.Elapsed.TotalSeconds;
        return wait <= 0 ? TimeSpan.Zero : wait >= Timers.Longest.TotalSeconds ? Timers.Longest : TimeSpan.FromSeconds(wait);
    }
}
