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
    IEventSource Matching(Events.TagFilter filter);

    /// <summary>Forgets what is queued, so that readers come to an end.</summary>
    void Discard();
}
