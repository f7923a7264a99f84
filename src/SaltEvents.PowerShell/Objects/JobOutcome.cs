using System.Collections.Generic;
using System.Linq;
using SaltEvents.Payload.Lazy;

namespace SaltEvents.Objects;

/// <summary>
/// Whether the return of a job, a runner or a wheel function is a success. Salt says it in three places, and one failure
/// among them decides.
/// </summary>
internal static class JobOutcome
{
    /// <summary>True, false, or null if the return says nothing of it.</summary>
    public static FamilyProperty Succeeded { get; } = new("Succeeded", e => GetOutcome(e));

    /// <summary>The states that failed; null if there are no states in the return.</summary>
    public static FamilyProperty FailedStates { get; } = new("FailedStates", e => StatesOf(e)?.Failed);

    /// <summary>Function, outcome, and how many states failed, or what was returned.</summary>
    public static IEnumerable<object?> Headline(SaltEvent saltEvent)
    {
        saltEvent.TryGetField("fun", out var function);
        yield return function;
        yield return GetOutcome(saltEvent);
        if (StatesOf(saltEvent) is { Count: > 0 } states)
        {
            yield return states.FailedCount > 0 ? $"{states.FailedCount} of {states.Count} states" : $"{states.Count} states";
        }
        else
        {
            saltEvent.TryGetField("return", out var returned);
            yield return returned;
        }
    }

    private static object? GetOutcome(SaltEvent saltEvent)
    {
        var success = saltEvent.Map?.TryGetValue("success");
        var code = saltEvent.Map?.TryGetValue("retcode");
        if (success is false || (code is not null && !IsZero(code)))
        {
            return false;
        }

        return StatesOf(saltEvent)?.Succeeded ?? (success is bool || code is not null ? true : null);
    }

    // A runner's retcode is a number; of several functions, a map or a list of numbers.
    private static bool IsZero(object? code) => code switch
    {
        long number => number == 0,
        ulong or true => false,
        LazyList codes => codes.Items.All(IsZero),
        LazyMap map => map.Fields.All(f => f.Value is { } value && IsZero(value)),
        _ => true,
    };

    /// <summary>The states in a return; null if there are none.</summary>
    public static StateReturn? StatesOf(SaltEvent saltEvent) =>
        saltEvent.Map is { } map ? StateReturn.Find(map) : null;
}
