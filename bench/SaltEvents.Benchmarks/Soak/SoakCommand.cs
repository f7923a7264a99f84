using System;
using System.Diagnostics;
using System.IO;
using System.Threading.Tasks;
using SaltEvents.Benchmarks.Scenarios;

namespace SaltEvents.Benchmarks.Soak;

/// <summary>Runs the traffic for a time and compares what the process holds at the end with what it held after the warm-up.</summary>
internal static class SoakCommand
{
    private const int WarmUpRounds = 30;

    // More than measuring varies by, less than any leak of a byte a hundred events shows within minutes.
    private const long HeapBound = 1024 * 1024;
    private const long ResidentBound = 32 * 1024 * 1024;

    public static async Task<int> RunAsync(SoakOptions options)
    {
        var directory = Directory.CreateTempSubdirectory("saltevents-soak-").FullName;
        try
        {
            var traffic = await SoakTraffic.StartAsync(new BenchmarkPlace(directory, options.Tcp).NewBus());
            await using (traffic)
            {
                return await RunAsync(traffic, options.Time);
            }
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static async Task<int> RunAsync(SoakTraffic traffic, TimeSpan time)
    {
        var watch = Stopwatch.StartNew();
        while (traffic.Rounds < WarmUpRounds)
        {
            await traffic.RunRoundAsync();
        }

        var start = Print("start", traffic, watch);
        for (var minute = 1; watch.Elapsed < time;)
        {
            await traffic.RunRoundAsync();
            if (watch.Elapsed.TotalMinutes >= minute && watch.Elapsed < time)
            {
                Print($"{minute++} min", traffic, watch);
            }
        }

        var end = Print("end", traffic, watch);
        var sound =
            end.Heap - start.Heap <= HeapBound
            && end.Resident - start.Resident <= ResidentBound
            && end.Threads <= start.Threads + Environment.ProcessorCount;
        Console.WriteLine(
            sound
                ? $"Memory ends where it began (bounds: heap {HeapBound >> 20} MiB, resident {ResidentBound >> 20} MiB more)."
                : $"MEMORY HAS GROWN by more than {HeapBound >> 20} MiB of heap, {ResidentBound >> 20} MiB of resident memory or a few threads."
        );
        return sound ? 0 : 1;
    }

    private static MemoryFigures Print(string when, SoakTraffic traffic, Stopwatch watch)
    {
        var figures = MemoryFigures.Take();
        Console.WriteLine($"{when,-6} {watch.Elapsed:hh\\:mm\\:ss}  {figures}, {traffic.Rounds} rounds, {traffic.EventsIn} events");
        return figures;
    }
}
