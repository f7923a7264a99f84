using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using SaltEvents.Benchmarks.Peers;
using SaltEvents.Benchmarks.Reporting;
using SaltEvents.Benchmarks.Scenarios;
using SaltEvents.Benchmarks.Throughput;

namespace SaltEvents.Benchmarks.Memory;

/// <summary>
/// Resident memory of listeners, of sessions that keep events, and of a bus with many subscribers; each in a process of its own.
/// </summary>
internal static class MemoryCommand
{
    private static readonly (string Kind, string Name)[] Rows =
    [
        (MemoryPeer.Listeners, "a listener at rest"),
        (MemoryPeer.Sessions, $"a session that keeps {MemoryPeer.EventsKept:N0} events"),
        (MemoryPeer.Subscribers, "a bus, for each of 1,000 subscribers"),
    ];

    public static async Task<int> RunAsync(ThroughputOptions options)
    {
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"""
            Resident memory after a full collection, by how much a process of its own grows, for each; medians of {options.Runs} runs. An event is a job return of {JobReturnBytes} bytes.

            """));
        var measurements = new List<Measurement>();
        foreach (var (kind, name) in Rows)
        {
            for (var run = 1; run <= options.Runs; run++)
            {
                measurements.Add(new Measurement("memory", name, "KiB", true, run, await MeasureAsync(kind)));
            }

            var values = measurements.Where(m => m.Figure == name).Select(m => m.Value!.Value).ToArray();
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-44} {Measurement.Median(values),10:N1} KiB  ({values.Min():N1} to {values.Max():N1})"));
        }

        Console.WriteLine();
        Measurement.Write(Console.Out, measurements);
        return 0;
    }

    private static int JobReturnBytes => Events.JobReturn.FrameBytes;

    private static async Task<double> MeasureAsync(string kind)
    {
        var directory = Directory.CreateTempSubdirectory("saltevents-bench-").FullName;
        try
        {
            var sockets = new BenchmarkPlace(directory, tcp: false).NewBus();
            await using var peer = await PeerProcess.StartAsync(MemoryPeer.Verb, kind, sockets.Pub.ToString()!, sockets.Pull.ToString()!);
            return double.Parse(peer.Addresses[0], CultureInfo.InvariantCulture) / 1024;
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }
}
