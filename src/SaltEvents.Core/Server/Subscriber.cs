using System;
using System.Collections.Generic;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using SaltEvents.Core.Framing;
using SaltEvents.Core.Transport;

namespace SaltEvents.Core.Server;

/// <summary>One connection to the pub socket: a writer that empties its queue, a reader that sees when the peer has gone.</summary>
internal sealed class Subscriber(int id, BusConnection connection, EventBusServerOptions options)
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
            var (events, bytes) = connection.PassedOver;
            return new(id, connectedAt, Interlocked.Read(ref eventsOut) - events, Interlocked.Read(ref bytesOut) - bytes, Queue.Count, Queue.Dropped);
        }
    }

    /// <summary>Runs until the peer has gone, the queue overflows or is completed and written, or the token ends it.</summary>
    public async Task RunAsync(CancellationToken token)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(token);
        var gone = WatchPeerAsync(end.Token);
        try
        {
            var write = WriteAsync(end.Token);
            await Task.WhenAny(write, gone, Queue.Overflowed).ConfigureAwait(false);
            end.Cancel();
            connection.Dispose();
            await write.ConfigureAwait(false);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException or FrameFormatException)
        {
            // The subscriber has gone: what it missed it cannot get.
        }
        finally
        {
            Queue.Complete();
            connection.Dispose();
            await gone.ConfigureAwait(false);
        }
    }

    private async Task WriteAsync(CancellationToken token)
    {
        var runs = new List<FrameRun>();
        var joined = new ByteBuffer(WriteBytes);
        while (await Queue.TakeAsync(runs, WriteBytes, token).ConfigureAwait(false))
        {
            var events = 0;
            joined.Clear();
            foreach (var run in runs)
            {
                events += run.Count;
                if (runs.Count > 1 && joined.Length + run.Length <= WriteBytes)
                {
                    joined.Write(run.Batch.Bytes.AsSpan(run.Offset, run.Length));
                    continue;
                }

                await WriteAsync(joined.Written, token).ConfigureAwait(false);
                joined.Clear();
                await WriteAsync(new ArraySegment<byte>(run.Batch.Bytes, run.Offset, run.Length), token).ConfigureAwait(false);
            }

            await WriteAsync(joined.Written, token).ConfigureAwait(false);
            Interlocked.Add(ref eventsOut, events);
            runs.Clear();
        }
    }

    private async Task WriteAsync(ArraySegment<byte> bytes, CancellationToken token)
    {
        await connection.SendAllAsync(bytes, token).ConfigureAwait(false);
        Interlocked.Add(ref bytesOut, bytes.Count);
    }

    // A subscriber has nothing to say; what it says is thrown away, and its end is seen.
    private async Task WatchPeerAsync(CancellationToken token)
    {
        try
        {
            var buffer = new ArraySegment<byte>(new byte[256]);
            while (await connection.ReceiveAsync(buffer, token).ConfigureAwait(false) > 0)
            {
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException or FrameFormatException)
        {
            // Gone as well.
        }
    }
}
