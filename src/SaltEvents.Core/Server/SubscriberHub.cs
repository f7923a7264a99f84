using System;
using System.Collections.Generic;
using System.Linq;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using SaltEvents.Core.Framing;
using SaltEvents.Core.Protocols;
using SaltEvents.Core.Transport;

namespace SaltEvents.Core.Server;

/// <summary>
/// The pub side: accepts subscribers and gives every batch to all of them, in one order. A subscriber that was connected before an
/// event was sent gets it: connections that wait at the listener are accepted before each batch. That is why a thread waits for
/// connections without accepting them: a pending AcceptAsync could hold one that a batch passes by.
/// </summary>
internal sealed class SubscriberHub : IDisposable
{
    private const int AcceptRetryMilliseconds = 20;
    private const int LongestWaitMilliseconds = 250;
    private readonly BusListener listener;
    private readonly EventBusServerOptions options;
    private readonly ConnectionLimit limit;
    private readonly object gate = new();
    private readonly Dictionary<Subscriber, Task> subscribers = [];
    private readonly CancellationTokenSource stop = new();
    private readonly ManualResetEventSlim closing = new();
    private readonly Thread acceptor;
    private SaltEventSubscriber gone = new(0, default, 0, 0, 0, 0);
    private Subscriber[] current = [];
    private int lastId;
    private volatile bool closed;

    public SubscriberHub(BusListener listener, EventBusServerOptions options, ConnectionLimit limit)
    {
        this.listener = listener;
        this.options = options;
        this.limit = limit;
        acceptor = new Thread(AcceptUntilClosed) { IsBackground = true, Name = "SaltEvents pub " + listener.Address };
        acceptor.Start();
    }

    public IReadOnlyList<SaltEventSubscriber> Subscribers
    {
        get
        {
            lock (gate)
            {
                return current.Select(s => s.Counters).ToArray();
            }
        }
    }

    /// <summary>The sums of all subscribers, those that have gone included.</summary>
    public SaltEventSubscriber Totals
    {
        get
        {
            lock (gate)
            {
                return current.Select(s => s.Counters).Aggregate(gone, Add);
            }
        }
    }

    /// <summary>Gives a batch to every subscriber. The task completes once the sender may continue.</summary>
    public Task PublishAsync(FrameBatch batch)
    {
        lock (gate)
        {
            AcceptWaiting();
            List<Task>? full = null;
            foreach (var subscriber in current)
            {
                var canGoOn = subscriber.Queue.AddAsync(batch);
                if (!canGoOn.IsCompleted)
                {
                    (full ??= []).Add(canGoOn);
                }
            }

            return full is null ? Task.CompletedTask : Task.WhenAll(full);
        }
    }

    /// <summary>
    /// Accepts no more subscribers, lets those that are connected take what is queued for them, and then disconnects them.
    /// </summary>
    public async Task StopAsync(TimeSpan wait)
    {
        Task[] running;
        lock (gate)
        {
            closed = true;
            closing.Set();
            foreach (var subscriber in current)
            {
                subscriber.Queue.Complete();
            }

            running = [.. subscribers.Values];
        }

        // The acceptor waits in Poll: a connection of our own ends the wait at once.
        await WakeAsync().ConfigureAwait(false);
        acceptor.Join();
        listener.Dispose();
        var all = Task.WhenAll(running);
        await Task.WhenAny(all, Task.Delay(wait)).ConfigureAwait(false);
        stop.Cancel();
        await all.ConfigureAwait(false);
    }

    public void Dispose()
    {
        stop.Dispose();
        closing.Dispose();
    }

    private static SaltEventSubscriber Add(SaltEventSubscriber a, SaltEventSubscriber b) =>
        new(a.Id, a.ConnectedAt, a.EventsOut + b.EventsOut, a.BytesOut + b.BytesOut, a.Queued, a.Dropped + b.Dropped);

    private void AcceptUntilClosed()
    {
        while (!closed)
        {
            if (!listener.WaitForConnection(LongestWaitMilliseconds))
            {
                continue;
            }

            bool accepted;
            lock (gate)
            {
                accepted = AcceptWaiting();
            }

            if (!accepted)
            {
                // The publisher was faster, or no file handle is free: then the connection keeps waiting.
                closing.Wait(AcceptRetryMilliseconds);
            }
        }
    }

    // Under the gate, so that accepting and publishing have one order. Only the connections that waited when it began: a stream of
    // new ones must not hold up the events.
    private bool AcceptWaiting()
    {
        var taken = 0;
        for (; taken <= BusListener.Backlog && !closed && listener.TryAccept(out var accepted); taken++)
        {
            if (limit.Admit(accepted!, BusSide.Pub) is { } connection)
            {
                var subscriber = new Subscriber(++lastId, connection, options);
                subscribers.Add(subscriber, Task.Run(() => RunAsync(subscriber)));
                current = [.. subscribers.Keys];
            }
        }

        return taken > 0;
    }

    private async Task RunAsync(Subscriber subscriber)
    {
        await subscriber.RunAsync(stop.Token).ConfigureAwait(false);
        limit.Return();
        lock (gate)
        {
            subscribers.Remove(subscriber);
            current = [.. subscribers.Keys];
            gone = Add(gone, subscriber.Counters);
        }
    }

    private async Task WakeAsync()
    {
        try
        {
            using var self = await BusConnector
                .ConnectAsync(listener.Address, TimeSpan.FromSeconds(1), CancellationToken.None)
                .ConfigureAwait(false);
        }
        catch (Exception e) when (e is SaltEventException or SocketException)
        {
            // Its queue is full or its file is gone: the acceptor sees it soon without this.
        }
    }
}
