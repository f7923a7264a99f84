using System;
using System.Collections.Generic;
using System.Linq;
using SaltEvents.Core.Templates;

namespace SaltEvents.Completion;

/// <summary>Completes -Family with the families of which New-SaltEvent can make events.</summary>
public sealed class FamilyCompleter : ValueCompleter
{
    private protected override IEnumerable<(string Value, string About)> Offer(string command, string typed) =>
        EventTemplates
            .All.OrderBy(t => t.Family, StringComparer.Ordinal)
            .Select(t =>
                (t.Family, $"{t.Family}: takes {string.Join(", ", t.Uses.Select(u => "-" + u).Append("-Data").Append("-Timestamp"))}")
            );
}
