using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.Linq;
using System.Threading.Tasks;
using SaltEvents.Benchmarks.Pipeline;
using SaltEvents.Benchmarks.Reporting;

namespace SaltEvents.Benchmarks.Import;

/// <summary>
/// What a fresh pwsh pays to import the module, beside one that imports ThreadJob, which comes with PowerShell, and one that imports
/// nothing.
/// </summary>
internal static class ImportCommand
{
    private const double Target = 1.2;
    private const string Nothing = "nothing";
    private const string ThreadJob = "Microsoft.PowerShell.ThreadJob";
    private const string Ratio = "SaltEvents to ThreadJob";

    public static async Task<int> RunAsync(PipelineOptions options)
    {
        var measurements = new List<Measurement>();
        for (var run = 0; run <= options.Runs; run++)
        {
            var nothing = await MeasureAsync(options, null);
            var threadJob = await MeasureAsync(options, ThreadJob);
            var ours = await MeasureAsync(options, PipelineCommand.Manifest);
            if (run > 0)
            {
                measurements.AddRange(
                [
                    new("import", Nothing, "ms", true, run, nothing),
                    new("import", ThreadJob, "ms", true, run, threadJob),
                    new("import", "SaltEvents", "ms", true, run, ours),
                    new("import", Ratio, "ratio", true, run, ours / threadJob),
                ]);
            }
        }

        Console.WriteLine(
            $"A fresh pwsh that imports a module and ends, milliseconds of the processor; medians of {options.Runs} runs after a warm-up, in turns.\n"
        );
        foreach (var figure in measurements.GroupBy(m => m.Figure))
        {
            var values = figure.Select(m => m.Value!.Value).ToArray();
            var median = Measurement.Median(values);
            var verdict =
                figure.Key == Ratio
                    ? $" target <= {Target.ToString(CultureInfo.InvariantCulture)}: {(median <= Target ? "met" : "MISSED")}"
                    : "";
            Console.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{figure.Key, -36} {median, 8:0.##}  ({values.Min():0.##} to {values.Max():0.##}){verdict}"
                )
            );
        }

        Console.WriteLine();
        Measurement.Write(Console.Out, measurements);
        return 0;
    }

    private static async Task<double> MeasureAsync(PipelineOptions options, string? module)
    {
        var start = PipelineCommand.StartOfPwsh(options);
        foreach (
            var argument in (string[])
                [
                    "-NoProfile",
                    "-NonInteractive",
                    "-Command",
                    (module is null ? "" : $"Import-Module '{module}' -ErrorAction Stop; ")
                        + "[Diagnostics.Process]::GetCurrentProcess().TotalProcessorTime.TotalMilliseconds.ToString('r', [cultureinfo]::InvariantCulture)",
                ]
        )
        {
            start.ArgumentList.Add(argument);
        }

        start.RedirectStandardOutput = true;
        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0
            ? double.Parse(output, CultureInfo.InvariantCulture)
            : throw new InvalidOperationException("pwsh said: " + output);
    }
}
