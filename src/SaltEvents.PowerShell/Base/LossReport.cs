using SaltEvents.Core.Client;

namespace SaltEvents.Base;

/// <summary>What a source lost since that was last told: once an episode, not once an event.</summary>
internal sealed class LossReport(IEventSource source, int queueSize)
{
    private long dropped;
    private long malformed;

    /// <summary>True where an episode is so long that it should be told before it ends.</summary>
    public bool IsLarge => source.Dropped - dropped >= queueSize;

    /// <summary>How many events the full queue dropped.</summary>
    public long TakeDropped() => Take(source.Dropped, ref dropped);

    /// <summary>How many messages were no event.</summary>
    public long TakeMalformed() => Take(source.Malformed, ref malformed);

    private static long Take(long now, ref long told)
    {
        var news = now - told;
        told = now;
        return news;
    }
}
