using System;
using System.Management.Automation;

namespace SaltEvents;

/// <summary>Comparison and arithmetic, among themselves and with numbers of seconds and TimeSpans, which PowerShell converts.</summary>
public readonly partial record struct Seconds : IComparable<Seconds>, IComparable
{
    /// <summary>The time itself.</summary>
    public static implicit operator TimeSpan(Seconds seconds) => seconds.Time;

    /// <summary>The number of seconds; infinity for a time without end.</summary>
    public static explicit operator double(Seconds seconds) => seconds.TotalSeconds;

    /// <summary>The number of seconds, if it is a whole one.</summary>
    public static explicit operator int(Seconds seconds) => checked((int)(long)seconds);

    /// <summary>The number of seconds, if it is a whole one.</summary>
    /// <exception cref="PSInvalidCastException">It is not: a comparison with a rounded number would be wrong.</exception>
    public static explicit operator long(Seconds seconds) =>
        !seconds.IsInfinite && seconds.Time.Ticks % TimeSpan.TicksPerSecond == 0
            ? seconds.Time.Ticks / TimeSpan.TicksPerSecond
            : throw new PSInvalidCastException(
                $"'{seconds}' is not a whole number of seconds. Use its TotalSeconds, or write it on the left of an operator."
            );

    /// <summary>The number of seconds.</summary>
    /// <exception cref="PSInvalidCastException">It has no end.</exception>
    public static explicit operator decimal(Seconds seconds) =>
        !seconds.IsInfinite
            ? (decimal)seconds.Time.Ticks / TimeSpan.TicksPerSecond
            : throw new PSInvalidCastException("A time without end is not a decimal number. Use its TotalSeconds.");

    /// <summary>The sum.</summary>
    public static Seconds operator +(Seconds left, Seconds right) =>
        left.IsInfinite || right.IsInfinite ? Infinite : new((object)(left.Time + right.Time));

    /// <summary>The difference in seconds, which can be negative.</summary>
    public static double operator -(Seconds left, Seconds right) => left.TotalSeconds - right.TotalSeconds;

    /// <summary>The time so many times.</summary>
    public static Seconds operator *(Seconds seconds, double factor) =>
        seconds.IsInfinite && factor > 0 ? Infinite : new((object)(seconds.TotalSeconds * factor));

    /// <summary>The time so many times.</summary>
    public static Seconds operator *(double factor, Seconds seconds) => seconds * factor;

    /// <summary>That part of the time.</summary>
    public static Seconds operator /(Seconds seconds, double divisor) =>
        seconds.IsInfinite && divisor > 0 ? Infinite : new((object)(seconds.TotalSeconds / divisor));

    /// <summary>Whether it is shorter.</summary>
    public static bool operator <(Seconds left, Seconds right) => left.CompareTo(right) < 0;

    /// <summary>Whether it is longer.</summary>
    public static bool operator >(Seconds left, Seconds right) => left.CompareTo(right) > 0;

    /// <summary>Whether it is no longer.</summary>
    public static bool operator <=(Seconds left, Seconds right) => left.CompareTo(right) <= 0;

    /// <summary>Whether it is no shorter.</summary>
    public static bool operator >=(Seconds left, Seconds right) => left.CompareTo(right) >= 0;

    /// <summary>A time without end is longer than any other.</summary>
    public int CompareTo(Seconds other) =>
        IsInfinite || other.IsInfinite ? IsInfinite.CompareTo(other.IsInfinite) : Time.CompareTo(other.Time);

    /// <inheritdoc/>
    public int CompareTo(object? obj) => obj is null ? 1 : CompareTo(new Seconds(obj));
}
