using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using SaltEvents.Core.Compat;
using SaltEvents.Payload.Lazy;

namespace SaltEvents.Objects;

/// <summary>
/// Whether the return of a job, a runner or a wheel function is a success. Salt reports it in three places, and one failure
/// among them decides.
/// </summary>
internal static class JobOutcome
{
    /// <summary>True, false, or null if the return does not say.</summary>
    public static FamilyProperty Succeeded { get; } = new("Succeeded", e => GetOutcome(e));

    /// <summary>The states that failed. Empty, not null, if there are none: a pipeline runs once for null.</summary>
    public static FamilyProperty FailedStates { get; } = new("FailedStates", e => StatesOf(e)?.Failed ?? []);

    /// <summary>Function, outcome, and how many states failed, or what was returned.</summary>
    public static IEnumerable<object?> Headline(SaltEvent saltEvent)
    {
        saltEvent.TryGetField("fun", out var function);
        yield return function;
        yield return GetOutcome(saltEvent);
        if (StatesOf(saltEvent) is { Count: > 0 } states)
        {
            yield return states.FailedCount > 0 ? $"{states.FailedCount} of {Counted.Of(states.Count, "state")}" : Counted.Of(states.Count, "state");
        }
        else
        {
            saltEvent.TryGetField("return", out var returned);
            yield return returned;
        }
    }

    /// <summary>Whether the return reports a success; null if it does not say.</summary>
    public static bool? HasSucceeded(LazyMap job)
    {
        var success = job.TryGetValue("success");
        var code = job.TryGetValue("retcode");
        if (IsNo(success) || (code is not null && !IsZero(code)))
        {
            return false;
        }

        return StateReturn.Find(job)?.Succeeded ?? (success is bool or LazyMap or LazyList || code is not null ? true : null);
    }

    private static object? GetOutcome(SaltEvent saltEvent) => saltEvent.Map is { } job ? HasSucceeded(job) : null;

    // Of several functions it is a map or a list, and one that raised an exception has no retcode there (salt/minion.py,
    // _thread_multi_return, 3007.8).
    private static bool IsNo(object? success) => success switch
    {
        bool or long => success is false or 0L,
        LazyList several => several.Items.Any(IsNo),
        LazyMap several => several.Fields.Any(f => IsNo(f.Value)),
        _ => false,
    };

    // A runner's retcode is a number; of several functions, a map or a list of numbers.
    private static bool IsZero(object? code) => code switch
    {
        long number => number == 0,
        double number => number == 0,
        string text => !double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) || number == 0,
        ulong or true => false,
        LazyList codes => codes.Items.All(IsZero),
        LazyMap map => map.Fields.All(f => f.Value is { } value && IsZero(value)),
        _ => true,
    };

    /// <summary>The states in a return; null if there are none.</summary>
    public static StateReturn? StatesOf(SaltEvent saltEvent) =>
        saltEvent.Map is { } map ? StateReturn.Find(map) : null;
}
