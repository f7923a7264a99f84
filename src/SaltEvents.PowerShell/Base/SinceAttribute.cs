using System;
using System.Globalization;
using System.Management.Automation;

namespace SaltEvents.Base;

/// <summary>Takes a point of time as people write it: 1h or 7d for so long ago, a TimeSpan, a number of seconds, or a date.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SinceAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData) =>
        (inputData is PSObject wrapped ? wrapped.BaseObject : inputData) switch
        {
            DateTime time => time,
            DateTimeOffset time => time.UtcDateTime,
            _ when AgeAttribute.Parse(inputData) is { } age => DateTime.UtcNow - age,
            string text when DateTime.TryParse(text, CultureInfo.CurrentCulture, DateTimeStyles.AssumeLocal, out var time) => time,
            _ => throw new ArgumentTransformationMetadataException($"\"{inputData}\" is no time. Give how long ago, such as 90s, 30m, 1h or 7d, or a date."),
        };
}
