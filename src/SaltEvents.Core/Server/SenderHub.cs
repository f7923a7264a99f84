using System;
using System.Collections.Generic;
using System.Linq;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using SaltEvents.Core.Protocols;
using SaltEvents.Core.Transport;

namespace SaltEvents.Core.Server;

/// <summary>
/// The pull side: accepts senders and serves them in the order in which they came. What was sent on any connection before
/// another one was opened goes out before what is sent on that, so that a sender's short connections keep its order.
/// </summary>
internal sealed class SenderHub
{
    private static readonly TimeSpan AcceptRetry = TimeSpan.FromMilliseconds(20);
    private readonly BusListener listener;
    private readonly SubscriberHub hub;
    private readonly EventBusServerOptions options;
    private readonly MasterForwarder? forwarder;
    private readonly ConnectionLimit limit;
    private readonly LinkedList<Sender> senders = []; // under its lock, in the order of connecting
    private readonly CancellationTokenSource stop = new();
    private readonly CancellationTokenSource end = new();
    private readonly Task stopping;
    private readonly Task accepting;
    private Task turn = Task.CompletedTask; // of the senders that were accepted last

    public SenderHub(
        BusListener listener,
        SubscriberHub hub,
        EventBusServerOptions options,
        MasterForwarder? forwarder,
        ConnectionLimit limit
    )
    {
        this.listener = listener;
        this.hub = hub;
        this.options = options;
        this.forwarder = forwarder;
        this.limit = limit;
        stopping = Task.Delay(Timeout.Infinite, stop.Token);
        accepting = Task.Run(AcceptAsync);
    }

    /// <summary>What came in.</summary>
    public PullCounters Counters { get; } = new();

    /// <summary>Senders connected now.</summary>
    public int Count
    {
        get
        {
            lock (senders)
            {
                return senders.Count;
            }
        }
    }

    /// <summary>
    /// Accepts the connections that wait at the listener, and no later ones; what has been sent is relayed within <paramref name="wait"/>.
    /// </summary>
    /// <returns>Completes when the last sender has been let go, which <see cref="SubscriberHub.StopAsync"/> may be needed for.</returns>
    public async Task<Task> StopAsync(TimeSpan wait)
    {
        stop.Cancel();
        await accepting.ConfigureAwait(false);
        Serve(TakeWaiting());
        listener.Dispose();
        Task relayed;
        lock (senders)
        {
            relayed = Task.WhenAll(senders.Select(s => s.Running).ToArray());
        }

        await Task.WhenAny(relayed, Task.Delay(wait)).ConfigureAwait(false);
        end.Cancel();
        return relayed;
    }

    public void Dispose()
    {
        stop.Dispose();
        end.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                var first = await listener.AcceptAsync(stop.Token).ConfigureAwait(false);
                Serve([.. Admit(first), .. TakeWaiting()]);
            }
            catch (SocketException) when (!stop.IsCancellationRequested)
            {
                // Too many open files, or a peer that left before it was accepted: the next one may succeed.
                await Task.Delay(AcceptRetry).ConfigureAwait(false);
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException or SocketException)
            {
                return;
            }
        }
    }

    private List<PullSession> TakeWaiting()
    {
        var taken = new List<PullSession>();
        for (var i = 0; i < BusListener.Backlog && listener.TryAccept(out var waiting); i++)
        {
            taken.AddRange(Admit(waiting!));
        }

        return taken;
    }

    private PullSession[] Admit(SocketConnection accepted) =>
        limit.Admit(accepted, BusSide.Pull) is { } connection ? [new PullSession(connection, hub, Counters, options, forwarder)] : [];

    private void Serve(List<PullSession> newcomers)
    {
        List<LinkedListNode<Sender>> nodes;
        lock (senders)
        {
            nodes = newcomers.ConvertAll(session => senders.AddLast(new Sender(session)));
        }

        turn = TakeTurnAsync(turn, nodes);
        // Not on the accepting task: while a sender's bytes are there already, its session never waits.
        nodes.ForEach(node => node.Value.Running = Task.Run(() => RunAsync(node, turn)));
    }

    // What earlier senders have sent by now goes first; then what the new ones have sent, one after the other.
    private async Task TakeTurnAsync(Task previous, List<LinkedListNode<Sender>> newcomers)
    {
        await previous.ConfigureAwait(false);
        foreach (var session in UpTo(newcomers))
        {
            var caughtUp = session.CatchUpAsync();
            if (!caughtUp.IsCompleted)
            {
                await Task.WhenAny(caughtUp, stopping).ConfigureAwait(false); // a sender can wait for room long, under Block
            }
        }
    }

    // None of the newcomers has gone: they have not been served.
    private List<PullSession> UpTo(List<LinkedListNode<Sender>> newcomers)
    {
        var sessions = new List<PullSession>();
        lock (senders)
        {
            var after = newcomers.Count > 0 ? newcomers[newcomers.Count - 1].Next : senders.First;
            for (var node = senders.First; node != after; node = node!.Next)
            {
                sessions.Add(node!.Value.Session);
            }
        }

        return sessions;
    }

    private async Task RunAsync(LinkedListNode<Sender> node, Task turn)
    {
        try
        {
            await turn.ConfigureAwait(false);
            await node.Value.Session.RunAsync(stop.Token, end.Token).ConfigureAwait(false);
        }
        finally
        {
            limit.Return();
            lock (senders)
            {
                senders.Remove(node);
            }
        }
    }

    private sealed class Sender(PullSession session)
    {
        public PullSession Session => session;

        public Task Running { get; set; } = Task.CompletedTask;
    }
}
