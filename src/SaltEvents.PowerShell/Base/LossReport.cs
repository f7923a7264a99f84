using System.Collections.Generic;
using SaltEvents.Core.Client;

namespace SaltEvents.Base;

/// <summary>What a source lost since that was last told: one warning an episode, not one an event.</summary>
internal sealed class LossReport(IEventSource source, int queueSize)
{
    private long dropped;
    private long malformed;

    /// <summary>True where an episode is so long that it should be told before it ends.</summary>
    public bool IsLarge => source.Dropped - dropped >= queueSize;

    public IEnumerable<string> Take()
    {
        if (source.Dropped - dropped is var drops and > 0)
        {
            dropped += drops;
            yield return $"{drops} events were dropped: they arrived faster than the pipeline took them. A longer queue (-QueueSize), fewer tags (-Tag) or a faster pipeline keeps them.";
        }

        if (source.Malformed - malformed is var bad and > 0)
        {
            malformed += bad;
            yield return $"{bad} messages on the bus were passed over. The last one: {source.LastMalformed}";
        }
    }
}
