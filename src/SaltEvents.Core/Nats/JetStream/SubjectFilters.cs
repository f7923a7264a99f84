using System;
using System.Collections.Generic;
using System.Linq;
using SaltEvents.Core.Events;

namespace SaltEvents.Core.Nats.JetStream;

/// <summary>What the server can apply of a listener's filter: one subject, before server 2.10. The rest is filtered here.</summary>
internal static class SubjectFilters
{
    private const string EverySite = NatsSubject.Events + ".*.";

    /// <summary>The narrowest subject that all wanted events have.</summary>
    public static string Find(SiteFilter sites, TagFilter tags)
    {
        var common = tags.Prefixes[0].AsSpan();
        foreach (var prefix in tags.Prefixes.Skip(1))
        {
            common = common.Slice(0, common.CommonPrefixLength(prefix));
        }

        var filter = NatsSubject.Filter(sites.SubjectPart, common);
        return filter == EverySite + ">" ? NatsSubject.AllEvents : filter;
    }

    /// <summary>The same for a stream that stores only some sites: the server refuses a filter that its subjects do not cover.</summary>
    public static string Fit(string filter, ICollection<string>? subjects)
    {
        if (
            subjects is null
            || !filter.StartsWith(EverySite, StringComparison.Ordinal)
            || subjects.Any(s => s is ">" or NatsSubject.AllEvents or EverySite + ">")
        )
        {
            return filter;
        }

        return subjects.Count == 1 && subjects.First().Split('.') is [NatsSubject.Events, var site, ">"]
            ? $"{NatsSubject.Events}.{site}.{filter.Substring(EverySite.Length)}"
            : NatsSubject.AllEvents;
    }
}
