using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using SaltEvents.Benchmarks.Scenarios;

namespace SaltEvents.Benchmarks.Throughput;

/// <summary>Runs every scenario: once to warm up, then as often as asked, and reports the medians.</summary>
internal static class ThroughputCommand
{
    public static async Task<int> RunAsync(ThroughputOptions options)
    {
        var directory = Directory.CreateTempSubdirectory("saltevents-bench-").FullName;
        try
        {
            var report = new ThroughputReport(options, Console.Out);
            report.WriteHead();
            foreach (
                var scenario in Scenarios(options, directory).Where(s => s.Name.Contains(options.Only, StringComparison.OrdinalIgnoreCase))
            )
            {
                await using (scenario)
                {
                    report.Add(scenario, await MeasureAsync(scenario, options));
                }
            }

            report.WriteEnd();
            return report.IsSound ? 0 : 1;
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static IEnumerable<Scenario> Scenarios(ThroughputOptions options, string directory)
    {
        var place = new BenchmarkPlace(directory, options.Tcp);
        yield return new RawScenario(place);
        yield return new ClientScenario(place, readField: false);
        yield return new ClientScenario(place, readField: true);
        yield return new BusScenario(place, subscribers: 1);
        yield return new BusScenario(place, subscribers: 8);
        yield return new FanOutScenario(place, subscribers: 8);
        yield return new LatencyScenario(place);
        yield return new WatchScenario(place);
    }

    private static async Task<IReadOnlyList<RunResult>> MeasureAsync(Scenario scenario, ThroughputOptions options)
    {
        var events = scenario.EventsOf(options.Events);
        var results = new List<RunResult>();
        await scenario.StartAsync();
        var warmUp = await scenario.WarmUpAsync(events);
        if (!warmUp.IsSound)
        {
            return [warmUp];
        }

        for (var run = 0; run < options.Runs; run++)
        {
            results.Add(await scenario.RunAsync(events));
        }

        return results;
    }
}
