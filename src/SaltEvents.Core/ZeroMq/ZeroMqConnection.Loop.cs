using System;
using System.Collections.Generic;
using System.Net.Sockets;
using System.Text;
using System.Threading;
using SaltEvents.Core.Connections;
using SaltEvents.Core.Framing;
using SaltEvents.Core.Transport;

namespace SaltEvents.Core.ZeroMq;

/// <content>What passes between the connection's user and NetMQ's socket, and what runs on the thread that owns the socket.</content>
internal sealed partial class ZeroMqConnection
{
    private const int ReadAhead = 256 * 1024;
    private const int InitialBytes = 1024;

    private static readonly byte[] SyncStart = Encoding.UTF8.GetBytes(SyncTag + "\n\n");
    private readonly ZeroMqSubscriptions subscriptions = new(); // used by the loop only, as the following
    private Queue<byte[]> sending = new(); // empty except while it is sent
    private volatile TagFormSet seenForms = TagFormSet.Any;
    private ZeroMqSocket? socket;
    private ZeroMqSocket.FrameHandler? handler;
    private bool isWatched;
    private int closedByLoop;
    private FrameBatch filled = new(InitialBytes); // used by the reader only
    private int read;
    private FrameBatch arrived = new(InitialBytes); // under sync, as the following
    private Queue<byte[]> unsent = new();
    private bool isSending;
    private bool isFull;
    private bool isFinished;
    private (long Events, long Bytes) skipped;

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
            socket.Close(Interlocked.Read(ref handed) > 0 && bridge.RemoteState == PeerState.Open ? Linger : TimeSpan.Zero);
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

    // What NetMQ throws, such as an index out of range for an empty subscription, ends this connection and not the thread of all of them.
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
                isFull = arrived.Length >= ReadAhead;
            }

            Watch(!isFull);
        }

        changed.Set();
    }

    private void Arrive(ReadOnlySpan<byte> frame)
    {
        if (WatchesForms && TagEncoding.IsSeveral(seenForms))
        {
            seenForms &= TagEncoding.PossibleFor(frame);
        }

        switch (role)
        {
            case ZeroMqRole.Publish:
                ChangeSubscription(frame);
                break;
            case ZeroMqRole.Subscribe when frame.StartsWith(SyncStart):
                subscribed.TrySetResult(true);
                break;
            case ZeroMqRole.Request when frame.IsEmpty:
                break; // what precedes an answer
            default:
                arrived.AddMessage(frame);
                break;
        }
    }

    private void ChangeSubscription(ReadOnlySpan<byte> message)
    {
        if (subscriptions.Change(message))
        {
            socket!.Subscribe([]); // everything: what is sent is chosen here
            knowsSubscriptions = true;
        }
    }

    // Takes over all that has arrived; false once nothing can come any more.
    private bool TryFill()
    {
        lock (sync)
        {
            read = 0;
            filled.Clear();
            if (filled.Bytes.Length > 2 * ReadAhead)
            {
                filled = new FrameBatch(InitialBytes); // one big event must not occupy its size forever
            }

            if (arrived.Count == 0)
            {
                return !(isFinished || Volatile.Read(ref disposed) != 0) || EndReading();
            }

            (filled, arrived) = (arrived, filled);
            if (isFull)
            {
                isFull = false;
                _ = loop.RunAsync(() => Guarded(Receive));
            }

            return true;
        }
    }

    private bool EndReading()
    {
        return Volatile.Read(ref disposed) != 0 ? EndReading(ConnectionEndReason.Closed)
            : bridge.Problem is { } problem ? EndReading(ConnectionEndReason.Malformed, problem)
            : Poll() == PeerState.Reset ? EndReading(ConnectionEndReason.Broken, new SocketException((int)SocketError.ConnectionReset))
            : EndReading(ConnectionEndReason.Closed);
    }

    // Passes messages on, as many as there is room for, and at least one; returns the first that is left.
    private int Queue(FrameBatch batch, int next, int end)
    {
        bool starts;
        lock (sync)
        {
            do
            {
                var body = batch[next++].ToArray();
                Interlocked.CompareExchange(ref handed, bridge.Sent, 0);
                unsent.Enqueue(body);
                Interlocked.Add(ref handed, WireLength(body.Length));
            }
            while (next < end && HasRoom());

            starts = !isSending;
            isSending = true;
        }

        if (starts)
        {
            _ = loop.RunAsync(() => Guarded(Send));
        }

        return next;
    }

    private void Send()
    {
        while (TakeUnsent())
        {
            var (events, bytes, wireBytes) = (0L, 0L, 0L);
            while (sending.Count > 0)
            {
                var body = sending.Dequeue();
                if (role == ZeroMqRole.Publish && !subscriptions.Includes(body))
                {
                    (events, bytes, wireBytes) = (events + 1, bytes + body.Length, wireBytes + WireLength(body.Length));
                }
                else if (!(TrySendEnvelope() && socket!.TrySend(body)))
                {
                    throw new SocketException((int)SocketError.NotConnected);
                }
            }

            if (events > 0)
            {
                CountSkipped(events, bytes, wireBytes);
            }
        }
    }

    private void CountSkipped(long events, long bytes, long wireBytes)
    {
        lock (sync)
        {
            skipped = (skipped.Events + events, skipped.Bytes + bytes);
        }

        Interlocked.Add(ref handed, -wireBytes);
        changed.Set();
    }

    // A question has an empty frame before it.
    private bool TrySendEnvelope() => role != ZeroMqRole.Request || socket!.TrySend([], more: true);

    private int WireLength(int bodyLength) =>
        bridge.Greeting.WireLength(bodyLength) + (role == ZeroMqRole.Request ? bridge.Greeting.WireLength(0) : 0);

    // All of it at once: a lock for each message would cost as much as the message.
    private bool TakeUnsent()
    {
        lock (sync)
        {
            // Before the socket is there, what is to be sent waits: opening it sends it.
            isSending = socket is not null && unsent.Count > 0;
            if (isSending)
            {
                (unsent, sending) = (sending, unsent);
            }

            return isSending;
        }
    }
}
