using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using SaltEvents.Core.Events;

namespace SaltEvents.Core.Client;

/// <content>The readers that wait.</content>
internal sealed partial class EventQueue
{
    private readonly List<Waiter> waiters = [];

    private Waiter[]? Waiting => waiters.Count == 0 ? null : waiters.ToArray();

    /// <summary>
    /// Returns true when an event that passes the filter, or a change of the connection, is there, and false when none can come any more.
    /// </summary>
    /// <param name="filter">The filter.</param>
    /// <param name="token">Ends the wait.</param>
    /// <param name="position">Where a reader that always has this filter got to.</param>
    public async ValueTask<bool> WaitAsync(TagFilter filter, CancellationToken token, ReadPosition? position = null)
    {
        if (filter.PassesAll && Find<object>(filter, take: false) is not null)
        {
            return true;
        }

        position ??= new ReadPosition();
        while (true)
        {
            var waiter = Enter(filter);
            try
            {
                using (token.Register(() => waiter.Arrived.TrySetCanceled(token)))
                {
                    if (HasStatus || Find<SaltEvent>(filter, take: false, position) is not null)
                    {
                        return true;
                    }

                    if (!await waiter.Arrived.Task.ConfigureAwait(false))
                    {
                        // The last event may have come just before the end.
                        return HasStatus || Find<SaltEvent>(filter, take: false, position) is not null;
                    }

                    if (!waiter.ComparesItself)
                    {
                        return true;
                    }
                }
            }
            finally
            {
                lock (arriving)
                {
                    waiters.Remove(waiter);
                }
            }
        }
    }

    private Waiter Enter(TagFilter filter)
    {
        var waiter = new Waiter(filter);
        lock (arriving)
        {
            if (isCompleted)
            {
                waiter.Arrived.TrySetResult(false);
            }

            waiters.Add(waiter);
        }

        return waiter;
    }

    private static void WakeFor(Waiter[] readers, IReadOnlyList<SaltEvent> added, int from, int count)
    {
        foreach (var waiter in readers)
        {
            for (var i = from; i < from + count && !waiter.Arrived.Task.IsCompleted; i++)
            {
                if (waiter.ComparesItself || waiter.Filter.IsMatch(added[i]))
                {
                    waiter.Arrived.TrySetResult(true);
                }
            }
        }
    }

    private sealed class Waiter(TagFilter filter)
    {
        public TagFilter Filter { get; } = filter;

        /// <summary>Whether it is woken for every event: a slow pattern must hold up neither the writer nor other readers.</summary>
        public bool ComparesItself { get; } = filter.CanBeSlow;

        public TaskCompletionSource<bool> Arrived { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
