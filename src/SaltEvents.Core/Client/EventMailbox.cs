using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using SaltEvents.Core.Events;

namespace SaltEvents.Core.Client;

/// <summary>A bounded list of events out of which each reader takes the first that matches; the others stay for the next.</summary>
internal sealed class EventMailbox(int capacity, SaltOverflow overflow)
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

    /// <summary>Adds an event. The task completes once the writer may go on: at once, but under <see cref="SaltOverflow.Block"/>.</summary>
    public Task Put(SaltEvent saltEvent)
    {
        (TagFilter Filter, TaskCompletionSource<bool> Arrived)[] waiting;
        var proceed = Task.CompletedTask;
        lock (sync)
        {
            if (completed || (events.Count >= capacity && overflow == SaltOverflow.DropNewest))
            {
                Dropped++;
                return proceed;
            }

            if (events.Count >= capacity && overflow == SaltOverflow.DropOldest)
            {
                events.RemoveFirst();
                Dropped++;
            }

            events.AddLast(saltEvent);
            waiting = waiters.Count == 0 ? [] : waiters.ToArray();
            if (events.Count >= capacity && overflow == SaltOverflow.Block)
            {
                room = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
                proceed = room.Task;
            }
        }

        foreach (var (filter, arrived) in waiting)
        {
            if (filter.IsMatch(saltEvent))
            {
                arrived.TrySetResult(true);
            }
        }

        return proceed;
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
        taken = Find(filter, take: true);
        return taken is not null;
    }

    /// <summary>Waits until an event that matches, or a change of the connection, is there: true; or until none can come any more: false.</summary>
    public async Task<bool> WaitAsync(TagFilter filter, CancellationToken token)
    {
        var arrived = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (sync)
        {
            if (statuses.Count > 0)
            {
                return true;
            }

            if (completed)
            {
                arrived.TrySetResult(false);
            }

            waiters.Add((filter, arrived));
        }

        try
        {
            using (token.Register(() => arrived.TrySetCanceled(token)))
            {
                return Find(filter, take: false) is not null || await arrived.Task.ConfigureAwait(false);
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

    /// <summary>Nothing more is added, and what is there is gone.</summary>
    public void Discard()
    {
        lock (sync)
        {
            events.Clear();
        }

        Complete();
    }

    // Compares outside the lock: a slow pattern holds up neither who fills the box nor another reader.
    private SaltEvent? Find(TagFilter filter, bool take)
    {
        LinkedListNode<SaltEvent>? node;
        lock (sync)
        {
            node = events.First;
        }

        while (node is not null)
        {
            var found = filter.IsMatch(node.Value);
            lock (sync)
            {
                if (node.List is null)
                {
                    node = events.First; // it was taken or dropped meanwhile
                    continue;
                }

                if (found && take)
                {
                    events.Remove(node);
                    room?.TrySetResult(true);
                }

                if (found)
                {
                    return node.Value;
                }

                node = node.Next;
            }
        }

        return null;
    }
}
