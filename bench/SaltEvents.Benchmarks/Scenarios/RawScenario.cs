using System.Collections.Generic;
using System.Diagnostics;
using System.Net.Sockets;
using System.Threading.Tasks;
using SaltEvents.Benchmarks.Events;
using SaltEvents.Benchmarks.Peers;
using SaltEvents.Benchmarks.Throughput;

namespace SaltEvents.Benchmarks.Scenarios;

/// <summary>What the machine gives: the same bytes from the same kind of socket, not looked at.</summary>
internal sealed class RawScenario(BenchmarkPlace place) : PublishedScenario(place)
{
    public const string FigureName = "raw: bytes read, not decoded";

    public override string Name => "raw";

    public override IReadOnlyList<Figure> Figures { get; } = [new(FigureName, Figure.EventsPerSecond)];

    public override async Task<RunResult> RunAsync(int events)
    {
        using var socket = PeerAddress.CreateSocket(Pub);
        await socket.ConnectAsync(PeerAddress.EndPoint(Pub));
        var clock = Stopwatch.StartNew();
        Publisher.Send(events);
        var bytes = Drain(socket);
        clock.Stop();
        var sent = await Publisher.ReadNumberAsync("sent");
        var received = bytes / JobReturn.FrameBytes;
        return new RunResult(sent, received, 0, RunResult.Rate(received, clock));
    }

    private static long Drain(Socket socket)
    {
        var buffer = new byte[64 * 1024];
        var bytes = 0L;
        int count;
        while ((count = socket.Receive(buffer)) > 0)
        {
            bytes += count;
        }

        return bytes;
    }
}
