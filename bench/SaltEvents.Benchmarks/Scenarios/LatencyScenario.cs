using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using SaltEvents.Benchmarks.Events;
using SaltEvents.Benchmarks.Peers;
using SaltEvents.Benchmarks.Throughput;
using SaltEvents.Core.Client;

namespace SaltEvents.Benchmarks.Scenarios;

/// <summary>
/// How long one event takes from the call that fires it to the subscriber that has it, on a bus with nothing else to do. Beside
/// it, in turns, the same bytes through a relay of plain sockets.
/// </summary>
internal sealed class LatencyScenario(BenchmarkPlace place) : Scenario
{
    private PeerProcess? bus;
    private PeerProcess? relay;
    private EventBusClient? client;
    private Socket? intoRelay;
    private Socket? outOfRelay;

    public override string Name => "latency";

    public override IReadOnlyList<Figure> Figures { get; } =
    [
        new("latency through the bus, p50", "microseconds", 150, LessIsBetter: true),
        new("latency through the bus, p99", "microseconds", LessIsBetter: true),
        new("latency through a relay of bytes, p50", "microseconds", LessIsBetter: true),
        new("latency through a relay of bytes, p99", "microseconds", LessIsBetter: true),
        new("latency, bus to relay, p50", "ratio", 2.5, LessIsBetter: true),
        new("latency, bus to relay, p99", "ratio", 4, LessIsBetter: true),
    ];

    public static int EventsFor(int asked) => Math.Max(1, asked / 100);

    public override int EventsOf(int asked) => EventsFor(asked);

    public override async Task StartAsync()
    {
        var sockets = place.NewBus();
        bus = await PeerProcess.StartAsync(BusPeer.Verb, sockets.Pub.ToString()!, sockets.Pull.ToString()!);
        client = new EventBusClient(PeerAddress.Endpoint(bus.Addresses[0], bus.Addresses[1]), SubscriberRun.Options);
        var plain = place.NewBus();
        relay = await PeerProcess.StartAsync(RelayPeer.Verb, plain.Pub.ToString()!, plain.Pull.ToString()!);
        outOfRelay = await ConnectAsync(relay.Addresses[0]);
        intoRelay = await ConnectAsync(relay.Addresses[1]);
    }

    public override async Task<RunResult> RunAsync(int events)
    {
        using var patience = new CancellationTokenSource(Patience);
        await using var subscription = await client!.SubscribeAsync(token: patience.Token);
        var check = new SequenceCheck(JobReturn.MaxSequence);
        var (times, relayTimes) = (new double[events], new double[events]);
        var frames = JobReturn.Frames(1);
        var buffer = new byte[frames.Length];
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

            relayTimes[i] = PassThroughRelay(frames, buffer);
        }

        bus!.Write("dropped");
        var dropped = await bus.ReadNumberAsync("dropped") + subscription.Dropped + subscription.Malformed;
        var (p50, p99) = Percentiles(times);
        var (relayP50, relayP99) = Percentiles(relayTimes);
        return new RunResult(events, check.Received, dropped, p50, p99, relayP50, relayP99, p50 / relayP50, p99 / relayP99);
    }

    public override async ValueTask DisposeAsync()
    {
        client?.Dispose();
        intoRelay?.Dispose();
        outOfRelay?.Dispose();
        foreach (var peer in new[] { bus, relay })
        {
            if (peer is not null)
            {
                await peer.DisposeAsync();
            }
        }
    }

    private static (double P50, double P99) Percentiles(double[] times)
    {
        Array.Sort(times);
        return (times[times.Length / 2], times[(int)(times.Length * 0.99)]);
    }

    private static async Task<Socket> ConnectAsync(string address)
    {
        var parsed = PeerAddress.Parse(address);
        var socket = PeerAddress.CreateSocket(parsed);
        await socket.ConnectAsync(PeerAddress.EndPoint(parsed));
        return socket;
    }

    private double PassThroughRelay(byte[] frame, byte[] buffer)
    {
        var start = Stopwatch.GetTimestamp();
        intoRelay!.Send(frame);
        for (var received = 0; received < frame.Length;)
        {
            received += outOfRelay!.Receive(buffer.AsSpan(received));
        }

        return Stopwatch.GetElapsedTime(start).TotalMicroseconds;
    }
}
