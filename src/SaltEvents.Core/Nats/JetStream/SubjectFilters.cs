using System;
using System.Linq;
using SaltEvents.Core.Events;

namespace SaltEvents.Core.Nats.JetStream;

/// <summary>What the server can apply of a listener's filter: one subject, before server 2.10. The rest is filtered here.</summary>
internal static class SubjectFilters
{
    /// <summary>The narrowest subject that all wanted events have.</summary>
    public static string Find(SiteFilter sites, TagFilter tags)
    {
        var common = tags.Prefixes[0].AsSpan();
        foreach (var prefix in tags.Prefixes.Skip(1))
        {
            common = common.Slice(0, common.CommonPrefixLength(prefix));
        }

        var filter = NatsSubject.Filter(sites.SubjectPart, common);
        return filter == "salt.*.>" ? NatsSubject.AllEvents : filter;
    }
}
