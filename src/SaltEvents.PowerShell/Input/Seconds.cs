using System;
using System.Globalization;
using System.Management.Automation;

namespace SaltEvents;

/// <summary>
/// A time to wait, as parameters take it: seconds (fractions too) or a TimeSpan, up to 49 days. A type and not an attribute
/// on the parameter, because proxies, mocks and implicit remoting keep a parameter's type alone.
/// </summary>
public readonly record struct Seconds
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(49);

    /// <summary>PowerShell calls this with whatever a parameter was given. A bare number in a string is seconds as well.</summary>
    public Seconds(object value)
    {
        var plain = value is PSObject wrapped ? wrapped.BaseObject : value;
        Time = plain switch
        {
            Seconds seconds => seconds.Time,
            TimeSpan time => Check(time.TotalSeconds, time, plain),
            string text when text.Contains(":") && TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var parsed) => Check(parsed.TotalSeconds, parsed, plain),
            _ => Check(ToNumber(plain), null, plain),
        };
    }

    /// <summary>The time.</summary>
    public TimeSpan Time { get; }

    /// <summary>The time itself.</summary>
    public static implicit operator TimeSpan(Seconds seconds) => seconds.Time;

    /// <inheritdoc/>
    public override string ToString() => Time.TotalSeconds.ToString(CultureInfo.InvariantCulture);

    private static double ToNumber(object? value)
    {
        try
        {
            return value switch
            {
                null or bool or char or DateTime => double.NaN,
                string text => double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture), // no thousands: "1,5" is not 15
                _ => Convert.ToDouble(value, CultureInfo.InvariantCulture),
            };
        }
        catch (Exception e) when (e is FormatException or InvalidCastException or OverflowException)
        {
            return double.NaN;
        }
    }

    private static TimeSpan Check(double seconds, TimeSpan? exact, object? value) =>
        seconds >= 0 && seconds <= Longest.TotalSeconds ? exact ?? TimeSpan.FromTicks((long)Math.Ceiling(seconds * TimeSpan.TicksPerSecond)) : throw new PSInvalidCastException(
            $"'{value}' is no time to wait. Give seconds from 0 to {Longest.TotalSeconds:0} (49 days), such as 10 or 0.5, or a TimeSpan.");
}
