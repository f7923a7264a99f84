using System;
using System.Collections.Generic;
using System.Linq;

namespace SaltEvents.Core.Templates;

/// <summary>The templates of all families.</summary>
public static class EventTemplates
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<EventTemplate> All { get; } =
    [.. JobTemplates.All, .. MasterTemplates.All, .. MinionTemplates.All, .. BatchTemplates.All];

    /// <summary>The one of a family, named in any case; null if there is none.</summary>
    public static EventTemplate? Find(string family) =>
        All.FirstOrDefault(t => t.Family.Equals(family, StringComparison.OrdinalIgnoreCase));
}
