using System.Collections.Generic;
using SaltEvents.Core.Events;

namespace SaltEvents.Core.Client;

/// <content>The changes of the connection, at their places between the events.</content>
internal sealed partial class EventQueue
{
    private const int MaxStatuses = 1000; // if nobody reads them
    private readonly Queue<StreamStatus> passedStatuses = new(); // pushed out by a full queue: they come before everything in the ring
    private int statuses;

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

    /// <summary>Adds a change of the connection. The oldest ones are dropped if nobody reads them.</summary>
    public void Add(StreamStatus status)
    {
        lock (sync)
        {
            TakeArrived();
            statuses++;
            ring.Add(status);
            if (statuses > MaxStatuses)
            {
                DropOldestStatus();
            }
        }

        lock (arriving)
        {
            waiters.ForEach(w => w.Arrived.TrySetResult(true));
        }
    }

    /// <summary>Takes the next change of the connection, if it comes before the next event that passes the filter.</summary>
    /// <param name="filter">The filter.</param>
    /// <param name="status">The change.</param>
    /// <param name="position">Where a reader that always has this filter got to.</param>
    public bool TryTakeStatus(TagFilter filter, out StreamStatus? status, ReadPosition? position = null)
    {
        lock (sync)
        {
            status = statuses > 0 && passedStatuses.Count > 0 ? TakeStatus() : null;
            if (status is not null || statuses == 0)
            {
                return status is not null;
            }
        }

        status = Find<StreamStatus>(filter, take: true, position);
        return status is not null;
    }

    private StreamStatus TakeStatus()
    {
        statuses--;
        return passedStatuses.Dequeue();
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
}
