using System;

namespace SaltEvents.Core.Transport;

/// <summary>
/// Pauses between attempts to connect: 100 ms at first, twice as long each time, 5 s at most; each cut by up to a half by
/// chance, so that many clients of one bus do not all come back at the same moment. To a bus on this computer, where an attempt
/// costs next to nothing and what a starting Salt says first would be missed, they are always short.
/// </summary>
internal sealed class Backoff(TimeSpan longest)
{
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);
    private readonly Random chance = new();
    private TimeSpan next = First;

    public Backoff(BusAddress address)
        : this(BusIdentity.IsLocal(address) ? First : Longest)
    {
    }

    /// <summary>The next pause.</summary>
    public TimeSpan Next()
    {
        var pause = TimeSpan.FromTicks((long)(next.Ticks * (1 - (chance.NextDouble() / 2))));
        next = next + next < longest ? next + next : longest;
        return pause;
    }

    /// <summary>The connection has been of use: the next pause is short again.</summary>
    public void Reset() => next = First;
}
