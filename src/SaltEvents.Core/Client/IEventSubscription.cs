using System;

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

    /// <summary>Ends it as <see cref="SaltOverflow.Disconnect"/> says, where the queue that was full is the owner's.</summary>
    void EndByOverflow();
}
