using System;
using System.Collections.Generic;
using System.Net.Sockets;
using System.Text;
using System.Threading;
using SaltEvents.Core.Framing;
using SaltEvents.Core.Transport;

namespace SaltEvents.Core.ZeroMq;

/// <content>What passes between the connection's user and NetMQ's socket, and what runs on the thread that owns the socket.</content>
internal sealed partial class ZeroMqConnection
{
    private const int ReadAhead = 256 * 1024;

    // What a listener may ask for, with something for each wish: a listener with a thousand long tags has a tenth of it.
    private const int MaxWantedBytes = 1024 * 1024;
    private const int WishBytes = 64;
    private static readonly byte[] SyncStart = Encoding.UTF8.GetBytes(SyncTag + "\n\n");
    private readonly Queue<byte[]> unsent = new(); // under sync
    private readonly List<byte[]> wanted = []; // the loop's alone, as the following
    private int wantedBytes;
    private volatile TagFormSet seenForms = TagFormSet.Any;
    private ZeroMqSocket? socket;
    private ZeroMqSocket.FrameHandler? handler;
    private bool isWatched;
    private int closedByLoop;
    private ByteBuffer arrived = new(); // under sync, as the following
    private int taken;
    private bool isSending;
    private bool isFull;
    private bool isFinished;
    private (long Events, long Bytes) passedOver;

    private void Open(IReadOnlyList<byte[]> prefixes)
    {
        handler = Arrive;
        socket = new ZeroMqSocket(role, maxMessageBytes);
        socket.Inner.ReceiveReady += (_, _) => Guarded(Receive);
        socket.Connect(bridge.Address);
        // After connecting, so that they reach the bus in their order.
        foreach (var prefix in prefixes)
        {
            socket.Subscribe(prefix);
        }

        if (role != ZeroMqRole.Push)
        {
            Watch(true);
        }

        Send();
    }

    private void Close()
    {
        if (Interlocked.Exchange(ref closedByLoop, 1) == 0 && socket is not null)
        {
            Watch(false);
            // Without a peer NetMQ would keep what it has until the time is over.
            socket.Close(Interlocked.Read(ref handed) > 0 && bridge.FarState == PeerState.Open ? Linger : TimeSpan.Zero);
        }
    }

    private void Watch(bool watch)
    {
        if (watch == isWatched)
        {
            return;
        }

        isWatched = watch;
        if (watch)
        {
            loop.Watch(socket!);
        }
        else
        {
            loop.Unwatch(socket!);
        }
    }

    // What NetMQ throws, an index out of range for an empty wish for one, ends this connection, not the thread of all of them.
    private void Guarded(Action work)
    {
        try
        {
            if (Volatile.Read(ref closedByLoop) == 0)
            {
                work();
            }
        }
        catch (Exception)
        {
            bridge.Dispose();
        }
    }

    // NetMQ has read everything; what it holds is taken before the end shows.
    private void Finish()
    {
        lock (sync)
        {
            Guarded(() =>
            {
                while (socket is not null && socket.TryReceive(handler!))
                {
                }
            });
            isFinished = true;
        }

        changed.Set();
    }

    private void Receive()
    {
        lock (sync)
        {
            isFull = false;
            while (!isFull && socket!.TryReceive(handler!))
            {
                isFull = arrived.Length - taken >= ReadAhead;
            }

            Watch(!isFull);
        }

        changed.Set();
    }

    private void Arrive(ReadOnlySpan<byte> frame)
    {
        if (WatchesForms && TagForms.IsSeveral(seenForms))
        {
            seenForms &= TagForms.PossibleFor(frame);
        }

        switch (role)
        {
            case ZeroMqRole.Publish:
                Want(frame);
                break;
            case ZeroMqRole.Subscribe when frame.StartsWith(SyncStart):
                subscribed.TrySetResult(true);
                break;
            case ZeroMqRole.Request when frame.IsEmpty:
                break; // what stands before an answer
            default:
                FrameWriter.Write(arrived, frame);
                break;
        }
    }

