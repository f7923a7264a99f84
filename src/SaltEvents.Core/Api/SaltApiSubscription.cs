using System;
using System.Threading;
using System.Threading.Tasks;
using SaltEvents.Core.Client;
using SaltEvents.Core.Events;

namespace SaltEvents.Core.Api;

/// <summary>
/// What one listener gets of a salt-api's event stream: the events that pass its filter, in a bounded queue. The stream is read
/// whether or not anybody reads here: salt-api cuts off a reader that makes it wait. Safe for several readers.
/// </summary>
public sealed class SaltApiSubscription : IEventSubscription
{
    private readonly SaltApiStream stream;
    private readonly TagFilter filter;
    private readonly EventQueue queue;
    private readonly CancellationTokenSource stop = new();
    private long received;
    private long matched;
    private long malformed;
    private int endReason;

    internal SaltApiSubscription(SaltApiStream stream, TagFilter filter, EventBusClientOptions options)
    {
        this.stream = stream;
        this.filter = filter.Until(stop.Token);
        Options = options;
        queue = new EventQueue(options.QueueSize, options.Overflow);
    }

    /// <inheritdoc/>
    public long Received => Interlocked.Read(ref received);

    /// <inheritdoc/>
    public long Matched => Interlocked.Read(ref matched);

    /// <inheritdoc/>
    public long Dropped => queue.Dropped;

    /// <inheritdoc/>
    public long Malformed => Interlocked.Read(ref malformed);

    /// <inheritdoc/>
    public string? LastMalformed { get; private set; }

    /// <inheritdoc/>
    public int Queued => queue.Count;

    /// <inheritdoc/>
    public SubscriptionEndReason EndReason => (SubscriptionEndReason)Volatile.Read(ref endReason);

    /// <summary>The error that ended it, where there was one.</summary>
    public Exception? EndCause { get; private set; }

    internal EventBusClientOptions Options { get; }

    /// <inheritdoc/>
    public bool TryReadStatus(out StreamStatus? status) => queue.TryTakeStatus(TagFilter.All, out status);

    /// <inheritdoc/>
    public bool TryRead(out SaltEvent? saltEvent) => queue.TryTake(TagFilter.All, out saltEvent);

    /// <inheritdoc/>
    public ValueTask<bool> WaitToReadAsync(CancellationToken token = default) => queue.WaitAsync(TagFilter.All, token);

    /// <inheritdoc/>
    public IEventSource Matching(TagFilter filter, Action? check = null) => new MatchingSource(this, queue, filter, check);

    /// <inheritdoc/>
    public void Discard() => queue.Discard();

    /// <inheritdoc/>
    public void ThrowIfBroken()
    {
        switch (EndReason)
        {
            case SubscriptionEndReason.BusClosed:
                throw EndCause!;
            case SubscriptionEndReason.Overflow:
                throw new SaltApiException(SaltApiReason.Failed, $"The subscription at {stream.Uri} was ended: its queue was full.");
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        Dispose();
        return default;
    }

    /// <inheritdoc/>
    public void Dispose() => End(SubscriptionEndReason.Disposed, null);

    /// <summary>Takes an event of the stream.</summary>
    internal void Put(SaltEvent saltEvent)
    {
        if (EndReason != SubscriptionEndReason.None)
        {
            return;
        }

        if (filter.IsMatch(saltEvent))
        {
            Interlocked.Increment(ref matched);
            if (Options.Overflow == SaltOverflow.Disconnect && queue.IsFull)
            {
                End(SubscriptionEndReason.Overflow, null);
                return;
            }

            queue.Add(saltEvent);
        }

        Interlocked.Increment(ref received); // last: who sees it counted sees what has become of it
    }

    /// <summary>Takes something that was no event.</summary>
    internal void PutMalformed(string what)
    {
        LastMalformed = what;
        Interlocked.Increment(ref malformed);
    }

    /// <summary>Takes a change of the connection.</summary>
    internal void Put(StreamStatus status)
    {
        if (Options.ReportsStatus)
        {
            queue.Add(status);
        }
    }

    /// <summary>Ends it; the first reason wins. What has arrived can still be read.</summary>
    internal void End(SubscriptionEndReason reason, Exception? cause)
    {
        if (Interlocked.CompareExchange(ref endReason, (int)reason, (int)SubscriptionEndReason.None) == (int)SubscriptionEndReason.None)
        {
            EndCause = cause;
            stop.Cancel();
            stream.Remove(this);
            queue.Complete();
        }
    }
}
