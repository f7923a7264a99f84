using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace SaltEvents.Benchmarks.Pipeline;

/// <summary>What the pipeline command was asked for.</summary>
internal sealed record PipelineOptions
{
    public int Events { get; init; } = 10_000;

    public int Runs { get; init; } = 5;

    /// <summary>A word in the name of the rows to measure; empty for all.</summary>
    public string Only { get; init; } = string.Empty;

    /// <summary>The pwsh to measure in; empty for the one of .config/dotnet-tools.json.</summary>
    public string Pwsh { get; init; } = string.Empty;

    public static bool TryParse(string[] arguments, [NotNullWhen(true)] out PipelineOptions? options)
    {
        options = new PipelineOptions();
        for (var i = 0; i < arguments.Length; i += 2)
        {
            var value = i + 1 < arguments.Length ? arguments[i + 1] : string.Empty;
            options = arguments[i] switch
            {
                "--events" when TryCount(value, out var count) => options with { Events = count },
                "--runs" when TryCount(value, out var count) => options with { Runs = count },
                "--only" when value.Length > 0 => options with { Only = value },
                "--pwsh" when value.Length > 0 => options with { Pwsh = value },
                _ => null,
            };
            if (options is null)
            {
                return false;
            }
        }

        return true;
    }

    private static bool TryCount(string text, out int count) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out count) && count is > 0 and <= 1_000_000;
}
