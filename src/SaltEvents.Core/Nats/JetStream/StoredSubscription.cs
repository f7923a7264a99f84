using System;
using System.Threading;
using System.Threading.Tasks;
using NATS.Client.Core;
using SaltEvents.Core.Client;
using SaltEvents.Core.Events;

namespace SaltEvents.Core.Nats.JetStream;

/// <summary>
/// What one listener gets of a stream: the events that pass its filter, in a bounded queue. Under
/// <see cref="SaltOverflow.Block"/> no more is read while the queue is full: the server keeps the events. Safe for one reader at a time.
/// </summary>
internal sealed class StoredSubscription : IEventSubscription, IStoredEvents
{
    private static readonly TimeSpan AckInterval = TimeSpan.FromMilliseconds(200);
    private readonly NatsBus bus;
    private readonly EventBusClientOptions options;
    private readonly EventQueue queue;
    private readonly CancellationTokenSource stop = new();
    private readonly Timer? ackTimer;
    private volatile string? taken; // acknowledges what was read last
    private volatile string? done; // and what was done with
    private volatile string? confirmed;
    private volatile string? skipped; // acknowledges what no filter passed, after the last one that did
    private long received;
    private long matched;
    private long read;
    private long caughtUpAt = long.MaxValue; // how many had matched when all had come that was stored at first
    private long malformed;
    private int endReason;

    public StoredSubscription(NatsBus bus, TagFilter filter, EventBusClientOptions options, bool isDurable)
    {
        this.bus = bus;
        this.options = options;
        Filter = filter.Until(stop.Token);
        queue = new EventQueue(options.QueueSize, options.Overflow);
        ackTimer = isDurable ? new Timer(_ => SendAck(), null, AckInterval, AckInterval) : null;
    }

    public TagFilter Filter { get; }

    public CancellationToken Stopped => stop.Token;

    public bool Reconnects => options.Reconnect;

    public TimeSpan? ReconnectTimeout => options.ReconnectTimeout;

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
    public bool IsCaughtUp => EndReason != SubscriptionEndReason.None || Interlocked.Read(ref read) + Dropped >= Interlocked.Read(ref caughtUpAt);

    /// <inheritdoc/>
    public SubscriptionEndReason EndReason => (SubscriptionEndReason)Volatile.Read(ref endReason);

    /// <summary>The error that ended it, where there was one.</summary>
    public Exception? EndCause { get; private set; }

    /// <inheritdoc/>
    public bool TryReadStatus(out StreamStatus? status) => queue.TryTakeStatus(TagFilter.All, out status);

    /// <inheritdoc/>
    public bool TryRead(out SaltEvent? saltEvent)
    {
        if (!queue.TryTake(TagFilter.All, out saltEvent))
        {
            return false;
        }

        taken = saltEvent!.Origin!.AckSubject;
        Interlocked.Increment(ref read);
        return true;
    }

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
                throw new NatsBusException(NatsBusReason.Failed, $"The subscription at {bus.Options.ServerList} was ended: its queue was full.");
        }
    }

    /// <inheritdoc/>
    public void Acknowledge() => done = taken;

    /// <inheritdoc/>
    public void Dispose() => Task.Run(() => DisposeAsync().AsTask()).GetAwaiter().GetResult();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (EndReason == SubscriptionEndReason.Disposed)
        {
            return;
        }

        End(SubscriptionEndReason.Disposed, null);
        if (ackTimer is not null)
        {
            await ackTimer.DisposeAsync().ConfigureAwait(false);
            await ConfirmAckAsync().ConfigureAwait(false);
        }

        await bus.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Takes an event of the stream; the task completes once the next may be read.</summary>
    public async ValueTask PutAsync(SaltEvent saltEvent)
    {
        Interlocked.Increment(ref received);
        if (!Filter.IsMatch(saltEvent))
        {
            skipped = saltEvent.Origin!.AckSubject;
            return;
        }

        skipped = null;
        Interlocked.Increment(ref matched);
        if (options.Overflow == SaltOverflow.Disconnect && queue.IsFull)
        {
            End(SubscriptionEndReason.Overflow, null);
            return;
        }

        await queue.Add(saltEvent).ConfigureAwait(false);
    }

    /// <summary>Takes something that was no event.</summary>
    public void PutMalformed(string what)
    {
        LastMalformed = what;
        Interlocked.Increment(ref malformed);
    }

    /// <summary>Takes a change of the connection, or what is missing.</summary>
    public void Put(StreamStatus status)
    {
        if (options.ReportsStatus)
        {
            queue.Add(status);
        }
    }

    /// <summary>All has come that was stored at first. The change wakes a reader that waits for more of it.</summary>
    public void PutCaughtUp(StreamStatus? status)
    {
        Interlocked.Exchange(ref caughtUpAt, Matched);
        if (status is not null)
        {
            queue.Add(status);
        }
    }

    /// <summary>Ends it; the first reason wins. What has arrived can still be read.</summary>
    public void End(SubscriptionEndReason reason, Exception? cause)
    {
        if (Interlocked.CompareExchange(ref endReason, (int)reason, (int)SubscriptionEndReason.None) == (int)SubscriptionEndReason.None)
        {
            EndCause = cause;
            stop.Cancel();
            queue.Complete();
        }
    }

    private void SendAck()
    {
        if (done is { } subject && subject != confirmed)
        {
            confirmed = subject;
            _ = AckAsync(subject, isConfirmed: false);
        }
    }

    // Where all that came is done with, what no filter passed is too.
    private Task ConfirmAckAsync()
    {
        var last = queue.Count == 0 && done == taken && skipped is not null ? skipped : done;
        return last is null ? Task.CompletedTask : AckAsync(last, isConfirmed: true);
    }

    private async Task AckAsync(string subject, bool isConfirmed)
    {
        try
        {
            var ack = "+ACK"u8.ToArray();
            if (isConfirmed)
            {
                await bus.CallAsync("The position was not saved", t => bus.Connection.RequestAsync<byte[], byte[]>(subject, ack, requestSerializer: NatsRawSerializer<byte[]>.Default, replySerializer: NatsRawSerializer<byte[]>.Default, cancellationToken: t), CancellationToken.None).ConfigureAwait(false);
            }
            else
            {
                await bus.Connection.PublishAsync(subject, ack, serializer: NatsRawSerializer<byte[]>.Default).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is NatsBusException or NatsException or ObjectDisposedException or OperationCanceledException)
        {
            // The events come once more: at least once is what is promised.
        }
    }
}
