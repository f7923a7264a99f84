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
    private readonly IEventSubscription subscription;
    private volatile bool closed;

    private EventSession(BusEndpoint endpoint, EventBusClient? client, IEventSubscription subscription)
    {
        Endpoint = endpoint;
        Client = client;
        this.subscription = subscription;
    }

    /// <summary>The bus.</summary>
    public BusEndpoint Endpoint { get; }

    /// <summary>
    /// The client; firing through it uses the session's own connection. Null if the subscription is not on a bus's sockets.
    /// </summary>
    public EventBusClient? Client { get; }

    /// <summary>How many events the bus has sent.</summary>
    public long Received => subscription.Received;

    /// <summary>How many of them passed the filter.</summary>
    public long Matched => subscription.Matched;

    /// <summary>How many events wait to be read.</summary>
    public int Queued => subscription.Queued;

    /// <summary>How many events the full queue dropped.</summary>
    public long Dropped => subscription.Dropped;

    /// <summary>Why it has ended; what is kept can still be read.</summary>
    public SubscriptionEndReason EndReason => subscription.EndReason;

    /// <summary>Connects and subscribes.</summary>
    /// <exception cref="Transport.SaltEventException">There is no bus, or it cannot be used.</exception>
    public static async Task<EventSession> OpenAsync(
        BusEndpoint endpoint,
        TagFilter filter,
        EventBusClientOptions options,
        CancellationToken token = default
    )
    {
        var client = new EventBusClient(endpoint, options);
        try
        {
            return new EventSession(endpoint, client, await client.SubscribeAsync(filter, token).ConfigureAwait(false));
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    /// <summary>Keeps what arrives on a subscription that is already open, and owns it.</summary>
    internal static EventSession From(BusEndpoint endpoint, IEventSubscription subscription) => new(endpoint, null, subscription);

    /// <summary>What is kept and what arrives, as far as it matches.</summary>
    public IEventSource Matching(TagFilter filter) => subscription.Matching(filter, ThrowIfClosed);

    /// <summary>Ends it early, for its owner: its events are discarded, and every reader ends without an error.</summary>
    public async Task FinishAsync()
    {
        await subscription.DisposeAsync().ConfigureAwait(false);
        subscription.Discard();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        closed = true;
        await subscription.DisposeAsync().ConfigureAwait(false);
        Client?.Dispose();
    }

    // Its owner is not the reader.
    private void ThrowIfClosed()
    {
        if (closed)
        {
            throw new BusException(
                BusReason.ConnectionLost,
                Endpoint.Pub,
                $"The session on the event bus at {Endpoint.Pub} was closed while it was read."
            );
        }
    }
}
