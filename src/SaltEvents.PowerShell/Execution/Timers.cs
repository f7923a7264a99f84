using System;
using System.Threading;

namespace SaltEvents.Execution;

/// <summary>The limits of the system's timers.</summary>
internal static class Timers
{
    /// <summary>.NET Framework counts milliseconds in 31 bits.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(int.MaxValue);

    // Even an immediate answer needs some time, on a busy machine even this much.
    private static readonly TimeSpan AtOnce = TimeSpan.FromMilliseconds(250);

    /// <summary>
    /// A limit for one call: none for a time without end or one that no timer can count; for zero, what answers at once is taken.
    /// </summary>
    public static TimeSpan Limit(Seconds time) =>
        time.Time == TimeSpan.Zero ? AtOnce : Wait(time);

    /// <summary>A time to wait: without end if no timer can count it.</summary>
    public static TimeSpan Wait(Seconds time) => time.Time > Longest ? Timeout.InfiniteTimeSpan : time.Time;
}
