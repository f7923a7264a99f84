using System;
using SaltEvents.Core.Events;

namespace SaltEvents.Core.Client;

/// <summary>An event source that is open: on a bus's socket, or over salt-api.</summary>
public interface IEventSubscription : IEventSource, IAsyncDisposable, IDisposable
{
    /// <summary>How many events have arrived, whether or not they match.</summary>
    long Received { get; }

    /// <summary>How many of them passed the filter.</summary>
    long Matched { get; }

    /// <summary>Why it has ended; events that arrived before can still be read.</summary>
    SubscriptionEndReason EndReason { get; }

    /// <summary>The queued events that pass a filter, and those that arrive later. Others stay queued for other readers.</summary>
    /// <param name="filter">The filter.</param>
    /// <param name="check">Called by <see cref="IEventSource.ThrowIfBroken"/> in addition; null for nothing.</param>
    IEventSource Matching(Events.TagFilter filter, System.Action? check = null);

    /// <summary>Discards the queue, so that readers end.</summary>
    void Discard();
}