    // A listener's wish: 1 and the start of the tags that it wants, or 0 and what it does not want any more.
    private void Want(ReadOnlySpan<byte> wish)
    {
        if (wish.IsEmpty || wish[0] > 1)
        {
            return;
        }

        var prefix = wish.Slice(1).ToArray();
        if (wish[0] == 1)
        {
            wantedBytes += prefix.Length + WishBytes;
            if (wantedBytes > MaxWantedBytes)
            {
                throw new InvalidOperationException("A listener asks for too much."); // its connection ends with it
            }

            wanted.Add(prefix);
            socket!.Subscribe([]);
            knowsWishes = true;
        }
        else if (wanted.FindIndex(w => w.AsSpan().SequenceEqual(prefix)) is var index and >= 0)
        {
            wantedBytes -= prefix.Length + WishBytes;
            wanted.RemoveAt(index);
        }
    }

    private bool IsWanted(byte[] body)
    {
        foreach (var prefix in wanted)
        {
            if (body.AsSpan().StartsWith(prefix))
            {
                return true;
            }
        }

        return false;
    }

    private bool TryTake(ArraySegment<byte> buffer, out int count)
    {
        lock (sync)
        {
            count = Math.Min(arrived.Length - taken, buffer.Count);
            if (count == 0)
            {
                var isDisposed = Volatile.Read(ref disposed) != 0;
                if (isFinished && !isDisposed && bridge.Problem is { } problem)
                {
                    throw problem;
                }

                return isFinished && Look() == PeerState.Reset && !isDisposed
                    ? throw new SocketException((int)SocketError.ConnectionReset)
                    : isFinished || isDisposed;
            }

            Buffer.BlockCopy(arrived.Written.Array!, taken, buffer.Array!, buffer.Offset, count);
            taken += count;
            if (taken == arrived.Length)
            {
                taken = 0;
                arrived.Clear();
                if (arrived.Written.Array!.Length > 2 * ReadAhead)
                {
                    arrived = new ByteBuffer(); // one big event must not cost its size for ever
                }

                if (isFull)
                {
                    isFull = false;
                    loop.Run(() => Guarded(Receive));
                }
            }

            return true;
        }
    }

    // Passes on the frames that are complete.
    private void Queue()
    {
        bool starts;
        lock (sync)
        {
            while (outgoing.TryRead(out var body))
            {
                Interlocked.CompareExchange(ref handed, bridge.Sent, 0);
                unsent.Enqueue(body.ToArray());
                Interlocked.Add(ref handed, WireLength(body.Length));
            }

            starts = !isSending && unsent.Count > 0;
            isSending |= starts;
        }

        if (starts)
        {
            loop.Run(() => Guarded(Send));
        }
    }

    private void Send()
    {
        while (TryNext(out var body))
        {
            var isWanted = role != ZeroMqRole.Publish || IsWanted(body);
            if (isWanted && !(TrySendEnvelope() && socket!.TrySend(body)))
            {
                throw new SocketException((int)SocketError.NotConnected);
            }

            var onWire = isWanted ? body.Length : 0;
            lock (sync)
            {
                passedOver.Events += isWanted ? 0 : 1;
                passedOver.Bytes += FrameWriter.FrameLength(body.Length) - onWire;
            }

            if (!isWanted)
            {
                Interlocked.Add(ref handed, -WireLength(body.Length));
                changed.Set();
            }
        }
    }

    // A question has an empty frame before it.
    private bool TrySendEnvelope() => role != ZeroMqRole.Request || socket!.TrySend([], more: true);

    private int WireLength(int bodyLength) => bridge.Greeting.WireLength(bodyLength) + (role == ZeroMqRole.Request ? bridge.Greeting.WireLength(0) : 0);

    private bool TryNext(out byte[] body)
    {
        lock (sync)
        {
            // Before the socket is there, what is to be sent waits: opening it sends it.
            isSending = socket is not null && unsent.Count > 0;
            body = isSending ? unsent.Dequeue() : [];
            return isSending;
        }
    }
}
