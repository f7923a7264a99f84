using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using SaltEvents.Core.Events;

namespace SaltEvents.Core.Client;

/// <summary>
/// A queue of events, bounded in events and bytes, with the changes of the connection at their places between them. A reader takes
/// the first event that passes its filter and leaves the others for the next reader; without a filter that is the oldest. Safe for
/// several readers and one writer. Items that the writer adds wait separately until a reader has taken the earlier ones, so that the
/// two seldom need the same lock.
/// </summary>
internal sealed partial class EventQueue(int capacity, SaltOverflow overflow, long maxBytes = long.MaxValue)
{
    private readonly object sync = new(); // for readers, who take from the ring; acquired before the writer's lock
    private readonly object arriving = new(); // for the writer: what has arrived, and the waiting readers
    private readonly EventRing ring = new();
    private readonly List<SaltEvent> arrived = [];
    private TaskCompletionSource<bool>? room;
    private int events; // in the ring
    private long bytes; // of these
    private long arrivedBytes;
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
                lock (arriving)
                {
                    return events + arrived.Count;
                }
            }
        }
    }

    /// <summary>Takes the first event that passes the filter; false if there is none, or a change of the connection comes first.</summary>
    /// <param name="filter">The filter.</param>
    /// <param name="taken">The event.</param>
    /// <param name="position">Where a reader that always has this filter got to.</param>
    public bool TryTake(TagFilter filter, out SaltEvent? taken, ReadPosition? position = null)
    {
        taken = Find<SaltEvent>(filter, take: true, position);
        return taken is not null;
    }

    /// <summary>Nothing more is added; the items that are there can still be taken.</summary>
    public void Complete()
    {
        lock (sync)
        {
            room?.TrySetResult(true);
            lock (arriving)
            {
                isCompleted = true;
                waiters.ForEach(w => w.Arrived.TrySetResult(false));
            }
        }
    }

    /// <summary>Nothing more is added, and the items that are there are discarded.</summary>
    public void Discard()
    {
        lock (sync)
        {
            TakeArrived();
            ring.Clear();
            passedStatuses.Clear();
            (statuses, events, bytes) = (0, 0, 0);
        }

        Complete();
    }

    // Under the readers' lock. Returns how many have arrived.
    private int TakeArrived()
    {
        lock (arriving)
        {
            foreach (var saltEvent in arrived)
            {
                ring.Add(saltEvent);
            }

            var count = arrived.Count;
            events += count;
            bytes += arrivedBytes;
            arrivedBytes = 0;
            arrived.Clear();
            return count;
        }
    }

    private void Forget(SaltEvent removed)
    {
        events--;
        bytes -= Size(removed);
    }

    private static int Size(SaltEvent saltEvent) => saltEvent.Body.Length;

    // The first event that passes the filter, or the change of the connection before it. Compares outside the lock: a slow pattern holds
    // up neither the writer nor another reader.
    private T? Find<T>(TagFilter filter, bool take, ReadPosition? position = null)
        where T : class
    {
        var number = position?.Number ?? 0;
        var found = Find<T>(filter, take, ref number);
        if (position is not null)
        {
            position.Number = number;
        }

        return found;
    }

    // The same from a number on, which becomes that of what was found, or of what is added next.
    private T? Find<T>(TagFilter filter, bool take, ref long number)
        where T : class
    {
        object? item;
        lock (sync)
        {
            number = ring.AtOrAfter(number);
            item = passedStatuses.Count > 0 && take ? null : At(ref number);
            ReleaseWriter(findsNothing: item is null);
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

                number = isThere ? ring.Next(number) : ring.AtOrAfter(number); // it was taken or dropped meanwhile
                item = passedStatuses.Count > 0 && take ? null : At(ref number);
                ReleaseWriter(findsNothing: item is null);
            }
        }

        return null;
    }

    // New arrivals are moved to the ring once all items before them have been checked. That can renumber all items.
    private object? At(ref long number)
    {
        if (ring[number] is null && TakeArrived() is var count and > 0)
        {
            number = ring.End - count;
        }

        return ring[number];
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
            if (item is SaltEvent saltEvent)
            {
                Forget(saltEvent);
            }
            else
            {
                statuses--;
            }

            ReleaseWriter();
        }

        return found;
    }
}
