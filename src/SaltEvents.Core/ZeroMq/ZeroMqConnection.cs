using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using SaltEvents.Core.Connections;
using SaltEvents.Core.Framing;
using SaltEvents.Core.Transport;

namespace SaltEvents.Core.ZeroMq;

/// <summary>
/// A ZeroMQ connection that looks like any other: each message is a body. NetMQ speaks to the peer over a <see cref="ZeroMqBridge"/>;
/// its socket belongs to the <see cref="ZeroMqLoop"/>. Sent means given to NetMQ, of which no more than <see cref="Window"/> and one
/// event are on their way at a time; Dispose waits for them, for a second at most, unless they are a question, whose answer is not
/// needed then.
/// </summary>
internal sealed partial class ZeroMqConnection : FrameConnection
{
    /// <summary>
    /// The tag of the event by which a subscriber sees that it is subscribed; not handed on. With its blank line it has 20 bytes, so that
    /// each version of Salt can read it.
    /// </summary>
    public const string SyncTag = "saltevents/probe/z";

    /// <summary>How many bytes NetMQ holds at most.</summary>
    private const int Window = 256 * 1024;

    private static readonly TimeSpan MaxLinger = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan SubscriptionTime = TimeSpan.FromSeconds(1);
    private readonly object sync = new();
    private readonly ZeroMqRole role;
    private readonly int maxMessageBytes;
    private readonly ZeroMqLoop loop = ZeroMqLoop.Enter();
    private readonly ZeroMqBridge bridge;
    private readonly AsyncSignal changed = new();
    private readonly TaskCompletionSource<bool> subscribed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task carrying;
    private readonly Func<bool> hasRoom;
    private long handed; // bytes on the wire that NetMQ was or is to be given, and before them what it had said by then
    private int disposed;
    private volatile bool knowsSubscriptions;

    /// <summary>Takes an open connection over; at a bus it is one that was accepted.</summary>
    /// <param name="remote">The connection.</param>
    /// <param name="role">What this end does.</param>
    /// <param name="prefixes">What a subscriber subscribes to, in this order.</param>
    /// <param name="maxMessageBytes">The longest message accepted from the peer, in bytes.</param>
    /// <exception cref="PlatformNotSupportedException">ZeroMQ over Unix sockets is for Linux.</exception>
    public ZeroMqConnection(
        SocketConnection remote,
        ZeroMqRole role,
        IReadOnlyList<byte[]>? prefixes = null,
        int maxMessageBytes = FrameLimits.DefaultMaxFrameBytes
    )
    {
        this.role = role;
        hasRoom = HasRoom;
        this.maxMessageBytes = role == ZeroMqRole.Publish ? ZeroMqSubscriptions.MaxBytes : maxMessageBytes;
        try
        {
            bridge = new ZeroMqBridge(
                remote,
                role,
                this.maxMessageBytes,
                changed.Set,
                token => WaitAsync(() => !Volatile.Read(ref isFull), token)
            );
        }
        catch
        {
            remote.Dispose();
            ZeroMqLoop.Leave();
            throw;
        }

        carrying = bridge.RunAsync();
        _ = carrying.ContinueWith(_ => loop.RunAsync(Finish), TaskScheduler.Default);
        _ = loop.RunAsync(() => Guarded(() => Open(prefixes ?? [])));
    }

    /// <summary>Completes when an event with the <see cref="SyncTag"/> has come: from here on no event is missed.</summary>
    public Task Subscribed => subscribed.Task;

    /// <summary>The forms of tags that the bus can have by what a listener has got, since it <see cref="WatchesForms"/>.</summary>
    public TagFormSet SeenForms => seenForms;

    /// <summary>Whether <see cref="SeenForms"/> is kept.</summary>
    public bool WatchesForms { get; set; }

    public override bool HasUnsent => Volatile.Read(ref closedByLoop) == 0 && Interlocked.Read(ref handed) > bridge.Sent;

    public override (long Events, long Bytes) Skipped
    {
        get
        {
            lock (sync)
            {
                return skipped;
            }
        }
    }

    public override int Available
    {
        get
        {
            lock (sync)
            {
                return arrived.Length;
            }
        }
    }

    public override ReadOnlySpan<byte> Unread => read < filled.Count ? filled.All.Bytes.AsSpan(filled.Offset(read)) : default;

    private TimeSpan Linger => role == ZeroMqRole.Request ? TimeSpan.Zero : MaxLinger;

    /// <summary>Waits until the peer has shown that it speaks ZeroMQ; false if it closed the connection instead.</summary>
    /// <exception cref="FrameFormatException">It does not speak ZeroMQ.</exception>
    public async Task<bool> WaitForGreetingAsync(CancellationToken token)
    {
        await WaitAsync(() => bridge.Greeting.IsComplete || bridge.RemoteState != PeerState.Open, token).ConfigureAwait(false);
        return bridge.Greeting is { IsNotZeroMq: true } greeting
            ? throw new FrameFormatException("this is not the greeting of a ZeroMQ socket", greeting.Bytes.AsSpan())
            : bridge.Greeting.IsComplete;
    }

