using SaltEvents.Core.Nats;
using SaltEvents.Core.Nats.JetStream;
using Xunit;

namespace SaltEvents.Core.Tests.Nats;

public sealed class RelayQueueTests
{
    // After a lost connection the answer to the first attempt may arrive while the second is in flight.
    [Fact]
    public void An_event_that_is_acknowledged_for_an_earlier_attempt_is_no_longer_in_flight()
    {
        var queue = new RelayQueue(10);
        queue.Add(Item(1));
        Assert.True(queue.TryTake(out var first, out _));
        queue.Rewind();
        Assert.True(queue.TryTake(out var again, out _));
        Assert.Same(first, again);
        queue.Acknowledge(first!);
        Assert.False(queue.HasInFlight);
        queue.Add(Item(2));
        Assert.Null(queue.Oldest); // it was never sent, so nothing waits for its acknowledgement
    }

    private static RelayItem Item(long number) => new(number, "salt.hq.t", "t", [1], new EventId(1, number, 1));
}
