using System;
using System.Globalization;
using System.Management.Automation;

namespace SaltEvents.Base;

/// <summary>Takes a length of time as people write it: 90s, 30m, 1h, 7d, a TimeSpan, or a number of seconds.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class AgeAttribute : ArgumentTransformationAttribute
{
    private const double MaxSeconds = 1e11;

    // JetStream counts nanoseconds in 64 bits: 292 years.
    private static readonly TimeSpan Longest = TimeSpan.FromDays(36_500);

    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData) =>
        Parse(inputData) is { } age && age > TimeSpan.Zero && age <= Longest
            ? age
            : throw new ArgumentTransformationMetadataException(
                $"\"{TerminalText.OneLine(inputData)}\" is not a length of time. Give one such as 90s, 30m, 1h or 7d, or a TimeSpan; 100 years at most."
            );

    /// <summary>The length of time, TimeSpan.MaxValue if it is longer than that; null if the text is not one.</summary>
    internal static TimeSpan? Parse(object? given) =>
        (given is PSObject wrapped ? wrapped.BaseObject : given) switch
        {
            TimeSpan time => time,
            decimal days => Scale(days, TimeSpan.TicksPerDay), // PowerShell reads 7d as the decimal number 7
            int or long or short or double or float => LanguagePrimitives.ConvertTo<double>(given) switch
            {
                >= 0 and < MaxSeconds and var seconds => Scale((decimal)seconds, TimeSpan.TicksPerSecond),
                >= MaxSeconds => TimeSpan.MaxValue,
                _ => null,
            },
            string text => Parse(text.Trim()),
            _ => null,
        };

    private static TimeSpan? Parse(string text)
    {
        var unit =
            text.Length == 0
                ? 0
                : char.ToLowerInvariant(text[text.Length - 1]) switch
                {
                    's' => TimeSpan.TicksPerSecond,
                    'm' => TimeSpan.TicksPerMinute,
                    'h' => TimeSpan.TicksPerHour,
                    'd' => TimeSpan.TicksPerDay,
                    'w' => 7 * TimeSpan.TicksPerDay,
                    _ => 0,
                };
        var number = unit == 0 ? text : text.Substring(0, text.Length - 1);
        if (decimal.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value))
        {
            return Scale(value, unit == 0 ? TimeSpan.TicksPerSecond : unit);
        }

        return TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var time) ? time : null;
    }

    private static TimeSpan? Scale(decimal value, long ticks) =>
        value < 0 ? null
        : value < (decimal)TimeSpan.MaxValue.Ticks / ticks ? TimeSpan.FromTicks((long)(value * ticks))
        : TimeSpan.MaxValue;
}
