using System;
using System.Linq;
using System.Management.Automation;

namespace SaltEvents.Output;

/// <summary>Whether a job return is a success: Salt says it in three places, and any of them may say no.</summary>
internal static class JobOutcome
{
    /// <summary>True, false, or null where the return says nothing of it.</summary>
    public static FamilyProperty Succeeded { get; } = new("Succeeded", e => Of(e));

    private static object? Of(SaltEvent saltEvent)
    {
        var hasSuccess = saltEvent.TryGetField("success", out var success) && success is bool;
        var hasCode = saltEvent.TryGetField("retcode", out var code) && code is not null;
        if (success is false || (hasCode && !IsZero(code!)) || HasFailedState(saltEvent))
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

    private static bool HasFailedState(SaltEvent saltEvent) =>
        saltEvent.TryGetField("fun", out var function)
        && function is string name
        && name.StartsWith("state.", StringComparison.Ordinal)
        && saltEvent.TryGetField("return", out var states)
        && states is PSObject map
        && map.Properties.Any(p => p.Value is PSObject state && state.Properties["result"]?.Value is false);
}
