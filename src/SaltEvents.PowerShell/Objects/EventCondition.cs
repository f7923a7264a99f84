using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using SaltEvents.Core.Events;
using CoreEvent = SaltEvents.Core.Events.SaltEvent;

namespace SaltEvents.Objects;

/// <summary>
/// The condition of -MinionId, -JobId and -Family. Safe for any thread. It is tested while the bus is read, so thousands of ids must not
/// slow that down.
/// </summary>
internal sealed class EventCondition
{
    private readonly HashSet<string> minions;
    private readonly WildcardPattern[] minionPatterns;
    private readonly HashSet<string> jobs;
    private readonly HashSet<string> families;

    /// <summary>A condition of ids of minions or patterns of them, ids of jobs, and families; an empty list sets none.</summary>
    public EventCondition(string[] minions, string[] jobs, string[] families)
    {
        var isPattern = minions.ToLookup(id => WildcardPattern.ContainsWildcardCharacters(id) || id.Contains('`'));
        this.minions = new HashSet<string>(isPattern[false], StringComparer.Ordinal);
        minionPatterns = [.. isPattern[true].Select(id => new WildcardPattern(id, WildcardOptions.CultureInvariant))];
        this.jobs = new HashSet<string>(jobs, StringComparer.Ordinal);
        this.families = new HashSet<string>(families, StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>The condition; null if no parameter sets one.</summary>
    public Func<CoreEvent, bool>? Test => jobs.Count == 0 && families.Count == 0 && !HasMinions ? null : IsMet;

    private bool HasMinions => minions.Count > 0 || minionPatterns.Length > 0;

    /// <summary>The id of the minion that an event is about. A minion's own events carry it in their payload.</summary>
    public static string? MinionOf(SaltEvent saltEvent) => saltEvent.MinionId as string ?? saltEvent.Map?.TryGetValue("id") as string;

    private bool IsMet(CoreEvent saltEvent)
    {
        try
        {
            var shown = new SaltEvent(saltEvent);
            return (families.Count == 0 || families.Contains(shown.Family))
                && (jobs.Count == 0 || (shown.JobId?.ToString() is { } job && jobs.Contains(job)))
                && (!HasMinions || (MinionOf(shown) is { } id && IsWanted(id)));
        }
        catch (EventFormatException)
        {
            return false; // it does not name a minion
        }
    }

    private bool IsWanted(string minion) => minions.Contains(minion) || Array.Exists(minionPatterns, m => m.IsMatch(minion));
}
