using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Threading;
using System.Threading.Tasks;
using SaltEvents.Benchmarks.Events;
using SaltEvents.Benchmarks.Peers;
using SaltEvents.Benchmarks.Throughput;
using SaltEvents.Core.Client;

namespace SaltEvents.Benchmarks.Scenarios;

/// <summary>How long one event takes from the call that fires it to the subscriber that has it, on a bus with nothing else to do.</summary>
internal sealed class LatencyScenario(BenchmarkPlace place) : Scenario
{
    private PeerProcess? bus;
    private EventBusClient? client;

    public override string Name => "latency";

    public override IReadOnlyList<Figure> Figures { get; } =
    [
        new("latency through the bus, p50", "microseconds", 150, LessIsBetter: true),
        new("latency through the bus, p99", "microseconds"),
    ];

    public static int EventsFor(int asked) => Math.Max(1, asked / 100);

    public override int EventsOf(int asked) => EventsFor(asked);

    public override async Task StartAsync()
    {
        var sockets = place.NewBus();
        bus = await PeerProcess.StartAsync(BusPeer.Verb, sockets.Pub.ToString()!, sockets.Pull.ToString()!);
        client = new EventBusClient(PeerAddress.Endpoint(bus.Addresses[0], bus.Addresses[1]), SubscriberRun.Options);
    }

    public override async Task<RunResult> RunAsync(int events)
    {
        using var patience = new CancellationTokenSource(Patience);
        await using var subscription = await client!.SubscribeAsync(token: patience.Token);
        var check = new SequenceCheck(JobReturn.MaxSequence);
        var times = new double[events];
        for (var i = 0; i < events; i++)
        {
            var (tag, payload) = (JobReturn.Tag(i), JobReturn.Payload(i));
            var start = Stopwatch.GetTimestamp();
            await client.FireAsync(tag, payload, patience.Token);
            await subscription.WaitToReadAsync(patience.Token);
            if (subscription.TryRead(out var saltEvent))
            {
                times[i] = Stopwatch.GetElapsedTime(start).TotalMicroseconds;
                check.Accept(saltEvent!.Tag);
            }
        }

        bus!.Tell("counters");
        var dropped = await bus.ReadNumberAsync("dropped") + subscription.Dropped + subscription.Malformed;
        Array.Sort(times);
        return new RunResult(events, check.Received, dropped, times[events / 2], times[(int)(events * 0.99)]);
    }

    public override async ValueTask DisposeAsync()
    {
        client?.Dispose();
        if (bus is not null)
        {
            await bus.DisposeAsync();
        }
    }
}
