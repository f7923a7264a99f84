using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using SaltEvents.Core.Events;

namespace SaltEvents.Core.Client;

/// <content>The writer, and what becomes of events for which there is no room.</content>
internal sealed partial class EventQueue
{
    /// <summary>Whether there is no room for an event.</summary>
    public bool IsFullFor(SaltEvent saltEvent)
    {
        lock (sync)
        {
            TakeArrived();
            return IsFull(saltEvent);
        }
    }

    /// <summary>
    /// Adds events, as many as there is room for. Readers that wait for one of them are woken at the end: once for each event would cost
    /// far more than the event.
    /// </summary>
    /// <param name="added">The events.</param>
    /// <param name="from">The first one to add.</param>
    /// <param name="proceed">Completed once the writer may go on: at once, except under <see cref="SaltOverflow.Block"/>.</param>
    /// <returns>How many were added, or dropped by the policy: at least one.</returns>
    public int Add(IReadOnlyList<SaltEvent> added, int from, out Task proceed)
    {
        proceed = Task.CompletedTask;
        var count = AddWithRoom(added, from, out var readers);
        if (count == 0)
        {
            AddToFull(added[from], out readers, out proceed);
            count = 1;
        }

        if (readers is not null)
        {
            WakeFor(readers, added, from, count);
        }

        return count;
    }

    // As many as certainly fit: readers can only make more room meanwhile.
    private int AddWithRoom(IReadOnlyList<SaltEvent> added, int from, out Waiter[]? readers)
    {
        lock (arriving)
        {
            var room = isCompleted ? 0 : capacity - 1 - Volatile.Read(ref events) - arrived.Count;
            var most = maxBytes - Volatile.Read(ref bytes);
            var next = from;
            for (; next < added.Count && next - from < room && arrivedBytes + Size(added[next]) <= most; next++)
            {
                arrived.Add(added[next]);
                arrivedBytes += Size(added[next]);
            }

            readers = Waiting;
            return next - from;
        }
    }

    private void AddToFull(SaltEvent saltEvent, out Waiter[]? readers, out Task proceed)
    {
        (readers, proceed) = (null, Task.CompletedTask);
        lock (sync)
        {
            TakeArrived();
            if (isCompleted || (overflow == SaltOverflow.DropNewest && IsFull(saltEvent)))
            {
                Dropped++;
                return;
            }

            while (overflow == SaltOverflow.DropOldest && IsFull(saltEvent))
            {
                DropOldest();
            }

            ring.Add(saltEvent);
            events++;
            bytes += Size(saltEvent);
            if (overflow == SaltOverflow.Block && (events >= capacity || bytes >= maxBytes))
            {
                room ??= new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
                proceed = room.Task;
            }

            lock (arriving)
            {
                readers = Waiting;
            }
        }
    }

    private void DropOldest()
    {
        while (ring[ring.First] is StreamStatus status)
        {
            ring.Remove(ring.First);
            passedStatuses.Enqueue(status);
        }

        Forget((SaltEvent)ring[ring.First]!);
        ring.Remove(ring.First);
        Dropped++;
    }

    // One event is taken, however large it is.
    private bool IsFull(SaltEvent next) => events >= capacity || (events > 0 && bytes + Size(next) > maxBytes);

    // A writer that waits is woken when a quarter is free: to wake it for each event would cost more than the event. If a reader finds
    // nothing more that it wants, or waits, it is woken as soon as there is room.
    private void ReleaseWriter(bool findsNothing = false)
    {
        if (room is null)
        {
            return;
        }

        var isWanted = findsNothing || waiters.Count > 0;
        if (events <= capacity - (isWanted ? 1 : Math.Max(1, capacity / 4)) && (isWanted ? bytes < maxBytes : bytes <= maxBytes / 4 * 3))
        {
            room.TrySetResult(true);
            room = null;
        }
    }
}
