using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.Json;

namespace SaltEvents.Benchmarks.Reporting;

/// <summary>
/// Compares what two builds have printed. A figure is slower or faster only where each median lies outside the range of the
/// other's runs: what lies inside is noise.
/// </summary>
internal static class CompareCommand
{
    /// <summary>Fewer runs say nothing about the noise.</summary>
    private const int FewestRuns = 5;

    public static int Run(string before, string after, TextWriter output)
    {
        try
        {
            return Compare(Group(before), Group(after), output);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            Console.Error.WriteLine($"The results cannot be read: {e.Message}");
            return 2;
        }
    }

    private static int Compare(
        Dictionary<(string Mode, string Figure), Measurement[]> before,
        Dictionary<(string Mode, string Figure), Measurement[]> after,
        TextWriter output
    )
    {
        var slower = 0;
        output.WriteLine($"{"figure",-58} {"before",12} {"after",12} {"change",8}");
        foreach (var (key, was) in before.Where(b => after.ContainsKey(b.Key)))
        {
            var verdict = Judge(was, after[key], out var medianBefore, out var medianAfter);
            slower += verdict == "SLOWER" ? 1 : 0;
            output.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{key.Mode + ": " + key.Figure, -58} {medianBefore, 12:N2} {medianAfter, 12:N2} {100 * (medianAfter / medianBefore - 1), 7:+0.0;-0.0}% {verdict}"
                )
            );
        }

        foreach (var (key, _) in before.Where(b => !after.ContainsKey(b.Key)).Concat(after.Where(a => !before.ContainsKey(a.Key))))
        {
            output.WriteLine($"{key.Mode + ": " + key.Figure,-58} only in one of the files");
        }

        output.WriteLine(
            slower == 0 ? "Nothing is slower beyond the noise of the runs." : $"Slower beyond the noise of the runs: {slower}."
        );
        return slower == 0 ? 0 : 1;
    }

    private static string Judge(Measurement[] before, Measurement[] after, out double medianBefore, out double medianAfter)
    {
        var (was, now) = (Values(before), Values(after));
        (medianBefore, medianAfter) = (Measurement.Median(was), Measurement.Median(now));
        if (was.Length < FewestRuns || now.Length < FewestRuns)
        {
            return $"fewer than {FewestRuns} runs";
        }

        var isOutside = (medianAfter < was[0] || medianAfter > was[^1]) && (medianBefore < now[0] || medianBefore > now[^1]);
        return !isOutside ? "" : medianAfter > medianBefore == before[0].LessIsBetter ? "SLOWER" : "faster";
    }

    private static double[] Values(Measurement[] measurements) =>
        measurements.Where(m => m.Value is not null).Select(m => m.Value!.Value).Order().ToArray();

    private static Dictionary<(string Mode, string Figure), Measurement[]> Group(string path) =>
        Measurement.Read(path).GroupBy(m => (m.Mode, m.Figure)).ToDictionary(g => g.Key, g => g.ToArray());
}
