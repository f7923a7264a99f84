using System;
using System.Collections.Generic;
using System.Linq;

namespace SaltEvents.Core.Metrics;

/// <summary>
/// Counts an event once that comes by several ways: a syndic's copies beside the events themselves, and the events that
/// masters of a cluster pass on to each other. The same event twice by one way is two events.
/// </summary>
internal sealed class CopyFilter(int capacity = 20_000)
{
    private readonly Dictionary<ulong, Dictionary<string, int>> seen = [];
    private readonly Queue<ulong> order = new();

    /// <summary>Whether it is a copy of an event that was counted already.</summary>
    public bool IsCopy(ObservedEvent observed)
    {
        if (!seen.TryGetValue(observed.Content, out var ways))
        {
            seen.Add(observed.Content, ways = []);
            order.Enqueue(observed.Content);
            // A copy comes soon or never.
            if (order.Count > capacity)
            {
                seen.Remove(order.Dequeue());
            }
        }

        var counted = ways.Count == 0 ? 0 : ways.Values.Max();
        ways.TryGetValue(observed.Origin, out var before);
        ways[observed.Origin] = before + 1;
        return before + 1 <= counted;
    }
}
