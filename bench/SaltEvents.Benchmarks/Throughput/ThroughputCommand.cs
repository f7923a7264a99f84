using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using SaltEvents.Benchmarks.Events;
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
            foreach (var scenario in Scenarios(options, directory).Where(s => s.Name.Contains(options.Only, StringComparison.OrdinalIgnoreCase)))
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
        yield return new LatencyScenario(place);
        yield return new WatchScenario(place);
    }

    private static async Task<IReadOnlyList<RunResult>> MeasureAsync(Scenario scenario, ThroughputOptions options)
    {
        var events = scenario.EventsOf(options.Events);
        var results = new List<RunResult>();
        try
        {
            await scenario.StartAsync();
            for (var run = 0; run <= options.Runs; run++)
            {
                var result = run == 0 ? await scenario.WarmUpAsync(events) : await scenario.RunAsync(events);
                if (run > 0 || !result.IsSound)
                {
                    results.Add(result);
                }
            }
        }
        catch (OutOfOrderException e)
        {
            Console.Error.WriteLine($"{scenario.Name}: {e.Message}");
            results.Add(new RunResult(events, 0, 0, new double[scenario.Figures.Count]));
        }

        return results;
    }
}
