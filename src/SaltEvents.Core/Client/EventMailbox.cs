using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using SaltEvents.Core.Events;

namespace SaltEvents.Core.Client;

/// <summary>A bounded list of events out of which each reader takes the first that matches; the others stay for the next.</summary>
internal sealed class EventMailbox(int capacity, OverflowPolicy overflow)
{
    private const int MaxStatuses = 1000;
    private readonly object sync = new();
    private readonly LinkedList<SaltEvent> events = [];
    private readonly Queue<StreamStatus> statuses = new();
    private readonly List<(TagFilter Filter, TaskCompletionSource<bool> Arrived)> waiters = [];
    private TaskCompletionSource<bool>? room;
    private bool completed;

    public long Dropped { get; private set; }

    public int Count
    {
        get
        {
            lock (sync)
            {
                return events.Count;
            }
        }
    }

    public bool IsFull => Count >= capacity;

    /// <summary>Adds an event. The task completes once the writer may go on: at once, but under <see cref="OverflowPolicy.Block"/>.</summary>
    public Task Put(SaltEvent saltEvent)
    {
        lock (sync)
        {
            if (completed || (events.Count >= capacity && overflow == OverflowPolicy.DropNewest))
            {
                Dropped++;
                return Task.CompletedTask;
            }

            if (events.Count >= capacity && overflow == OverflowPolicy.DropOldest)
            {
                events.RemoveFirst();
                Dropped++;
            }

            events.AddLast(saltEvent);
            Wake(saltEvent);
            if (events.Count < capacity || overflow != OverflowPolicy.Block)
            {
                return Task.CompletedTask;
            }

            room = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
            return room.Task;
        }
    }

    /// <summary>Adds a change of the connection: the first reader that asks gets it. The oldest go where nobody asks.</summary>
    public void Put(StreamStatus status)
    {
        lock (sync)
        {
            if (statuses.Count >= MaxStatuses)
            {
                statuses.Dequeue();
            }

            statuses.Enqueue(status);
            waiters.ForEach(w => w.Arrived.TrySetResult(true));
        }
    }

    /// <summary>Takes the oldest change of the connection that nobody has been told.</summary>
    public bool TryTakeStatus(out StreamStatus? status)
    {
        lock (sync)
        {
            status = statuses.Count > 0 ? statuses.Dequeue() : null;
            return status is not null;
        }
    }

    /// <summary>Takes the first event that matches.</summary>
    public bool TryTake(TagFilter filter, out SaltEvent? taken)
    {
        lock (sync)
        {
            for (var node = events.First; node is not null; node = node.Next)
            {
                if (filter.IsMatch(node.Value.TagUtf8))
                {
                    taken = node.Value;
                    events.Remove(node);
                    room?.TrySetResult(true);
                    return true;
                }
            }

            taken = null;
            return false;
        }
    }

    /// <summary>Waits until an event that matches, or a change of the connection, is there: true; or until none can come any more: false.</summary>
    public async Task<bool> WaitAsync(TagFilter filter, CancellationToken token)
    {
        TaskCompletionSource<bool> arrived;
        lock (sync)
        {
            if (statuses.Count > 0)
            {
                return true;
            }

            foreach (var saltEvent in events)
            {
                if (filter.IsMatch(saltEvent.TagUtf8))
                {
                    return true;
                }
            }

            if (completed)
            {
                return false;
            }

            arrived = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
            waiters.Add((filter, arrived));
        }

        try
        {
            using (token.Register(() => arrived.TrySetCanceled(token)))
            {
                return await arrived.Task.ConfigureAwait(false);
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
            completed = true;
            room?.TrySetResult(true);
            waiters.ForEach(w => w.Arrived.TrySetResult(false));
        }
    }

    private void Wake(SaltEvent saltEvent)
    {
        foreach (var (filter, arrived) in waiters)
        {
            if (filter.IsMatch(saltEvent.TagUtf8))
            {
                arrived.TrySetResult(true);
            }
        }
    }
}
