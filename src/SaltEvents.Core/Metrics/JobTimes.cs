using System;
using System.Collections.Generic;

namespace SaltEvents.Core.Metrics;

/// <summary>From when a job was published to when each of its minions returned.</summary>
internal sealed class JobTimes
{
    private const int Capacity = 10_000;
    private readonly Dictionary<string, DateTime> started = new(StringComparer.Ordinal);
    private readonly Queue<string> order = new();

    /// <summary>The time that a return took; null if it is not a return, or belongs to a job whose start was not seen.</summary>
    public TimeSpan? Observe(ObservedEvent observed)
    {
        if (observed.JobId is not { } job)
        {
            return null;
        }

        if (observed.Kind == EventKind.Return)
        {
            return started.TryGetValue(job, out var start) && observed.Time >= start ? observed.Time - start : null;
        }

        if (observed.Kind == EventKind.New && !started.ContainsKey(job))
        {
            started.Add(job, observed.Time);
            order.Enqueue(job);
            if (order.Count > Capacity)
            {
                started.Remove(order.Dequeue());
            }
        }

        return null;
    }
}
