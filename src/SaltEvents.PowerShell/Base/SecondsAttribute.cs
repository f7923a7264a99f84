using System;
using System.Globalization;
using System.Management.Automation;

namespace SaltEvents.Base;

/// <summary>Lets a parameter take seconds (fractions too) or a TimeSpan. A bare number in a string is seconds as well.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class SecondsAttribute : ArgumentTransformationAttribute
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(49);

    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        var value = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        if (value is null)
        {
            return null!; // a variable that was never set is no 0, which can mean for ever; where null is not allowed the engine says so
        }

        if (value is TimeSpan time)
        {
            return Check(time.TotalSeconds, time, value);
        }

        if (value is string text && TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var parsed) && text.Contains(':'.ToString()))
        {
            return Check(parsed.TotalSeconds, parsed, value);
        }

        try
        {
            // No thousands separators: '1,5' must not be 15.
            var seconds = value is string number
                ? double.Parse(number, NumberStyles.Float, CultureInfo.InvariantCulture)
                : Convert.ToDouble(value, CultureInfo.InvariantCulture);
            return Check(seconds, null, value);
        }
        catch (Exception e) when (e is FormatException or InvalidCastException or OverflowException)
        {
            throw Refuse(value);
        }
    }

    private static TimeSpan Check(double seconds, TimeSpan? exact, object? value) =>
        seconds >= 0 && seconds <= Longest.TotalSeconds ? exact ?? TimeSpan.FromTicks((long)Math.Ceiling(seconds * TimeSpan.TicksPerSecond)) : throw Refuse(value);

    private static ArgumentTransformationMetadataException Refuse(object? value) =>
        new($"'{value}' is no time to wait. Give seconds from 0 to {Longest.TotalSeconds:0} (49 days), such as 10 or 0.5, or a TimeSpan.");
}
