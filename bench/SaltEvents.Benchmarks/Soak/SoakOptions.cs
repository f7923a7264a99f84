using System;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace SaltEvents.Benchmarks.Soak;

/// <summary>What the soak command was asked for.</summary>
internal sealed record SoakOptions
{
    public bool Tcp { get; init; }

    public TimeSpan Time { get; init; } = TimeSpan.FromMinutes(10);

    public static bool TryParse(string[] arguments, [NotNullWhen(true)] out SoakOptions? options)
    {
        options = new SoakOptions();
        for (var i = 0; i < arguments.Length; i++)
        {
            if (arguments[i] == "--tcp")
            {
                options = options with { Tcp = true };
            }
            else if (
                arguments[i] == "--minutes"
                && i + 1 < arguments.Length
                && double.TryParse(arguments[++i], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var minutes)
                && minutes is > 0 and < 100_000
            )
            {
                options = options with { Time = TimeSpan.FromMinutes(minutes) };
            }
            else
            {
                options = null;
                return false;
            }
        }

        return true;
    }
}
