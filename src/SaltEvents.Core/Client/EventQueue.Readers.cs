using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using SaltEvents.Core.Events;

namespace SaltEvents.Core.Client;

/// <content>The readers that wait.</content>
internal sealed partial class EventQueue
{
    private readonly List<(TagFilter Filter, TaskCompletionSource<bool> Arrived)> waiters = [];
    private readonly List<TaskCompletionSource<bool>> due = []; // of waiters whose event is there, until they are woken

    /// <summary>Whether what was added concerns a reader that waits and is not woken yet. For the writer.</summary>
    public bool OwesWake => due.Count > 0;

    private (TagFilter Filter, TaskCompletionSource<bool> Arrived)[] Waiting => waiters.Count == 0 ? [] : waiters.ToArray();

    private bool HasStatus
    {
        get
        {
            lock (sync)
            {
                return statuses > 0;
            }
        }
    }

    /// <summary>Wakes the readers that wait for what was added. To wake one for each event costs far more than the event.</summary>
    public void WakeReaders()
    {
        TaskCompletionSource<bool>[] woken;
        lock (arriving)
        {
            if (due.Count == 0)
            {
                return;
            }

            woken = [.. due];
            due.Clear();
        }

        Array.ForEach(woken, arrived => arrived.TrySetResult(true));
    }

    /// <summary>Waits until an event that the filter passes, or a change of the connection, is there: true; or until none can come any more: false.</summary>
    public async ValueTask<bool> WaitAsync(TagFilter filter, CancellationToken token)
    {
        if (filter.PassesAll && Find<object>(filter, take: false) is not null)
        {
            return true;
        }

        var waiter = (Filter: filter, Arrived: new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously));
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
                return HasStatus || Find<SaltEvent>(filter, take: false) is not null || await waiter.Arrived.Task.ConfigureAwait(false);
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

    // The comparing is done outside the locks: a pattern can be slow.
    private void MakeDue((TagFilter Filter, TaskCompletionSource<bool> Arrived)[] readers, SaltEvent saltEvent)
    {
        foreach (var waiter in readers)
        {
            if (waiter.Filter.IsMatch(saltEvent))
            {
                lock (arriving)
                {
                    waiters.Remove(waiter);
                    due.Add(waiter.Arrived);
                }
            }
        }
    }
}
