using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using SaltEvents.Core.Events;

namespace SaltEvents.Core.Client;

/// <summary>
/// A bounded queue of events, with the changes of the connection at their places between them. A reader takes the first event that its
/// filter passes and leaves the others for the next reader; without a filter that is the oldest. Safe for several readers and one writer.
/// </summary>
internal sealed class EventQueue(int capacity, SaltOverflow overflow)
{
    private const int MaxStatuses = 1000; // if nobody reads them
    private readonly object sync = new();
    private readonly EventRing ring = new();
    private readonly Queue<StreamStatus> passedStatuses = new(); // that a full queue has pushed out: they come before all that is in the ring
    private readonly List<(TagFilter Filter, TaskCompletionSource<bool> Arrived)> waiters = [];
    private readonly List<TaskCompletionSource<bool>> due = []; // of waiters whose event is there, until they are woken
    private TaskCompletionSource<bool>? room;
    private int statuses;
    private bool isCompleted;

    /// <summary>How many events the full queue dropped.</summary>
    public long Dropped { get; private set; }

    /// <summary>How many events there are.</summary>
    public int Count
    {
        get
        {
            lock (sync)
            {
                return Events;
            }
        }
    }

    public bool IsFull => Count >= capacity;

    /// <summary>Whether what was added concerns a reader that waits and is not woken yet. For the writer.</summary>
    public bool OwesWake => due.Count > 0;

    private int Events => ring.Count - (statuses - passedStatuses.Count);

    /// <summary>
    /// Adds an event; <see cref="WakeReaders"/> has to follow, once for many. The task completes once the writer may go on: at once,
    /// except under <see cref="SaltOverflow.Block"/>.
    /// </summary>
    public Task Add(SaltEvent saltEvent)
    {
        (TagFilter Filter, TaskCompletionSource<bool> Arrived)[] waiting;
        var proceed = Task.CompletedTask;
        lock (sync)
        {
            if (isCompleted || (Events >= capacity && overflow == SaltOverflow.DropNewest))
            {
                Dropped++;
                return proceed;
            }

            if (Events >= capacity && overflow == SaltOverflow.DropOldest)
            {
                DropOldest();
            }

            ring.Add(saltEvent);
            waiting = waiters.Count == 0 ? [] : waiters.ToArray();
            if (Events >= capacity && overflow == SaltOverflow.Block)
            {
                room ??= new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
                proceed = room.Task;
            }
        }

        foreach (var waiter in waiting)
        {
            if (waiter.Filter.IsMatch(saltEvent))
            {
                lock (sync)
                {
                    waiters.Remove(waiter);
                    due.Add(waiter.Arrived);
                }
            }
        }

        return proceed;
    }

    /// <summary>Wakes the readers that wait for what was added. To wake one for each event costs far more than the event.</summary>
    public void WakeReaders()
    {
        TaskCompletionSource<bool>[] woken;
        lock (sync)
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

    /// <summary>Adds a change of the connection. The oldest of them go if nobody reads them.</summary>
    public void Add(StreamStatus status)
    {
        lock (sync)
        {
            statuses++;
            ring.Add(status);
            if (statuses > MaxStatuses)
            {
                DropOldestStatus();
            }

            waiters.ForEach(w => w.Arrived.TrySetResult(true));
        }
    }

    /// <summary>Takes the next change of the connection, if it comes before the next event that the filter passes.</summary>
    public bool TryTakeStatus(TagFilter filter, out StreamStatus? status)
    {
        lock (sync)
        {
            status = statuses > 0 && passedStatuses.Count > 0 ? TakeStatus() : null;
            if (status is not null || statuses == 0)
            {
                return status is not null;
            }
        }

        status = Find<StreamStatus>(filter, take: true);
        return status is not null;
    }

    /// <summary>Takes the first event that the filter passes; false if there is none, or a change of the connection comes first.</summary>
    public bool TryTake(TagFilter filter, out SaltEvent? taken)
    {
        taken = Find<SaltEvent>(filter, take: true);
        return taken is not null;
    }

    /// <summary>Waits until an event that the filter passes, or a change of the connection, is there: true; or until none can come any more: false.</summary>
    public async ValueTask<bool> WaitAsync(TagFilter filter, CancellationToken token)
    {
        TaskCompletionSource<bool> arrived;
        lock (sync)
        {
            if (statuses > 0 || (filter.PassesAll && Events > 0))
            {
                return true;
            }

            arrived = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
            if (isCompleted)
            {
                arrived.TrySetResult(false);
            }

            waiters.Add((filter, arrived));
        }

        try
        {
            using (token.Register(() => arrived.TrySetCanceled(token)))
            {
                return Find<SaltEvent>(filter, take: false) is not null || await arrived.Task.ConfigureAwait(false);
            }
        }
        finally
        {
            lock (sync)
            {
                waiters.RemoveAll(w => w.Arrived == arrived);
            }
        }
    }

    /// <summary>Nothing more is added; what is there can still be taken.</summary>
    public void Complete()
    {
        lock (sync)
        {
            isCompleted = true;
            room?.TrySetResult(true);
            waiters.ForEach(w => w.Arrived.TrySetResult(false));
        }

        WakeReaders();
    }

    /// <summary>Nothing more is added, and what is there is gone.</summary>
    public void Discard()
    {
        lock (sync)
        {
            ring.Clear();
            passedStatuses.Clear();
            statuses = 0;
        }

        Complete();
    }

    private StreamStatus TakeStatus()
    {
        statuses--;
        return passedStatuses.Dequeue();
    }

    private void DropOldest()
    {
        while (ring[ring.First] is StreamStatus status)
        {
            ring.Remove(ring.First);
            passedStatuses.Enqueue(status);
        }

        ring.Remove(ring.First);
        Dropped++;
    }

    private void DropOldestStatus()
    {
        if (passedStatuses.Count == 0)
        {
            var oldest = ring.First;
            while (ring[oldest] is not StreamStatus)
            {
                oldest = ring.Next(oldest);
            }

            passedStatuses.Enqueue((StreamStatus)ring[oldest]!);
            ring.Remove(oldest);
        }

        TakeStatus();
    }

    // The first event that the filter passes, or the change of the connection before it. Compares outside the lock: a slow pattern holds
    // up neither the writer nor another reader.
    private T? Find<T>(TagFilter filter, bool take)
        where T : class
    {
        long number;
        object? item;
        lock (sync)
        {
            number = ring.First;
            item = passedStatuses.Count > 0 && take ? null : ring[number];
            if (filter.PassesAll && item is not null)
            {
                return Take<T>(number, item, take);
            }
        }

        while (item is not null)
        {
            var isFound = item is not SaltEvent saltEvent || filter.IsMatch(saltEvent);
            lock (sync)
            {
                var isThere = ring[number] == item;
                if (isFound && isThere)
                {
                    return Take<T>(number, item, take);
                }

                number = isThere ? ring.Next(number) : ring.First; // it was taken or dropped meanwhile
                item = ring[number];
            }
        }

        return null;
    }

    private T? Take<T>(long number, object item, bool take)
        where T : class
    {
        if (item is not T found)
        {
            return null;
        }

        if (take)
        {
            ring.Remove(number);
            statuses -= item is StreamStatus ? 1 : 0;
            if (Events < capacity)
            {
                room?.TrySetResult(true);
                room = null;
            }
        }

        return found;
    }
}
