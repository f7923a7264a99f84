using System;
using System.Collections.Generic;
using System.Linq;

namespace SaltEvents.Core.Events;

/// <summary>Several tag patterns: an event passes where any of them matches, or where there is none.</summary>
public sealed class TagFilter
{
    private readonly TagMatcher[] matchers;

    /// <summary>A filter for the patterns; empty patterns match every tag, as in Salt.</summary>
    /// <exception cref="ArgumentException">A pattern is not valid.</exception>
    public TagFilter(IEnumerable<string>? patterns, TagMatch match = TagMatch.Auto)
    {
        var all = patterns?.ToArray() ?? [];
        matchers = all.Any(p => p.Length == 0) ? [] : all.Select(p => new TagMatcher(p, match)).ToArray();
    }

    /// <summary>Passes every event.</summary>
    public static TagFilter All { get; } = new(null);

    /// <summary>What tags that pass start with: a listener on a ZeroMQ bus asks for no others. One empty prefix asks for all.</summary>
    internal IReadOnlyList<byte[]> Prefixes
    {
        get
        {
            var prefixes = matchers.Select(m => m.Prefix).ToArray();
            return prefixes.Length == 0 || prefixes.Any(p => p.Length == 0) ? [[]] : prefixes;
        }
    }

    /// <summary>Whether an event with that tag passes.</summary>
    public bool IsMatch(ReadOnlySpan<byte> tagUtf8)
    {
        if (matchers.Length == 0)
        {
            return true;
        }

        foreach (var matcher in matchers)
        {
            if (matcher.IsMatch(tagUtf8))
            {
                return true;
            }
        }

        return false;
    }

    /// <inheritdoc/>
    public override string ToString() => matchers.Length == 0 ? "every tag" : string.Join(", ", matchers.Select(m => m.Pattern));
}
