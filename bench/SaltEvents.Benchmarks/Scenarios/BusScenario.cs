using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using SaltEvents.Benchmarks.Peers;
using SaltEvents.Benchmarks.Throughput;
using SaltEvents.Core.Client;

namespace SaltEvents.Benchmarks.Scenarios;

/// <summary>Events through the embedded bus to one or more subscribers, each of which gets every event.</summary>
internal sealed class BusScenario(BenchmarkPlace place, int subscribers) : Scenario
{
    private PeerProcess? bus;
    private PeerProcess? sender;
    private EventBusClient? client;

    public override string Name => $"bus {subscribers}";

    public override IReadOnlyList<Figure> Figures { get; } =
    [
        subscribers == 1
            ? new("bus, to 1 subscriber", Figure.EventsPerSecond, 800_000)
            : new($"bus, to each of {subscribers} subscribers", Figure.EventsPerSecond),
    ];

    public override async Task StartAsync()
    {
        var sockets = place.NewBus();
        bus = await PeerProcess.StartAsync(BusPeer.Verb, sockets.Pub.ToString()!, sockets.Pull.ToString()!);
        sender = await PeerProcess.StartAsync(PublisherPeer.Verb, PublisherPeer.Connect, bus.Addresses[1]);
        client = new EventBusClient(PeerAddress.Endpoint(bus.Addresses[0], bus.Addresses[1]), SubscriberRun.Options);
    }

    public override async Task<RunResult> RunAsync(int events)
    {
        using var patience = new CancellationTokenSource(Patience);
        var subscriptions = new List<EventSubscription>();
        try
        {
            for (var i = 0; i < subscribers; i++)
            {
                subscriptions.Add(await client!.SubscribeAsync());
            }

            var clock = Stopwatch.StartNew();
            sender!.Send(events);
            var received = await Task.WhenAll(subscriptions.Select(s => Task.Run(
                () => SubscriberRun.ReceiveAsync(s, events, PublisherPeer.Period, readField: false, patience.Token))));
            clock.Stop();
            var sent = await sender.ReadNumberAsync("sent");
            bus!.Write("dropped");
            var dropped = await bus.ReadNumberAsync("dropped") + subscriptions.Sum(s => s.Dropped + s.Malformed);
            return new RunResult(sent, received.Min(), dropped, RunResult.Rate(received.Min(), clock));
        }
        finally
        {
            subscriptions.ForEach(s => s.Dispose());
        }
    }

    public override async ValueTask DisposeAsync()
    {
        client?.Dispose();
        if (sender is not null)
        {
            await sender.DisposeAsync();
        }

        if (bus is not null)
        {
            await bus.DisposeAsync();
        }
    }
}
