using System;
using System.Globalization;
using System.Management.Automation;
using System.Threading;

namespace SaltEvents;

/// <summary>
/// A time to wait, as parameters take it: seconds (fractions too) or a TimeSpan, up to 49 days; or -1 or Infinite, which has
/// no end. 0 does not wait. A type and not an attribute on the parameter, because proxies, mocks and implicit remoting keep only
/// a parameter's type; in a mock it compares, adds and sorts as the number of seconds that it is. PowerShell converts what it is
/// compared with to this type, so it holds any number; a command refuses those that are no time to wait.
/// </summary>
public readonly partial record struct Seconds
{
    /// <summary>A wait that has no end.</summary>
    public static readonly Seconds Infinite = new(Timeout.InfiniteTimeSpan);

    /// <summary>What a time to wait can be.</summary>
    internal const string Advice =
        "Give seconds from 0 to 4233600 (49 days), such as 10 or 0.5, a TimeSpan, or -1 or Infinite to wait without end.";

    private static readonly TimeSpan Longest = TimeSpan.FromDays(49);
    private static readonly TimeSpan Limit = TimeSpan.FromDays(3_650_000); // two of them still add

    /// <summary>PowerShell calls this with whatever a parameter was given. A bare number in a string is seconds as well.</summary>
    public Seconds(object value)
    {
        var plain = value is PSObject wrapped ? wrapped.BaseObject : value;
        Time = plain switch
        {
            Seconds seconds => seconds.Time,
            TimeSpan time => Bound(time),
            string text when text.Trim().Equals(nameof(Infinite), StringComparison.OrdinalIgnoreCase) => Timeout.InfiniteTimeSpan,
            string text when text.Contains(":") && TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var parsed) => Bound(
                parsed
            ),
            _ => FromNumber(ToNumber(plain), plain),
        };
    }

    private Seconds(TimeSpan time) => Time = time;

    /// <summary>The time; Timeout.InfiniteTimeSpan for one without end.</summary>
    public TimeSpan Time { get; }

    /// <summary>Whether it has no end.</summary>
    public bool IsInfinite => Time == Timeout.InfiniteTimeSpan;

    /// <summary>Whether a command can wait so long: up to 49 days, or without end.</summary>
    internal bool IsTimeToWait => IsInfinite || (Time >= TimeSpan.Zero && Time <= Longest);

    /// <summary>The number of seconds; infinity for a time without end.</summary>
    public double TotalSeconds => IsInfinite ? double.PositiveInfinity : Time.TotalSeconds;

    /// <inheritdoc/>
    public override string ToString() => IsInfinite ? nameof(Infinite) : TotalSeconds.ToString(CultureInfo.InvariantCulture);

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

    private static TimeSpan FromNumber(double seconds, object? value) =>
        double.IsNaN(seconds) ? throw new PSInvalidCastException($"'{TerminalText.OneLine(value)}' is not a time to wait. {Advice}")
        : seconds == -1 ? Timeout.InfiniteTimeSpan
        : seconds >= Limit.TotalSeconds ? Limit
        : seconds <= -Limit.TotalSeconds ? -Limit
        : seconds is > 0 and < 1.0 / TimeSpan.TicksPerSecond ? new(1) // the shortest wait is not 0, which does not wait
        : FromTicks((long)decimal.Ceiling((decimal)seconds * TimeSpan.TicksPerSecond)); // as a double, 0.07 becomes 0.0700001

    // A number that has the ticks of InfiniteTimeSpan is a negative number, not that.
    private static TimeSpan FromTicks(long ticks) => new(ticks == Timeout.InfiniteTimeSpan.Ticks ? ticks - 1 : ticks);

    private static TimeSpan Bound(TimeSpan time) =>
        time > Limit ? Limit
        : time < -Limit ? -Limit
        : time;
}