    public override ValueTask WaitAsync(CancellationToken token) => WaitAsync(HasArrived, token);

    public override async ValueTask<bool> FillAsync(CancellationToken token)
    {
        await WaitAsync(token).ConfigureAwait(false);
        return TryFill();
    }

    public override int FillArrived() => TryFill() ? filled.Length : 0;

    public override bool TryRead(out ReadOnlySpan<byte> body)
    {
        body = read < filled.Count ? filled[read] : default;
        return read++ < filled.Count;
    }

    public override async Task WaitForEndAsync(CancellationToken token)
    {
        while (await FillAsync(token).ConfigureAwait(false))
        {
        }
    }

    public override async ValueTask<ConnectionEnd?> SendAsync(IReadOnlyList<FrameRun> runs, CancellationToken token)
    {
        if (role == ZeroMqRole.Publish && !knowsSubscriptions)
        {
            await WaitForSubscriptionAsync(token).ConfigureAwait(false);
        }

        foreach (var run in runs)
        {
            for (var next = run.First; next < run.End;)
            {
                await WaitAsync(hasRoom, token).ConfigureAwait(false);
                if (IsOver)
                {
                    return bridge.Problem is { } problem
                        ? new ConnectionEnd(ConnectionEndReason.Malformed, problem)
                        : new ConnectionEnd(ConnectionEndReason.Broken, new SocketException((int)SocketError.ConnectionReset));
                }

                next = Queue(run.Batch, next, run.End);
            }
        }

        return null;
    }

    public override PeerState Poll() => bridge.RemoteState switch
    {
        PeerState.Closed when Interlocked.Read(ref handed) > bridge.Sent => PeerState.Reset,
        var state => state,
    };

    public override ConnectionEnd? CloseSending()
    {
        _ = CloseSendingAsync();
        return null;
    }

    public override void Dispose()
    {
        if (Interlocked.Exchange(ref disposed, 1) != 0)
        {
            return;
        }

        var linger = Stopwatch.StartNew();
        WaitLinger(linger, () => !HasUnsent);
        loop.RunAsync(Close).GetAwaiter().GetResult();
        WaitLinger(linger, () => bridge.IsNearClosed);
        bridge.Dispose();
        changed.Set();
        // The thread ends after the last that the bridge has to say.
        _ = carrying.ContinueWith(_ => ZeroMqLoop.Leave(), TaskScheduler.Default);
    }

    // A subscriber gets what is published from the moment it is connected, as on a stream: until it has subscribed, events wait.
    private async Task WaitForSubscriptionAsync(CancellationToken token)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(token);
        limit.CancelAfter(SubscriptionTime);
        try
        {
            await WaitAsync(() => knowsSubscriptions || IsOver, limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!token.IsCancellationRequested)
        {
            // It wants nothing, as far as can be seen.
        }

        knowsSubscriptions = true;
    }

    private async Task CloseSendingAsync()
    {
        await WaitAsync(() => !HasUnsent || IsOver, CancellationToken.None).ConfigureAwait(false);
        await loop.RunAsync(Close).ConfigureAwait(false);
    }

    private bool IsOver => Volatile.Read(ref disposed) != 0 || bridge.RemoteState != PeerState.Open;

    private bool HasRoom() => IsOver || Interlocked.Read(ref handed) - bridge.Sent <= Window;

    private bool HasArrived()
    {
        lock (sync)
        {
            return arrived.Count > 0 || isFinished || Volatile.Read(ref disposed) != 0;
        }
    }

    private void WaitLinger(Stopwatch since, Func<bool> condition)
    {
        if (Interlocked.Read(ref handed) == 0 || since.Elapsed >= Linger)
        {
            return;
        }

        using var limit = new CancellationTokenSource(Linger - since.Elapsed);
        try
        {
            WaitAsync(() => condition() || bridge.RemoteState != PeerState.Open, limit.Token).AsTask().GetAwaiter().GetResult();
        }
        catch (OperationCanceledException)
        {
            // The peer does not read, and is not waited for any longer.
        }
    }

    // Waits until a condition holds; every change sets the signal.
    private async ValueTask WaitAsync(Func<bool> condition, CancellationToken token)
    {
        token.ThrowIfCancellationRequested();
        if (condition())
        {
            return;
        }

        using (token.Register(changed.Set))
        {
            while (true)
            {
                var next = changed.NextAsync();
                token.ThrowIfCancellationRequested();
                if (condition())
                {
                    return;
                }

                await next.ConfigureAwait(false);
            }
        }
    }
}
