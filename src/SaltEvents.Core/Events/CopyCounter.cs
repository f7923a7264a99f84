using System;
using System.Collections.Generic;
using System.Linq;

namespace SaltEvents.Core.Events;

/// <summary>
/// Counts an event once that comes by several ways: a syndic's copies beside the events themselves, and the events that the masters of
/// a cluster pass on to each other. The same event twice by one way is two events.
/// </summary>
/// <typeparam name="TContent">What is the same for an event and its copies.</typeparam>
/// <param name="capacity">How many events are remembered. A copy comes soon or never.</param>
internal sealed class CopyCounter<TContent>(int capacity)
    where TContent : notnull
{
    private readonly Dictionary<TContent, Dictionary<string, int>> seen = [];
    private readonly Queue<TContent> order = new();

    /// <summary>Whether an event is a copy of one that came before by another way.</summary>
    /// <param name="content">What is the same for an event and its copies.</param>
    /// <param name="origin">The way by which it came.</param>
    public bool IsCopy(TContent content, string origin)
    {
        if (!seen.TryGetValue(content, out var origins))
        {
            seen.Add(content, origins = new Dictionary<string, int>(StringComparer.Ordinal));
            order.Enqueue(content);
            if (order.Count > capacity)
            {
                seen.Remove(order.Dequeue());
            }
        }

        var before = origins.Count == 0 ? 0 : origins.Values.Max();
        origins.TryGetValue(origin, out var count);
        origins[origin] = count + 1;
        return count + 1 <= before;
    }
}
