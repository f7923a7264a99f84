using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json;

namespace SaltEvents.Benchmarks.Reporting;

/// <summary>What one run gave for one figure. Each mode prints its measurements as lines of JSON below its table.</summary>
/// <param name="Mode">The mode of this program, such as "throughput".</param>
/// <param name="Figure">The figure's name in the table.</param>
/// <param name="Unit">What it is counted in.</param>
/// <param name="LessIsBetter">Whether a smaller value is a better one.</param>
/// <param name="Run">The number of the run, from 1.</param>
/// <param name="Value">The value; null where the run lost events, so that it says nothing.</param>
internal sealed record Measurement(string Mode, string Figure, string Unit, bool LessIsBetter, int Run, double? Value)
{
    public static void Write(TextWriter output, IEnumerable<Measurement> measurements)
    {
        foreach (var measurement in measurements)
        {
            output.WriteLine(JsonSerializer.Serialize(measurement, JsonSerializerOptions.Web));
        }
    }

    /// <summary>The measurements in what a run has printed; other lines are left out.</summary>
    /// <exception cref="JsonException">A line that begins with { is no measurement.</exception>
    public static IReadOnlyList<Measurement> Read(string path) =>
        File.ReadLines(path)
            .Where(line => line.StartsWith('{'))
            .Select(line => JsonSerializer.Deserialize<Measurement>(line, JsonSerializerOptions.Web)!)
            .ToList();

    public static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted.Length == 0 ? double.NaN : (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
