using System;
using System.Collections.Generic;
using System.Linq;
using SaltEvents.Output.Lazy;

namespace SaltEvents.Output;

/// <summary>Whether a job return is a success: Salt says it in three places, and any of them may say no.</summary>
internal static class JobOutcome
{
    /// <summary>True, false, or null where the return says nothing of it.</summary>
    public static FamilyProperty Succeeded { get; } = new("Succeeded", e => Of(e));

    /// <summary>The states that failed; null where the return is none of states.</summary>
    public static FamilyProperty FailedStates { get; } = new("FailedStates", e => StatesOf(e)?.Where(s => HasFailed(s.State)).Select(s => new SaltFailedState(s.Key, s.State)).ToArray());

    /// <summary>Function, outcome, and the failed states or what was returned.</summary>
    public static IEnumerable<object?> Headline(SaltEvent saltEvent)
    {
        saltEvent.TryGetField("fun", out var function);
        yield return function;
        yield return Of(saltEvent);
        if (StatesOf(saltEvent) is { } states)
        {
            yield return $"{states.Count(s => !HasFailed(s.State))} of {states.Length} states";
        }
        else
        {
            saltEvent.TryGetField("return", out var returned);
            yield return returned;
        }
    }

    private static object? Of(SaltEvent saltEvent)
    {
        var success = saltEvent.Map?.TryGetValue("success");
        var code = saltEvent.Map?.TryGetValue("retcode");
        if (success is false || (code is not null && !IsZero(code)) || StatesOf(saltEvent)?.Any(s => HasFailed(s.State)) == true)
        {
            return false;
        }

        return success is bool || code is not null ? true : null;
    }

    // A runner's retcode is a number; of several functions, a map or a list of numbers.
    private static bool IsZero(object? code) => code switch
    {
        long number => number == 0,
        LazyList codes => codes.Items.All(IsZero),
        LazyMap map => map.Fields.All(f => f.Value is { } value && IsZero(value)),
        _ => true,
    };

    private static (string Key, LazyMap State)[]? StatesOf(SaltEvent saltEvent)
    {
        if (saltEvent.Map is not { } map
            || map.TryGetValue("fun") is not string function
            || !function.StartsWith("state.", StringComparison.Ordinal)
            || map.TryGetValue("return") is not LazyMap { Count: > 0 } returned)
        {
            return null;
        }

        var states = new List<(string, LazyMap)>(returned.Count);
        foreach (var (key, value) in returned.Fields)
        {
            if (value is not LazyMap state || state.Find("result") < 0)
            {
                return null;
            }

            states.Add((key, state));
        }

        return states.ToArray();
    }

    private static bool HasFailed(LazyMap state) => state.TryGetValue("result") is false;
}
