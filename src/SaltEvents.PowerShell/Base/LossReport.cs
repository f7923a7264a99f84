using SaltEvents.Core.Client;
using SaltEvents.Core.Events;

namespace SaltEvents.Base;

/// <summary>What a source lost since that was last told: once an episode, not once an event. An episode ends when the queue is empty.</summary>
internal sealed class LossReport(IEventSource source, EventBusClientOptions options)
{
    private long dropped;
    private long malformed;
    private bool isTold;

    /// <summary>True where what the queue dropped would come before its next event, and the episode has not been told of.</summary>
    public bool IsBeforeNext => options.Overflow == OverflowPolicy.DropOldest && !isTold && source.Dropped > dropped;

    /// <summary>True where an episode is so long that it should be told before it ends.</summary>
    public bool IsLarge => source.Dropped - dropped >= options.QueueSize;

    /// <summary>How many events the full queue dropped.</summary>
    public long TakeDropped()
    {
        var news = Take(source.Dropped, ref dropped);
        isTold |= news > 0;
        return news;
    }

    /// <summary>How many messages were no event.</summary>
    public long TakeMalformed() => Take(source.Malformed, ref malformed);

    /// <summary>Nothing waits to be read.</summary>
    public void EndEpisode() => isTold = false;

    private static long Take(long now, ref long told)
    {
        var news = now - told;
        told = now;
        return news;
    }
}
