using System;
using System.Collections.Generic;
using System.Linq;

namespace SaltEvents.Core.Metrics;

/// <summary>How often each name came; from some number of names on, new ones count together.</summary>
internal sealed class TopCounter
{
    /// <summary>The placeholder for names beyond the limit.</summary>
    public const string Others = "(others)";

    private const int Capacity = 10_000;
    private readonly Dictionary<string, long> counts = new(StringComparer.Ordinal);

    public void Add(string name)
    {
        var key = counts.Count < Capacity || counts.ContainsKey(name) ? name : Others;
        counts.TryGetValue(key, out var count);
        counts[key] = count + 1;
    }

    public void Clear() => counts.Clear();

    /// <summary>The most frequent ones, and of equal ones the first by name.</summary>
    public SaltEventCount[] Top(int number) =>
        counts
            .OrderByDescending(c => c.Value)
            .ThenBy(c => c.Key, StringComparer.Ordinal)
            .Take(number)
            .Select(c => new SaltEventCount(c.Key, c.Value))
            .ToArray();
}
