using System;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using SaltEvents.Benchmarks.Events;
using SaltEvents.Benchmarks.Peers;
using SaltEvents.Core.Client;
using SaltEvents.Core.Events;
using SaltEvents.Core.Protocols;
using SaltEvents.Core.Server;
using SaltEvents.Core.Transport;

namespace SaltEvents.Benchmarks.Soak;

/// <summary>
/// A bus with all that a long life brings, in rounds that each end where they began: many events and a large one to a steady
/// reader, a subscriber that never reads, listeners and senders that come and go, peers that send junk or die within a frame.
/// </summary>
internal sealed class SoakTraffic : IAsyncDisposable
{
    private const int EventsARound = 2000;
    private const int LargeBytes = 1024 * 1024 / 2;
    private const int QueueSize = 1000; // the subscriber that never reads has it full after the first round
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly EventBusServer bus;
    private readonly EventBusClient client;
    private readonly EventSubscription steady;
    private readonly Socket stopped;

    private SoakTraffic(EventBusServer bus, EventBusClient client, EventSubscription steady, Socket stopped)
    {
        this.bus = bus;
        this.client = client;
        this.steady = steady;
        this.stopped = stopped;
    }

    public long Rounds { get; private set; }

    public long EventsIn => bus.Counters.EventsIn;

    public static async Task<SoakTraffic> StartAsync(BusEndpoint place)
    {
        var bus = await EventBusServer.StartAsync(new EventBusServerOptions(place) { QueueSize = QueueSize });
        var client = new EventBusClient(bus.Endpoint, new EventBusClientOptions { Overflow = SaltOverflow.Block });
        return new SoakTraffic(bus, client, await client.SubscribeAsync(), Connect(bus.Endpoint.Pub));
    }

    public async Task RunRoundAsync()
    {
        // Not more at once than the queue holds: the steady reader must get every event.
        for (var sent = 0; sent < EventsARound; sent += QueueSize / 2)
        {
            for (var i = 0; i < QueueSize / 2; i++)
            {
                await client.FireAsync(JobReturn.Tag(sent + i), JobReturn.Payload(sent + i));
            }

            await ReadAsync(steady, QueueSize / 2);
        }

        await client.FireAsync("soak/large", new PayloadMap { { "data", new byte[LargeBytes] } });
        await ReadAsync(steady, 1);
        await VisitAsync();
        Misbehave([0xC1, 0xC1, 0xC1, 0xC1]);
        Misbehave(JobReturn.Frames(1).AsSpan(0, JobReturn.FrameBytes / 2));
        Misbehave([]);
        using (Connect(bus.Endpoint.Pub))
        {
            // Goes at once.
        }

        Rounds++;
    }

    public async ValueTask DisposeAsync()
    {
        stopped.Dispose();
        await steady.DisposeAsync();
        client.Dispose();
        await bus.DisposeAsync();
    }

    // A listener and a sender for one event.
    private async Task VisitAsync()
    {
        using var visitor = new EventBusClient(bus.Endpoint);
        await using var subscription = await visitor.SubscribeAsync();
        await visitor.FireAsync("soak/visit", new PayloadMap { { "n", Rounds } });
        await ReadAsync(subscription, 1);
        await ReadAsync(steady, 1);
        await visitor.CompleteAsync(Patience);
    }

    private void Misbehave(ReadOnlySpan<byte> bytes)
    {
        using var peer = Connect(bus.Endpoint.Pull);
        peer.Send(bytes);
    }

    private static Socket Connect(BusAddress address)
    {
        var socket = PeerAddress.CreateSocket(address);
        socket.Connect(PeerAddress.EndPoint(address));
        return socket;
    }

    private static async Task ReadAsync(EventSubscription subscription, int count)
    {
        using var limit = new CancellationTokenSource(Patience);
        for (var read = 0; read < count;)
        {
            if (!await subscription.WaitToReadAsync(limit.Token))
            {
                throw new InvalidOperationException($"The subscription ended: {subscription.EndReason}.");
            }

            for (; read < count && subscription.TryRead(out var saltEvent); read++)
            {
                _ = saltEvent!.Fields.TryGetValue("fun", out _);
            }
        }
    }
}
