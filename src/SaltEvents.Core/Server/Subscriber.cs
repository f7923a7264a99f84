using System;
using System.Collections.Generic;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using SaltEvents.Core.Connections;
using SaltEvents.Core.Framing;

namespace SaltEvents.Core.Server;

/// <summary>One connection to the pub socket: a writer that empties its queue, a reader that sees when the peer has gone.</summary>
internal sealed class Subscriber(int id, FrameConnection connection, EventBusServerOptions options)
{
    private const int WriteBytes = 64 * 1024;
    private readonly DateTime connectedAt = DateTime.UtcNow;
    private long eventsOut;
    private long bytesOut;

    public SubscriberQueue Queue { get; } = new(options);

    public SaltEventSubscriber Counters
    {
        get
        {
            var (events, bytes) = connection.Skipped;
            return new(
                id,
                connectedAt,
                Interlocked.Read(ref eventsOut) - events,
                Interlocked.Read(ref bytesOut) - bytes,
                Queue.Count,
                Queue.Dropped
            );
        }
    }

    /// <summary>Runs until the peer has gone, the queue overflows or is completed and written, or the token ends it.</summary>
    public async Task RunAsync(CancellationToken token)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(token);
        // A subscriber sends nothing: any data from it is discarded, and its end is noticed.
        var (gone, write) = (RunAsync(connection.WaitForEndAsync(end.Token)), RunAsync(WriteAsync(end.Token)));
        await Task.WhenAny(write, gone, Queue.Overflowed).ConfigureAwait(false);
        end.Cancel();
        connection.Dispose();
        await write.ConfigureAwait(false);
        Queue.Complete();
        await gone.ConfigureAwait(false);
    }

    private static async Task RunAsync(Task work)
    {
        try
        {
            await work.ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The other half has ended, or the bus stops.
        }
    }

    private async Task WriteAsync(CancellationToken token)
    {
        var runs = new List<FrameRun>();
        while (await Queue.TakeAsync(runs, WriteBytes, token).ConfigureAwait(false))
        {
            if (await connection.SendAsync(runs, token).ConfigureAwait(false) is not null)
            {
                return; // a subscriber that has gone cannot get what it missed
            }

            foreach (var run in runs)
            {
                Interlocked.Add(ref eventsOut, run.Count);
                Interlocked.Add(ref bytesOut, run.Length);
            }

            runs.Clear();
        }
    }
}
