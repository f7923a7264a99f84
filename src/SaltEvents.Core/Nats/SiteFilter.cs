using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using SaltEvents.Core.Events;

namespace SaltEvents.Core.Nats;

/// <summary>Which sites to read: names, or patterns with *, ? and [...]; all if none is given.</summary>
internal sealed class SiteFilter
{
    private static readonly char[] Wildcards = ['*', '?', '['];
    private readonly TagMatcher[] matchers;

    public SiteFilter(IReadOnlyCollection<string>? sites)
    {
        Sites = sites ?? [];
        matchers = Sites.Select(s => new TagMatcher(s, IsPattern(s) ? SaltTagMatch.FnMatch : SaltTagMatch.Exact)).ToArray();
    }

    public IReadOnlyCollection<string> Sites { get; }

    /// <summary>The site's name if there is only one; otherwise * for a subject.</summary>
    public string SubjectPart => Sites.Count == 1 && !IsPattern(Sites.First()) ? Sites.First() : "*";

    public bool IsMatch(string site) => matchers.Length == 0 || Array.Exists(matchers, m => m.IsMatch(Encoding.UTF8.GetBytes(site)));

    public override string ToString() =>
        Sites.Count == 0 ? "all sites" : (Sites.Count == 1 ? "site " : "sites ") + string.Join(", ", Sites);

    private static bool IsPattern(string site) => site.IndexOfAny(Wildcards) >= 0;
}
