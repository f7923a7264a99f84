using System;
using System.Collections.Generic;
using System.Linq;
using SaltEvents.Core.Templates;
using SaltEvents.Objects;

namespace SaltEvents.Completion;

/// <summary>
/// Completes -Family: for New-SaltEvent with the families of which it can make events, for the commands that listen with those that they
/// recognize by the tag.
/// </summary>
public sealed class FamilyCompleter : ValueCompleter
{
    private protected override IEnumerable<(string Value, string About)> Offer(string command, string typed) =>
        command.Equals("New-SaltEvent", StringComparison.OrdinalIgnoreCase) ? Templates : Families;

    private static IEnumerable<(string Value, string About)> Families =>
        TagFamilies
            .Patterns.GroupBy(p => p.Family, p => p.Pattern)
            .OrderBy(f => f.Key, StringComparer.Ordinal)
            .Select(f => (f.Key, $"{f.Key}: {string.Join(", ", f)}"));

    private static IEnumerable<(string Value, string About)> Templates =>
        EventTemplates
            .All.OrderBy(t => t.Family, StringComparer.Ordinal)
            .Select(t =>
                (t.Family, $"{t.Family}: takes {string.Join(", ", t.Uses.Select(u => "-" + u).Append("-Data").Append("-Timestamp"))}")
            );
}
