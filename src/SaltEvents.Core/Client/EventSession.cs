using System;
using System.Threading;
using System.Threading.Tasks;
using SaltEvents.Core.Events;
using SaltEvents.Core.Protocols;
using SaltEvents.Core.Transport;

namespace SaltEvents.Core.Client;

/// <summary>
/// A subscription that keeps what arrives between two reads: each read takes the events that it matches and leaves the
/// others for the next. Safe for several threads.
/// </summary>
public sealed class EventSession : IAsyncDisposable
{
    private const int HandOverQueue = 256;
    private readonly IEventSubscription subscription;
    private readonly EventMailbox kept;
    private readonly bool endsWhenFull;
    private readonly CancellationTokenSource stop = new();
    private readonly Task pump;
    private volatile bool closed;

    private EventSession(BusEndpoint endpoint, EventBusClient? client, IEventSubscription subscription, EventBusClientOptions options)
    {
        Endpoint = endpoint;
        Client = client;
        this.subscription = subscription;
        kept = new EventMailbox(options.QueueSize, options.Overflow);
        endsWhenFull = options.Overflow == SaltOverflow.Disconnect;
        pump = Task.Run(PumpAsync);
    }

    /// <summary>The bus.</summary>
    public BusEndpoint Endpoint { get; }

    /// <summary>The client; firing through it uses the session's own connection. Null where the subscription is not on a bus's sockets.</summary>
    public EventBusClient? Client { get; }

    /// <summary>How many events the bus has sent.</summary>
    public long Received => subscription.Received;

    /// <summary>How many of them passed the filter.</summary>
    public long Matched => subscription.Matched;

    /// <summary>How many events wait to be read.</summary>
    public int Queued => kept.Count;

    /// <summary>How many events the full queue dropped.</summary>
    public long Dropped => kept.Dropped + subscription.Dropped;

    /// <summary>Why it has ended; what is kept can still be read.</summary>
    public SubscriptionEndReason EndReason => subscription.EndReason;

    /// <summary>Connects and subscribes.</summary>
    /// <exception cref="Transport.SaltEventException">There is no bus, or it cannot be used.</exception>
    public static async Task<EventSession> OpenAsync(BusEndpoint endpoint, TagFilter filter, EventBusClientOptions options, CancellationToken token = default)
    {
        // The session's own queue is the one that counts; the subscription only hands over.
        var client = new EventBusClient(endpoint, options with { Overflow = SaltOverflow.Block, QueueSize = HandOverQueue });
        try
        {
            return new EventSession(endpoint, client, await client.SubscribeAsync(filter, token).ConfigureAwait(false), options);
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    /// <summary>Keeps what arrives on a subscription that is open already, and owns it.</summary>
    internal static EventSession From(BusEndpoint endpoint, IEventSubscription subscription, EventBusClientOptions options) => new(endpoint, null, subscription, options);

    /// <summary>What is kept and what arrives, as far as it matches.</summary>
    public IEventSource Matching(TagFilter filter) => new Source(this, filter);

    /// <summary>Ends it early, as its owner wishes: what is kept is gone, and every reader comes to an end without an error.</summary>
    public async Task FinishAsync()
    {
        stop.Cancel();
        await subscription.DisposeAsync().ConfigureAwait(false);
        kept.Discard();
        await pump.ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        closed = true;
        stop.Cancel();
        await subscription.DisposeAsync().ConfigureAwait(false);
        kept.Complete();
        await pump.ConfigureAwait(false);
        Client?.Dispose();
    }

    private async Task PumpAsync()
    {
        try
        {
            while (await subscription.WaitToReadAsync(stop.Token).ConfigureAwait(false))
            {
                while (subscription.TryRead(out var saltEvent))
                {
                    if (endsWhenFull && kept.IsFull)
                    {
                        subscription.EndByOverflow();
                        return;
                    }

                    await kept.Put(saltEvent!).ConfigureAwait(false);
                }

                while (subscription.TryReadStatus(out var status))
                {
                    kept.Put(status!);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Disposed.
        }
        finally
        {
            kept.Complete();
        }
    }

    private sealed class Source(EventSession session, TagFilter filter) : IEventSource
    {
        public int Queued => session.Queued;

        public long Dropped => session.Dropped;

        public long Malformed => session.subscription.Malformed;

        public string? LastMalformed => session.subscription.LastMalformed;

        public bool TryReadStatus(out StreamStatus? status) => session.kept.TryTakeStatus(out status);

        public bool TryRead(out SaltEvent? saltEvent) => session.kept.TryTake(filter, out saltEvent);

        public ValueTask<bool> WaitToReadAsync(CancellationToken token = default) => new(session.kept.WaitAsync(filter, token));

        public void ThrowIfBroken()
        {
            session.subscription.ThrowIfBroken();
            if (session.closed)
            {
                // Its owner is another than the one who reads.
                var address = session.Endpoint.Pub;
                throw new Transport.BusConnectionException(address, $"The session on the event bus at {address} was closed while it was read.");
            }
        }
    }
}
