using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using SaltEvents.Core.Events;

namespace SaltEvents.Core.Client;

/// <summary>
/// A subscription whose events wait in a bounded queue. It is filled by one thread at a time, whether or not anybody reads, and is
/// safe for several readers.
/// </summary>
public abstract class QueuedSubscription : IEventSubscription
{
    /// <summary>How many events that have arrived together are queued together.</summary>
    internal const int MaxBatch = 128;

    private readonly CancellationTokenSource stop = new();
    private Ended? ended;
    private long received;
    private long matched;
    private long malformed;

    private protected QueuedSubscription(TagFilter filter, EventBusClientOptions options)
    {
        Filter = filter.Until(stop.Token);
        Options = options;
        Queue = new EventQueue(options.QueueSize, options.Overflow, options.QueueBytes);
        BatchSize = Filter.CanBeSlow ? 1 : MaxBatch;
    }

    /// <inheritdoc/>
    public long Received => Interlocked.Read(ref received);

    /// <inheritdoc/>
    public long Matched => Interlocked.Read(ref matched);

    /// <inheritdoc/>
    public long Dropped => Queue.Dropped;

    /// <inheritdoc/>
    public long Malformed => Interlocked.Read(ref malformed);

    /// <inheritdoc/>
    public string? LastMalformed { get; private set; }

    /// <inheritdoc/>
    public int Queued => Queue.Count;

    /// <inheritdoc/>
    public SubscriptionEndReason EndReason => Volatile.Read(ref ended)?.Reason ?? SubscriptionEndReason.None;

    /// <summary>The error that ended it, if there was one.</summary>
    public Exception? EndCause => Volatile.Read(ref ended)?.Cause;

    internal EventBusClientOptions Options { get; }

    /// <summary>Cancelled when it ends.</summary>
    internal CancellationToken Stopped => stop.Token;

    private protected TagFilter Filter { get; }

    private protected EventQueue Queue { get; }

    /// <summary>How many events are compared before those that pass are queued: one if comparing the next can take long.</summary>
    private protected int BatchSize { get; }

    /// <inheritdoc/>
    public bool TryReadStatus(out StreamStatus? status) => Queue.TryTakeStatus(TagFilter.All, out status);

    /// <inheritdoc/>
    public virtual bool TryRead(out SaltEvent? saltEvent) => Queue.TryTake(TagFilter.All, out saltEvent);

    /// <inheritdoc/>
    public ValueTask<bool> WaitToReadAsync(CancellationToken token = default) => Queue.WaitAsync(TagFilter.All, token);

    /// <inheritdoc/>
    public IEventSource Matching(TagFilter filter, Action? check = null) => new MatchingSource(this, Queue, filter, check);

    /// <inheritdoc/>
    public void Discard() => Queue.Discard();

    /// <inheritdoc/>
    public abstract void ThrowIfBroken();

    /// <inheritdoc/>
    public abstract void Dispose();

    /// <inheritdoc/>
    public abstract ValueTask DisposeAsync();

    /// <summary>Adds a change of the connection, if anybody wants these reports.</summary>
    internal void Put(StreamStatus status)
    {
        if (Options.ReportsStatus)
        {
            Queue.Add(status);
        }
    }

    /// <summary>Counts something that was not an event.</summary>
    internal void PutMalformed(string what)
    {
        LastMalformed = what;
        Volatile.Write(ref malformed, malformed + 1);
    }

    /// <summary>Ends it; the first reason wins. What has arrived can still be read.</summary>
    internal void End(SubscriptionEndReason reason, Exception? cause)
    {
        if (Interlocked.CompareExchange(ref ended, new Ended(reason, cause), null) is null)
        {
            stop.Cancel();
            Queue.Complete();
            OnEnded();
        }
    }

    /// <summary>Called once, when it has ended.</summary>
    private protected virtual void OnEnded()
    {
    }

    /// <summary>Counts events that have arrived. The filling thread does it last if the count must not run ahead of the queue.</summary>
    private protected void CountReceived(int count = 1) => Volatile.Write(ref received, received + count);

    /// <summary>
    /// Adds events that pass the filter, as many as there is room for; ends the subscription if it is full and the policy is Disconnect.
    /// </summary>
    /// <param name="arrived">The events.</param>
    /// <param name="from">The first one to add.</param>
    /// <param name="proceed">Completed once more may be added: at once, except under <see cref="SaltOverflow.Block"/>.</param>
    /// <returns>How many were added or dropped: at least one.</returns>
    private protected int Enqueue(IReadOnlyList<SaltEvent> arrived, int from, out Task proceed)
    {
        var count = 1;
        if (Options.Overflow == SaltOverflow.Disconnect && Queue.IsFullFor(arrived[from]))
        {
            End(SubscriptionEndReason.Overflow, null);
            proceed = Task.CompletedTask;
        }
        else
        {
            count = Queue.Add(arrived, from, out proceed);
        }

        Volatile.Write(ref matched, matched + count);
        return count;
    }

    private sealed record Ended(SubscriptionEndReason Reason, Exception? Cause);
}
