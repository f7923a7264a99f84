using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;

namespace SaltEvents.Output;

/// <summary>Whether a job return is a success: Salt says it in three places, and any of them may say no.</summary>
internal static class JobOutcome
{
    /// <summary>True, false, or null where the return says nothing of it.</summary>
    public static FamilyProperty Succeeded { get; } = new("Succeeded", e => Of(e));

    /// <summary>The ids of the states that failed; null where the return is none of states.</summary>
    public static FamilyProperty FailedStates { get; } = new("FailedStates", e => StatesOf(e)?.Where(HasFailed).Select(IdOf).ToArray());

    /// <summary>Function, outcome, and the failed states or what was returned.</summary>
    public static IEnumerable<object?> Headline(SaltEvent saltEvent)
    {
        saltEvent.TryGetField("fun", out var function);
        yield return function;
        yield return Of(saltEvent);
        if (StatesOf(saltEvent) is { } states)
        {
            yield return $"{states.Count(s => !HasFailed(s))} of {states.Length} states";
        }
        else
        {
            saltEvent.TryGetField("return", out var returned);
            yield return returned;
        }
    }

    private static object? Of(SaltEvent saltEvent)
    {
        var hasSuccess = saltEvent.TryGetField("success", out var success) && success is bool;
        var hasCode = saltEvent.TryGetField("retcode", out var code) && code is not null;
        if (success is false || (hasCode && !IsZero(code!)) || StatesOf(saltEvent)?.Any(HasFailed) == true)
        {
            return false;
        }

        return hasSuccess || hasCode ? true : null;
    }

    // A runner's retcode is a number; of several functions, a map or a list of numbers.
    private static bool IsZero(object code) => code switch
    {
        long number => number == 0,
        object[] codes => codes.All(IsZero),
        PSObject map => map.Properties.All(p => p.Value is { } value && IsZero(value)),
        _ => true,
    };

    private static PSPropertyInfo[]? StatesOf(SaltEvent saltEvent) =>
        saltEvent.TryGetField("fun", out var function)
        && function is string name
        && name.StartsWith("state.", StringComparison.Ordinal)
        && saltEvent.TryGetField("return", out var returned)
        && returned is PSObject map
        && map.Properties.ToArray() is { Length: > 0 } states
        && states.All(s => (s.Value as PSObject)?.Properties["result"] is not null) ? states : null;

    private static bool HasFailed(PSPropertyInfo state) => ((PSObject)state.Value).Properties["result"].Value is false;

    // Salt names a state module_|-id_|-name_|-function (salt/state.py, 3006.10).
    private static string IdOf(PSPropertyInfo state) =>
        ((PSObject)state.Value).Properties["__id__"]?.Value as string ?? state.Name.Split(["_|-"], StringSplitOptions.None).ElementAtOrDefault(1) ?? state.Name;
}
