using System;
using System.Threading;
using System.Threading.Tasks;
using NATS.Client.Core;
using SaltEvents.Core.Client;
using SaltEvents.Core.Events;

namespace SaltEvents.Core.Nats.JetStream;

/// <summary>
/// One listener's part of a stream: the events that pass its filter, in a bounded queue. Under
/// <see cref="SaltOverflow.Block"/> no more is read while the queue is full: the server keeps the events. Safe for one reader at a time.
/// </summary>
internal sealed class StoredSubscription : QueuedSubscription, IStoredEvents
{
    private static readonly TimeSpan AckInterval = TimeSpan.FromMilliseconds(200);
    private readonly NatsBus bus;
    private readonly Timer? ackTimer;
    private volatile string? taken; // acknowledges what was read last
    private volatile string? done; // and what was done with
    private volatile string? confirmed;
    private volatile string? skipped; // acknowledges what no filter passed, after the last one that did
    private long read;
    private long caughtUpAt = long.MaxValue; // how many had matched when all had come that was stored at first

    public StoredSubscription(NatsBus bus, TagFilter filter, EventBusClientOptions options, bool isDurable)
        : base(filter, options)
    {
        this.bus = bus;
        ackTimer = isDurable ? new Timer(_ => SendAck(), null, AckInterval, AckInterval) : null;
    }

    /// <inheritdoc/>
    public bool IsCaughtUp =>
        (EndReason != SubscriptionEndReason.None && Queued == 0)
        || Interlocked.Read(ref read) + Dropped >= Interlocked.Read(ref caughtUpAt);

    /// <inheritdoc/>
    public override bool TryRead(out SaltEvent? saltEvent)
    {
        if (!base.TryRead(out saltEvent))
        {
            return false;
        }

        taken = saltEvent!.AckSubject;
        Interlocked.Increment(ref read);
        return true;
    }

    /// <inheritdoc/>
    public override void ThrowIfBroken()
    {
        switch (EndReason)
        {
            case SubscriptionEndReason.BusClosed:
                throw EndCause!;
            case SubscriptionEndReason.Overflow:
                throw new NatsBusException(
                    NatsBusReason.Failed,
                    $"The subscription at {bus.Options.ServerList} was ended: its queue was full."
                );
        }
    }

    /// <inheritdoc/>
    public void Acknowledge() => done = taken;

    /// <inheritdoc/>
    public override void Dispose() => Task.Run(() => DisposeAsync().AsTask()).GetAwaiter().GetResult();

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
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

    /// <summary>For tests: as if the connection was lost.</summary>
    internal ValueTask DisconnectAsync() => bus.Connection.ReconnectAsync();

    /// <summary>Takes an event of the stream; the task completes once the next may be read.</summary>
    public async ValueTask PutAsync(SaltEvent saltEvent)
    {
        CountReceived();
        if (!Filter.IsMatch(saltEvent))
        {
            skipped = saltEvent.AckSubject;
            return;
        }

        skipped = null;
        Enqueue([saltEvent], 0, out var proceed);
        await proceed.ConfigureAwait(false);
    }

    /// <summary>All has come that was stored at first. The change wakes a reader that waits for more of it.</summary>
    public void PutCaughtUp(StreamStatus? status)
    {
        Interlocked.Exchange(ref caughtUpAt, Matched);
        if (status is not null)
        {
            Queue.Add(status);
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

    // If all events that arrived are finished, so are those that passed no filter.
    private Task ConfirmAckAsync()
    {
        var last = Queued == 0 && done == taken && skipped is not null ? skipped : done;
        return last is null ? Task.CompletedTask : AckAsync(last, isConfirmed: true);
    }

    private async Task AckAsync(string subject, bool isConfirmed)
    {
        try
        {
            var ack = "+ACK"u8.ToArray();
            if (isConfirmed)
            {
                await bus.CallAsync(
                        "The position was not saved",
                        t =>
                            bus.Connection.RequestAsync<byte[], byte[]>(
                                subject,
                                ack,
                                requestSerializer: NatsRawSerializer<byte[]>.Default,
                                replySerializer: NatsRawSerializer<byte[]>.Default,
                                cancellationToken: t
                            ),
                        CancellationToken.None
                    )
                    .ConfigureAwait(false);
            }
            else
            {
                await bus.Connection.PublishAsync(subject, ack, serializer: NatsRawSerializer<byte[]>.Default).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is NatsBusException or NatsException or ObjectDisposedException or OperationCanceledException)
        {
            // The events are read again: delivery is at least once.
        }
    }
}
