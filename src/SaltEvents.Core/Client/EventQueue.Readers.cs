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
    /// Waits until an event that the filter passes, or a change of the connection, is there: true; or until none can come any more: false.
    /// </summary>
    public async ValueTask<bool> WaitAsync(TagFilter filter, CancellationToken token)
    {
        if (filter.PassesAll && Find<object>(filter, take: false) is not null)
        {
            return true;
        }

        var waiter = new Waiter(filter);
        lock (arriving)
        {
            if (isCompleted)
            {
                waiter.Arrived.TrySetResult(false);
            }

            waiters.Add(waiter);
        }

        try
        {
            using (token.Register(() => waiter.Arrived.TrySetCanceled(token)))
            {
                // Again at the end: the last event may have come just before it.
                return IsThere() || await waiter.Arrived.Task.ConfigureAwait(false) || IsThere();
            }
        }
        finally
        {
            lock (arriving)
            {
                waiters.Remove(waiter);
            }
        }

        bool IsThere() => HasStatus || Find<SaltEvent>(filter, take: false) is not null;
    }

    // Compares outside the locks: a pattern can be slow.
    private static void WakeFor(Waiter[] readers, IReadOnlyList<SaltEvent> added, int from, int count)
    {
        foreach (var waiter in readers)
        {
            for (var i = from; i < from + count && !waiter.Arrived.Task.IsCompleted; i++)
            {
                if (waiter.Filter.IsMatch(added[i]))
                {
                    waiter.Arrived.TrySetResult(true);
                }
            }
        }
    }

    private sealed class Waiter(TagFilter filter)
    {
        public TagFilter Filter { get; } = filter;

        public TaskCompletionSource<bool> Arrived { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
