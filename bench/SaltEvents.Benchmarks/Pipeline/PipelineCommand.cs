using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Runspaces;
using System.Reflection;
using System.Text.Json;
using System.Threading.Tasks;
using SaltEvents.Benchmarks.Peers;
using SaltEvents.Benchmarks.Reporting;
using SaltEvents.Benchmarks.Scenarios;

namespace SaltEvents.Benchmarks.Pipeline;

/// <summary>
/// What a script pays for an event in a pipeline, beside the same pipeline over plain objects, in a real pwsh and in the engine
/// alone. The events come from a process of their own and are received before the clock starts; what is fired goes to a bus in another.
/// </summary>
internal static class PipelineCommand
{
    private const int MaxRows = 20;
    private static readonly string Script = Path.Combine(AppContext.BaseDirectory, "Pipeline", "pipeline.ps1");

    public static async Task<int> RunAsync(PipelineOptions options)
    {
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"""
            Returns of a run of five states, {options.Events:N0} events a run, medians of {options.Runs} runs after a warm-up, microseconds of the processor an event.
            {Environment.ProcessorCount} cores; events and objects in turns, in one process.

            """));
        var directory = Directory.CreateTempSubdirectory("saltevents-bench-").FullName;
        try
        {
            var results = new List<PipelineRow>();
            var fired = new BenchmarkPlace(Path.Combine(directory, "fired"), tcp: false).NewBus();
            await using var bus = await PeerProcess.StartAsync(BusPeer.Verb, fired.PubText, fired.PullText);
            var fireDirectory = Path.GetDirectoryName(fired.PullText)!;
            foreach (var measure in new Func<PipelineOptions, string, string, Task<IReadOnlyList<string>>>[] { InPwshAsync, InEngineAsync })
            {
                var place = new BenchmarkPlace(directory, tcp: false).NewBus().Pub.ToString()!;
                await using var publisher = await PeerProcess.StartAsync(PublisherPeer.Verb, PublisherPeer.Listen, place, PublisherPeer.States);
                for (var i = 0; i < MaxRows * (options.Runs + 1); i++)
                {
                    publisher.Send(options.Events); // to each connection that comes
                }

                results.AddRange((await measure(options, Path.GetDirectoryName(place)!, fireDirectory)).Select(l => JsonSerializer.Deserialize<PipelineRow>(l, JsonSerializerOptions.Web)!));
                publisher.Kill();
                File.Delete(place);
            }

            Report(results.Where(r => r.Run > 0).ToArray());
            return results.Count > 0 ? 0 : 1;
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static void Report(IReadOnlyList<PipelineRow> rows)
    {
        foreach (var shell in rows.GroupBy(r => r.Shell))
        {
            Console.WriteLine($"{shell.Key,-44} {"events",9} {"objects",9} {"ratio",7}");
            foreach (var row in shell.GroupBy(r => r.Row))
            {
                var (ours, theirs) = (Measurement.Median(row.Select(r => r.Events)), Measurement.Median(row.Select(r => r.Objects)));
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{row.Key,-44} {ours,9:0.00} {theirs,9:0.00} {ours / theirs,7:0.0}"));
            }

            Console.WriteLine();
        }

        Measurement.Write(Console.Out, rows.SelectMany(row => new Measurement[]
        {
            new("pipeline", $"{row.Shell}: {row.Row}", "microseconds", true, row.Run, row.Events),
            new("pipeline", $"{row.Shell}: {row.Row}, to an object", "ratio", true, row.Run, row.Events / row.Objects),
        }));
    }

    internal static ProcessStartInfo StartOfPwsh(PipelineOptions options) =>
        options.Pwsh.Length > 0 ? new ProcessStartInfo(options.Pwsh) : new ProcessStartInfo("dotnet", [Metadata("Pwsh")]);

    private static async Task<IReadOnlyList<string>> InPwshAsync(PipelineOptions options, string socketDirectory, string fireDirectory)
    {
        var start = StartOfPwsh(options);
        foreach (var argument in (string[])["-NoProfile", "-NonInteractive", "-File", Script, "-Module", Manifest, "-SockDir", socketDirectory, "-FireDir", fireDirectory, "-Events", Text(options.Events), "-Runs", Text(options.Runs), "-Only", options.Only])
        {
            start.ArgumentList.Add(argument);
        }

        start.RedirectStandardOutput = true;
        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return process.ExitCode == 0 && Array.TrueForAll(lines, l => l.StartsWith('{')) ? lines : throw new InvalidOperationException("pwsh said: " + output);
    }

    private static Task<IReadOnlyList<string>> InEngineAsync(PipelineOptions options, string socketDirectory, string fireDirectory) => Task.Run<IReadOnlyList<string>>(() =>
    {
        using var runspace = RunspaceFactory.CreateRunspace(InitialSessionState.CreateDefault2());
        runspace.Open();
        using var shell = PowerShell.Create(runspace);
        shell.AddScript(File.ReadAllText(Script)).AddParameter("Module", Manifest).AddParameter("SockDir", socketDirectory).AddParameter("FireDir", fireDirectory)
            .AddParameter("Events", options.Events).AddParameter("Runs", options.Runs).AddParameter("Only", options.Only);
        var lines = shell.Invoke<string>();
        return shell.Streams.Error.Count == 0 ? lines : throw new InvalidOperationException("The engine said: " + shell.Streams.Error[0]);
    });

    internal static string Manifest => Path.Combine(Metadata("RepositoryRoot"), "SaltEvents.psd1");

    private static string Metadata(string key) =>
        typeof(PipelineCommand).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == key).Value!;

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
