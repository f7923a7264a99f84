using System;
using System.Threading;
using System.Threading.Tasks;
using SaltEvents.Core.Client;
using SaltEvents.Core.Events;
using SaltEvents.Core.Recording;
using SaltEvents.Core.Protocols;
using SaltEvents.Core.Transport;
using StreamInfo = NATS.Client.JetStream.Models.StreamInfo;

namespace SaltEvents.Core.Nats.JetStream;

/// <summary>Reads a bus and publishes its events; and fires on the bus what others ask for.</summary>
internal sealed class EventRelay : IEventRelay
{
    private const int HandOverQueue = 1024;
    private readonly NatsBus bus;
    private readonly EventRelayOptions options;
    private readonly EventBusClient client;
    private readonly EventSubscription subscription;
    private readonly OrderedPublisher publisher;
    private readonly FireResponder? responder;
    private readonly CancellationTokenSource stop = new();
    private Task work = Task.CompletedTask;
    private string? busProblem;
    private long read;
    private long withheld;
    private long ofPeers;
    private int stopped;

    private EventRelay(NatsBus bus, EventRelayOptions options, EventBusClient client, EventSubscription subscription, StreamInfo stream)
    {
        this.bus = bus;
        this.options = options;
        this.client = client;
        this.subscription = subscription;
        publisher = new OrderedPublisher(bus, options, stream);
        responder = options.Accepts is null ? null : new FireResponder(bus, options, client);
    }

    /// <inheritdoc/>
    public EventRelayCounters Counters
    {
        get
        {
            // Events that left the queue are counted before those that entered it.
            var (acknowledged, dropped) = (publisher.Acknowledged, publisher.Dropped + subscription.Dropped);
            return new EventRelayCounters(
                Interlocked.Read(ref read),
                publisher.Published,
                acknowledged,
                publisher.Duplicates,
                stopped == 0 ? publisher.Waiting : 0,
                dropped,
                Interlocked.Read(ref withheld),
                Interlocked.Read(ref ofPeers),
                responder?.Fired ?? 0,
                responder?.Refused ?? 0
            );
        }
    }

    /// <inheritdoc/>
    public bool IsRunning => stopped == 0 && !work.IsCompleted;

    /// <inheritdoc/>
    public string? Problem => busProblem ?? publisher.Problem ?? responder?.Problem;

    /// <inheritdoc/>
    public string? LastDropped => publisher.LastDropped;

    /// <summary>Starts a relay. Every event that is fired from here on is published.</summary>
    public static async Task<EventRelay> StartAsync(NatsBus bus, BusEndpoint endpoint, EventRelayOptions options, CancellationToken token)
    {
        var stream = await StreamSetup.EnsureAsync(bus, options, isRunning: false, token).ConfigureAwait(false);
        // The relay's own queue is the one that counts; the subscription only hands over.
        var client = new EventBusClient(
            endpoint,
            options.Bus with
            {
                Overflow = SaltOverflow.Block,
                QueueSize = HandOverQueue,
                ReportsStatus = true,
            }
        );
        try
        {
            var subscription = await client.SubscribeAsync(options.Filter, token).ConfigureAwait(false);
            var relay = new EventRelay(bus, options, client, subscription, stream);
            await relay.publisher.StartAsync(token).ConfigureAwait(false);
            if (relay.responder is not null)
            {
                await relay.responder.StartAsync(token).ConfigureAwait(false);
            }

            relay.work = Task.Run(relay.ReadAsync, CancellationToken.None);
            return relay;
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public async Task<long> StopAsync(TimeSpan wait, CancellationToken token = default)
    {
        if (Interlocked.Exchange(ref stopped, 1) != 0)
        {
            return 0;
        }

        if (responder is not null)
        {
            await responder.DisposeAsync().ConfigureAwait(false);
        }

        // What has arrived is still read.
        await subscription.DisposeAsync().ConfigureAwait(false);
        await work.ConfigureAwait(false);
        var left = await publisher.DrainAsync(wait, token).ConfigureAwait(false);
        await stop.CancelAsync().ConfigureAwait(false);
        await publisher.DisposeAsync().ConfigureAwait(false);
        client.Dispose();
        await bus.DisposeAsync().ConfigureAwait(false);
        return left;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await StopAsync(TimeSpan.Zero).ConfigureAwait(false);

    private async Task ReadAsync()
    {
        try
        {
            while (await subscription.WaitToReadAsync(stop.Token).ConfigureAwait(false))
            {
                TakeStatus();
                while (subscription.TryRead(out var saltEvent))
                {
                    Take(saltEvent!);
                    TakeStatus();
                }
            }

            subscription.ThrowIfBroken();
        }
        catch (SaltEventException e)
        {
            busProblem = stopped == 0 ? e.Message : null;
        }
    }

    private void TakeStatus()
    {
        while (subscription.TryReadStatus(out var status))
        {
            if (status!.Kind == StreamState.Reconnected)
            {
                publisher.AddGap();
            }

            busProblem = status.Kind == StreamState.Disconnected ? status.Message : null;
        }
    }

    private void Take(SaltEvent saltEvent)
    {
        Interlocked.Increment(ref read);
        if (IsOfPeer(saltEvent))
        {
            Interlocked.Increment(ref ofPeers);
        }
        else if (!options.IncludesSecrets && SecretFields.AppearIn(saltEvent, options.IsSecretTag(saltEvent.Tag)))
        {
            Interlocked.Increment(ref withheld);
        }
        else
        {
            publisher.Add(saltEvent);
        }
    }

    // Fired on another master of the same cluster (salt/channel/server.py, extract_cluster_event, 3007.0).
    private static bool IsOfPeer(SaltEvent saltEvent)
    {
        try
        {
            return saltEvent.Fields.TryGetValue("__peer_id"u8, out var peer) && peer is string;
        }
        catch (EventFormatException)
        {
            return false;
        }
    }
}
