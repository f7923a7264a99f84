using System;
using System.Threading;

namespace SaltEvents.Base;

/// <summary>What the system's timers take.</summary>
internal static class Timers
{
    /// <summary>.NET Framework counts milliseconds in 31 bits.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(int.MaxValue);

    /// <summary>A limit for one call: none for zero or for what no timer can count.</summary>
    public static TimeSpan Limit(TimeSpan time) => time == TimeSpan.Zero || time > Longest ? Timeout.InfiniteTimeSpan : time;
}
