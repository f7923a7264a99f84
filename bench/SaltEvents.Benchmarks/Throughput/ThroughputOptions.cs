using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using SaltEvents.Benchmarks.Events;

namespace SaltEvents.Benchmarks.Throughput;

/// <summary>What the throughput command was asked for.</summary>
internal sealed record ThroughputOptions
{
    public bool Tcp { get; init; }

    public int Events { get; init; } = 2_000_000;

    public int Runs { get; init; } = 5;

    public string Only { get; init; } = string.Empty;

    public static bool TryParse(string[] arguments, [NotNullWhen(true)] out ThroughputOptions? options)
    {
        options = new ThroughputOptions();
        for (var i = 0; i < arguments.Length; i++)
        {
            var value = i + 1 < arguments.Length ? arguments[i + 1] : string.Empty;
            var parsed = arguments[i] switch
            {
                "--tcp" => options with { Tcp = true },
                "--events" when TryCount(value, JobReturn.MaxSequence, out var count) => options with { Events = count },
                "--runs" when TryCount(value, 100, out var count) => options with { Runs = count },
                "--only" when value.Length > 0 => options with { Only = value },
                _ => null,
            };
            if (parsed is null)
            {
                return false;
            }

            i += arguments[i] == "--tcp" ? 0 : 1;
            options = parsed;
        }

        return true;
    }

    private static bool TryCount(string text, int most, out int count) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out count) && count > 0 && count <= most;
}
