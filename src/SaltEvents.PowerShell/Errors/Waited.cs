using System;

namespace SaltEvents.Errors;

/// <summary>How long a command has waited in vain, as its errors say it.</summary>
/// <param name="When">The end of a sentence such as "No event has arrived".</param>
/// <param name="Longer">What to do to wait longer; null if that would not help.</param>
internal sealed record Waited(string When, string? Longer)
{
    /// <summary>What to do to read what happened before the command; null if that is stored nowhere.</summary>
    public string? Earlier { get; init; }

    /// <summary>A time that has passed.</summary>
    /// <param name="time">The time; 0 does not wait.</param>
    /// <param name="parameter">The parameter that sets it.</param>
    public static Waited For(TimeSpan time, string parameter) =>
        new(time == TimeSpan.Zero ? "yet" : FormattableString.Invariant($"within {time.TotalSeconds} s"), $"give a longer {parameter}");

    /// <summary>The wait was over before its time.</summary>
    /// <param name="happening">What ended it.</param>
    public static Waited Before(string happening) => new($"before {happening}", null);
}
