using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using SaltEvents.Core.Framing;

namespace SaltEvents.Core.Server;

/// <summary>What waits for one subscriber: bounded in events and bytes, with what happens above that.</summary>
internal sealed class SubscriberQueue(EventBusServerOptions options)
{
    private readonly object sync = new();
    private readonly LinkedList<FrameRun> runs = [];
    private readonly SemaphoreSlim arrived = new(0, 1);
    private readonly TaskCompletionSource<bool> overflowed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource<bool>? room;
    private long bytes;
    private bool takerWaits;
    private bool completed;

    public int Count { get; private set; }

    public long Dropped { get; private set; }

    /// <summary>Completes if the queue overflows under <see cref="SaltOverflow.Disconnect"/>.</summary>
    public Task Overflowed => overflowed.Task;

    private bool IsOver => Count > options.QueueSize || (bytes > options.QueueBytes && Count > 1);

    /// <summary>Adds a batch. The task completes when the sender may continue: at once but under <see cref="SaltOverflow.Block"/>.</summary>
    public Task AddAsync(FrameBatch batch)
    {
        lock (sync)
        {
            if (completed)
            {
                return Task.CompletedTask;
            }

            runs.AddLast(new FrameRun(batch, 0, batch.Count));
            Count += batch.Count;
            bytes += batch.Offset(batch.Count);
            var canGoOn = IsOver ? OverflowAsync() : Task.CompletedTask;
            if (takerWaits)
            {
                takerWaits = false;
                arrived.Release();
            }

            return canGoOn;
        }
    }

    /// <summary>Takes runs of about <paramref name="wantedBytes"/>; false once the queue is completed and empty.</summary>
    public async ValueTask<bool> TakeAsync(List<FrameRun> taken, int wantedBytes, CancellationToken token)
    {
        while (true)
        {
            lock (sync)
            {
                if (runs.Count > 0)
                {
                    Take(taken, wantedBytes);
                    return true;
                }

                if (completed)
                {
                    return false;
                }

                takerWaits = true;
            }

            await arrived.WaitAsync(token).ConfigureAwait(false);
        }
    }

    /// <summary>Nothing more is added; the items that are there can still be taken.</summary>
    public void Complete()
    {
        lock (sync)
        {
            completed = true;
            room?.TrySetResult(true);
            if (takerWaits)
            {
                takerWaits = false;
                arrived.Release();
            }
        }
    }

    private Task OverflowAsync()
    {
        switch (options.Overflow)
        {
            case SaltOverflow.Block:
                room ??= new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
                return room.Task;
            case SaltOverflow.Disconnect:
                Dropped += Count;
                Count = 0;
                bytes = 0;
                runs.Clear();
                completed = true;
                overflowed.TrySetResult(true);
                break;
            default:
                Drop(options.Overflow == SaltOverflow.DropOldest);
                break;
        }

        return Task.CompletedTask;
    }

    private void Drop(bool oldest)
    {
        while (IsOver)
        {
            var node = (oldest ? runs.First : runs.Last)!;
            var run = node.Value;
            var tooMany = Count - options.QueueSize;
            // Several at once if there are too many events, one by one if there are too many bytes.
            var drop = System.Math.Max(1, System.Math.Min(run.Count, tooMany));
            var rest = oldest ? run with { First = run.First + drop } : run with { End = run.End - drop };
            Dropped += drop;
            Count -= drop;
            bytes -= run.Length - rest.Length;
            if (rest.Count > 0)
            {
                node.Value = rest;
            }
            else
            {
                runs.Remove(node);
            }
        }
    }

    private void Take(List<FrameRun> taken, int wantedBytes)
    {
        var size = 0;
        while (runs.First is { } node && size < wantedBytes)
        {
            var run = node.Value;
            taken.Add(run);
            runs.RemoveFirst();
            size += run.Length;
            bytes -= run.Length;
            Count -= run.Count;
        }

        if (room is not null && !IsOver)
        {
            room.TrySetResult(true);
            room = null;
        }
    }
}
