using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using SaltEvents.Core.Events;
using CoreEvent = SaltEvents.Core.Events.SaltEvent;

namespace SaltEvents.Objects;

/// <summary>The condition of -MinionId, -JobId and -Family. Safe for any thread.</summary>
internal sealed class EventCondition(
    IReadOnlyList<WildcardPattern> minions,
    IReadOnlyList<string> jobs,
    IReadOnlyList<string> families
)
{
    /// <summary>The condition; null if no parameter sets one.</summary>
    public Func<CoreEvent, bool>? Test => minions.Count == 0 && jobs.Count == 0 && families.Count == 0 ? null : IsMet;

    /// <summary>The id of the minion that an event is about. A minion's own events carry it in their payload.</summary>
    public static string? MinionOf(SaltEvent saltEvent) => saltEvent.MinionId as string ?? saltEvent.Map?.TryGetValue("id") as string;

    private bool IsMet(CoreEvent saltEvent)
    {
        try
        {
            var shown = new SaltEvent(saltEvent);
            return (families.Count == 0 || families.Contains(shown.Family, StringComparer.OrdinalIgnoreCase))
                && (jobs.Count == 0 || jobs.Contains(shown.JobId?.ToString(), StringComparer.Ordinal))
                && (minions.Count == 0 || (MinionOf(shown) is { } id && minions.Any(m => m.IsMatch(id))));
        }
        catch (EventFormatException)
        {
            return false; // it does not name a minion
        }
    }
}
