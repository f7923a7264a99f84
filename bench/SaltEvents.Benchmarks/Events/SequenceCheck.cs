using System;

namespace SaltEvents.Benchmarks.Events;

/// <summary>Counts events that arrive in order, and those that are missing between them.</summary>
/// <param name="period">After so many events the sender starts at 0 again.</param>
internal struct SequenceCheck(int period)
{
    private int next;

    /// <summary>Events that came when they were due, or after ones that are missing.</summary>
    public long Received { get; private set; }

    /// <summary>Events that did not come when they were due. One that comes twice or too late counts as a whole round missing.</summary>
    public long Missing { get; private set; }

    /// <summary>Whether so many events have arrived or are known to be missing.</summary>
    public readonly bool HasSeen(long events) => Received + Missing >= events;

    public void Accept(ReadOnlySpan<char> tag)
    {
        var sequence = JobReturn.Sequence(tag);
        if (sequence < 0 || sequence >= period)
        {
            Missing++;
            return;
        }

        Missing += (sequence - next + period) % period;
        Received++;
        next = (sequence + 1) % period;
    }
}
