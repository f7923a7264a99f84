using System;

namespace SaltEvents.Benchmarks.Events;

/// <summary>Counts events that arrive in order. The first one that is missing, doubled or out of order ends the run.</summary>
/// <param name="period">After so many events the sender starts at 0 again.</param>
internal struct SequenceCheck(int period)
{
    private int next;

    public long Received { get; private set; }

    public void Accept(ReadOnlySpan<char> tag)
    {
        var sequence = JobReturn.Sequence(tag);
        if (sequence != next)
        {
            throw new OutOfOrderException($"Event {Received} has the sequence number {sequence} where {next} was due.");
        }

        Received++;
        next = next + 1 == period ? 0 : next + 1;
    }
}
