using System;
using System.Globalization;
using System.Linq;
using System.Management.Automation;

namespace SaltEvents.Base;

/// <summary>Takes a point of time as people write it: 1h or 7d ago, a TimeSpan, a number of seconds, or a date.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SinceAttribute : ArgumentTransformationAttribute
{
    // JetStream counts nanoseconds from 1970 in 64 bits: a time before 1678 or after 2262 would overflow.
    private static readonly DateTime Oldest = new(1970, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData)
    {
        var time = Parse(inputData);
        return time.ToUniversalTime() > DateTime.UtcNow
                ? throw new ArgumentTransformationMetadataException(
                    $"\"{TerminalText.OneLine(inputData)}\" is in the future. Give how long ago, such as 90s, 30m, 1h or 7d, or a date."
                )
            : time < Oldest ? Oldest
            : time;
    }

    private static DateTime Before(DateTime now, TimeSpan age) =>
        age < TimeSpan.Zero ? DateTime.MaxValue
        : age < now - Oldest ? now - age
        : Oldest;

    // ISO 8601 means the Gregorian calendar everywhere: for the Thai culture, 2026 is a year of the Middle Ages.
    private static CultureInfo CultureOf(string date) =>
        date.Trim() is { Length: > 4 } text && text[4] == '-' && text.Take(4).All(c => c is >= '0' and <= '9')
            ? CultureInfo.InvariantCulture
            : CultureInfo.CurrentCulture;

    private static DateTime Parse(object? given) =>
        (given is PSObject wrapped ? wrapped.BaseObject : given) switch
        {
            DateTime time => time,
            DateTimeOffset time => time.UtcDateTime,
            var other when AgeAttribute.Parse(other) is { } age => Before(DateTime.UtcNow, age),
            string text when DateTime.TryParse(text, CultureOf(text), DateTimeStyles.AssumeLocal, out var time) => time,
            _ => throw new ArgumentTransformationMetadataException(
                $"\"{TerminalText.OneLine(given)}\" is not a time. Give how long ago, such as 90s, 30m, 1h or 7d, or a date."
            ),
        };
}
