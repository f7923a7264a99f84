using System;
using SaltEvents.Core.Client;
using SaltEvents.Execution;

namespace SaltEvents.Objects;

/// <summary>
/// Counts what a source has lost since the last report. Dropped events are reported at their place in the stream; an
/// episode ends when the queue is empty. Warnings are rare, so that a pipeline that is slow for hours does not bury
/// everything else under them.
/// </summary>
internal sealed class DropCounter(IEventSource source, EventBusClientOptions options)
{
    private static readonly TimeSpan WarningInterval = TimeSpan.FromSeconds(10);
    private long dropped;
    private long malformed;
    private bool isReported;
    private Deadline quiet = Deadline.After(TimeSpan.Zero);

    /// <summary>True if what the queue dropped would come before its next event, and the episode has not been reported.</summary>
    public bool IsBeforeNext => options.Overflow == SaltOverflow.DropOldest && !isReported && source.Dropped > dropped;

    /// <summary>True if an episode is so long that it should be reported before it ends.</summary>
    public bool IsLarge => source.Dropped - dropped >= options.QueueSize;

    /// <summary>When the next warning may come, if there is something to warn about.</summary>
    public Deadline NextWarning => source.Dropped > dropped ? quiet : Deadline.Never;

    /// <summary>How many events the full queue dropped.</summary>
    public long ReadAndResetDropped()
    {
        var news = Take(source.Dropped, ref dropped);
        isReported |= news > 0;
        return news;
    }

    /// <summary>The same, for a warning: 0 if the last warning is recent, and then the total with the next one.</summary>
    /// <param name="isLast">Whether no more warning can come.</param>
    public long ReadAndResetDroppedToWarn(bool isLast)
    {
        if (source.Dropped == dropped || !(isLast || quiet.HasPassed))
        {
            return 0;
        }

        quiet = Deadline.After(WarningInterval);
        return ReadAndResetDropped();
    }

    /// <summary>How many messages were not events.</summary>
    public long ReadAndResetMalformed() => Take(source.Malformed, ref malformed);

    /// <summary>Nothing waits to be read.</summary>
    public void EndEpisode() => isReported = false;

    private static long Take(long now, ref long reported)
    {
        var news = now - reported;
        reported = now;
        return news;
    }
}
