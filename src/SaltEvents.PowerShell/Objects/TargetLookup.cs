using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using SaltEvents.Errors;

namespace SaltEvents.Objects;

/// <summary>Finds open buses and sessions of this runspace by their Id.</summary>
internal static class TargetLookup
{
    /// <summary>Those with the numbers, or all if no number is given; an error for each number that does not exist.</summary>
    public static IReadOnlyList<T> FindById<T>(this PSCmdlet command, int[]? ids)
        where T : SaltEventTarget
    {
        var open = OpenTargets.Current.Open<T>();
        if (ids is null)
        {
            return open;
        }

        foreach (var id in ids.Except(open.Select(t => t.Id)))
        {
            var what =
                typeof(T) == typeof(SaltEventBus) ? "bus"
                : typeof(T) == typeof(SaltEventRelay) ? "relay"
                : "session";
            command.WriteError(
                ErrorRecords.Create(
                    "TargetNotFound",
                    ErrorCategory.ObjectNotFound,
                    $"There is no {what} with Id {id} in this runspace.",
                    id
                )
            );
        }

        return open.Where(t => ids.Contains(t.Id)).ToArray();
    }
}
