using System;
using System.Linq;
using System.Threading;
using System.Threading.Channels;
using System.Threading.Tasks;
using SaltEvents.Core.Events;
using SaltEvents.Core.Framing;
using SaltEvents.Core.Transport;

namespace SaltEvents.Core.Server;

/// <summary>
/// Sends a minion's <c>fire_master</c> events on to its master, in order. While the master is away they wait in a bounded
/// queue, where Salt's minion drops them.
/// </summary>
internal sealed class MasterForwarder
{
    private static readonly TimeSpan SendTimeout = TimeSpan.FromSeconds(30);
    private readonly MasterForwarding forwarding;
    private readonly PullChannel master;
    private readonly Channel<byte[]> queue;
    private readonly CancellationTokenSource stop = new();
    private readonly Task work;
    private long forwarded;
    private long dropped;
    private long unconfirmed;
    private int sending;

    public MasterForwarder(MasterForwarding forwarding)
    {
        this.forwarding = forwarding;
        master = new PullChannel(forwarding.Master.Pull, forwarding.ConnectTimeout, SendTimeout, onLost: null, EventConnector.ToPullAsync);
        queue = Channel.CreateBounded<byte[]>(
            new BoundedChannelOptions(forwarding.QueueSize) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true },
            _ => Interlocked.Increment(ref dropped));
        work = Task.Run(() => RunAsync(stop.Token));
    }

    public long Forwarded => Interlocked.Read(ref forwarded);

    public long Dropped => Interlocked.Read(ref dropped);

    public long Unconfirmed => Interlocked.Read(ref unconfirmed);

    public int Queued => queue.Reader.Count + Volatile.Read(ref sending);

    /// <summary>Takes the body of a <c>fire_master</c> event.</summary>
    public void Add(byte[] envelope) => queue.Writer.TryWrite(envelope);

    /// <summary>Sends what waits, as far as the master takes it within <paramref name="wait"/>; the rest is dropped and counted.</summary>
    public async Task StopAsync(TimeSpan wait)
    {
        queue.Writer.Complete();
        await Task.WhenAny(work, Task.Delay(wait)).ConfigureAwait(false);
        stop.Cancel();
        await work.ConfigureAwait(false);
        Interlocked.Add(ref dropped, Interlocked.Exchange(ref sending, 0));
        while (queue.Reader.TryRead(out _))
        {
            Interlocked.Increment(ref dropped);
        }

        master.Dispose();
        stop.Dispose();
    }

    private async Task RunAsync(CancellationToken token)
    {
        try
        {
            while (await queue.Reader.WaitToReadAsync(token).ConfigureAwait(false))
            {
                // Out of the queue, which could drop it while it is sent; until then it counts as waiting.
                while (queue.Reader.TryRead(out var envelope))
                {
                    Volatile.Write(ref sending, 1);
                    await ForwardAsync(envelope, token).ConfigureAwait(false);
                    Volatile.Write(ref sending, 0);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Stopped.
        }
    }

    private async Task ForwardAsync(byte[] envelope, CancellationToken token)
    {
        var bodies = MinionEvents.ForMaster(envelope, forwarding.MinionId, DateTime.UtcNow, out var refused);
        Interlocked.Add(ref dropped, refused);
        foreach (var body in bodies)
        {
            if (TryFrame(body) is { } frame)
            {
                await SendAsync(frame.Written, token).ConfigureAwait(false);
            }
        }
    }

    private ByteBuffer? TryFrame(byte[] body)
    {
        try
        {
            var isZeroMq = forwarding.Master.Pull is ZeroMqBusAddress;
            var written = isZeroMq ? EventCodec.ToZeroMq(body, forwarding.TagForm) : body;
            var frame = new ByteBuffer(FrameWriter.MaxFrameLength(written.Length));
            FrameWriter.Write(frame, written, isZeroMq ? FrameFormat.Map : forwarding.Format);
            return frame;
        }
        catch (InvalidEventException)
        {
            Interlocked.Increment(ref dropped); // a tag that the master's version cannot carry
            return null;
        }
    }

    private async Task SendAsync(ArraySegment<byte> frame, CancellationToken token)
    {
        var backoff = new Backoff();
        while (true)
        {
            try
            {
                await master.SendAsync(frame, token).ConfigureAwait(false);
                Interlocked.Increment(ref forwarded);
                return;
            }
            catch (DeliveryUnknownException)
            {
                Interlocked.Increment(ref unconfirmed);
                return;
            }
            catch (SaltEventException)
            {
                await Task.Delay(backoff.Next(), token).ConfigureAwait(false);
            }
            finally
            {
                Interlocked.Add(ref unconfirmed, master.TakeUnconfirmed());
            }
        }
    }
}
