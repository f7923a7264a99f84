using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using SaltEvents.Benchmarks.Events;
using SaltEvents.Benchmarks.Peers;
using SaltEvents.Benchmarks.Throughput;

namespace SaltEvents.Benchmarks.Scenarios;

/// <summary>Events through the embedded bus to several plain sockets, which only count bytes: what the bus itself can send.</summary>
internal sealed class FanOutScenario(BenchmarkPlace place, int subscribers) : Scenario
{
    private PeerProcess? bus;
    private PeerProcess? sender;

    public override string Name => $"bus {subscribers} sockets";

    public override IReadOnlyList<Figure> Figures { get; } =
    [new($"bus, to each of {subscribers} plain sockets", Figure.EventsPerSecond, 1_500_000)];

    public override async Task StartAsync()
    {
        var sockets = place.NewBus();
        bus = await PeerProcess.StartAsync(BusPeer.Verb, sockets.Pub.ToString()!, sockets.Pull.ToString()!);
        sender = await PeerProcess.StartAsync(PublisherPeer.Verb, PublisherPeer.Connect, bus.Addresses[1]);
    }

    public override async Task<RunResult> RunAsync(int events)
    {
        var pub = PeerAddress.Parse(bus!.Addresses[0]);
        var sockets = new List<Socket>();
        try
        {
            for (var i = 0; i < subscribers; i++)
            {
                var socket = PeerAddress.CreateSocket(pub);
                socket.ReceiveTimeout = (int)Patience.TotalMilliseconds;
                await socket.ConnectAsync(PeerAddress.EndPoint(pub));
                sockets.Add(socket);
            }

            while (await CountAsync("subscribers") < subscribers)
            {
                await Task.Delay(1);
            }

            var expected = (long)events * JobReturn.FrameBytes;
            var clock = Stopwatch.StartNew();
            sender!.Send(events);
            var received = await Task.WhenAll(
                sockets.Select(s =>
                    Task.Factory.StartNew(
                        () => Drain(s, expected),
                        CancellationToken.None,
                        TaskCreationOptions.LongRunning,
                        TaskScheduler.Default
                    )
                )
            );
            clock.Stop();
            var fewest = received.Min() / JobReturn.FrameBytes;
            return new RunResult(await sender.ReadNumberAsync("sent"), fewest, await CountAsync("dropped"), RunResult.Rate(fewest, clock));
        }
        finally
        {
            sockets.ForEach(s => s.Dispose());
        }
    }

    public override async ValueTask DisposeAsync()
    {
        foreach (var peer in new[] { sender, bus })
        {
            if (peer is not null)
            {
                await peer.DisposeAsync();
            }
        }
    }

    private static long Drain(Socket socket, long expected)
    {
        var buffer = new byte[64 * 1024];
        var bytes = 0L;
        while (bytes < expected && socket.Receive(buffer) is var count and > 0)
        {
            bytes += count;
        }

        return bytes;
    }

    private Task<long> CountAsync(string counter)
    {
        bus!.Write(counter);
        return bus.ReadNumberAsync(counter);
    }
}
