using System;
using System.Runtime.CompilerServices;
using System.Threading;

namespace SaltEvents.Core.Compat;

/// <summary>Refuses senseless values of options when they are set; .NET Framework has no such helpers.</summary>
internal static class Require
{
    private static readonly TimeSpan LongestTimer = TimeSpan.FromMilliseconds(int.MaxValue);

    /// <returns>The value.</returns>
    /// <exception cref="ArgumentOutOfRangeException">It is not in the range; the error names the property that is set.</exception>
    public static T Between<T>(T least, T value, T most, [CallerMemberName] string name = "")
        where T : IComparable<T> =>
        value.CompareTo(least) >= 0 && value.CompareTo(most) <= 0
            ? value
            : throw new ArgumentOutOfRangeException(name, value, $"{name} must be between {least} and {most}.");

    /// <summary>A count or size of one at least.</summary>
    public static int Positive(int value, [CallerMemberName] string name = "") => Between(1, value, int.MaxValue, name);

    /// <summary>A time to wait: forever, or a value that a timer accepts (up to 24 days).</summary>
    public static TimeSpan Wait(TimeSpan value, [CallerMemberName] string name = "") =>
        value == Timeout.InfiniteTimeSpan ? value : Between(TimeSpan.Zero, value, LongestTimer, name);
}
