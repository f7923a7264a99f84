using System;
using System.Diagnostics;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using SaltEvents.Core.Framing;
using SaltEvents.Core.Protocols;
using SaltEvents.Core.Transport;

namespace SaltEvents.Core.Client;

/// <summary>
/// The way to a bus's pull socket, over one connection that is opened when needed and kept. It sends whole frames:
/// it tries again, once, only where the socket did not accept every byte of the frame, so that no event is fired twice.
/// </summary>
/// <param name="endpoint">The bus.</param>
/// <param name="connectTimeout">How long connecting may take.</param>
/// <param name="sendTimeout">How long the socket may take to accept one frame.</param>
/// <param name="onLost">Called when the bus is seen to have gone.</param>
internal sealed class PullChannel(
    BusEndpoint endpoint,
    TimeSpan connectTimeout,
    TimeSpan sendTimeout,
    Action? onLost = null) : IDisposable
{
    // How soon after an event a bus that closes the connection may have closed it because of the event, or without publishing it.
    private static readonly TimeSpan RightAfter = TimeSpan.FromSeconds(1);
    private readonly BusAddress address = endpoint.Pull;
    private readonly SemaphoreSlim gate = new(1, 1);
    private readonly CancellationTokenSource closing = new();
    private BusConnection? connection;
    private string? bus; // that the connection is to; null where that cannot be told
    private int sentOnConnection;
    private long lastSent; // by the stopwatch
    private int unconfirmed;

    /// <summary>How many connections there have been: what is known about a bus is known for its connection.</summary>
    public int Connections { get; private set; }

    /// <summary>Connects, if that has not been done, so that a bus that is not there is an error before anything is sent.</summary>
    /// <exception cref="BusConnectionException">The channel was disposed.</exception>
    public Task ConnectAsync(CancellationToken token) => AloneAsync(OpenAsync, token);

    /// <inheritdoc cref="SendAsync(Func{CancellationToken, ValueTask{ArraySegment{byte}}}, CancellationToken)"/>
    public Task SendAsync(ArraySegment<byte> frame, CancellationToken token) => SendAsync(_ => new ValueTask<ArraySegment<byte>>(frame), token);

    /// <param name="frame">Makes the frame once the connection is open, for each attempt.</param>
    /// <param name="token">Ends it.</param>
    /// <exception cref="DeliveryUnknownException">Every byte was accepted and the bus went away at once.</exception>
    /// <exception cref="BusConnectionException">The bus went away twice, or took no bytes in time, or the channel was disposed; the bus has no whole frame.</exception>
    /// <exception cref="FrameFormatException">It is no stream of events that listens there; nothing sent over this connection was fired.</exception>
    public Task SendAsync(Func<CancellationToken, ValueTask<ArraySegment<byte>>> frame, CancellationToken token) => AloneAsync(
        async t =>
        {
            var failure = await TrySendAsync(frame, t).ConfigureAwait(false);
            if (failure is not null)
            {
                failure = await TrySendAsync(frame, t).ConfigureAwait(false);
            }

            return failure is null
                ? true
                : throw new BusConnectionException(address, $"The bus at {address} went away while the event was sent, twice; it was not fired ({failure.Message}).", failure);
        },
        token);

    /// <summary>
    /// Ends the connection and waits until the bus has read all of it, which it shows by closing its own end.
    /// Returns false where that did not show within <paramref name="wait"/>; the bytes are with the system then.
    /// </summary>
    /// <exception cref="DeliveryUnknownException">The bus went away with events of ours unread.</exception>
    /// <exception cref="FrameFormatException">It is no stream of events that listens there; nothing sent over this connection was fired.</exception>
    public Task<bool> CompleteAsync(TimeSpan wait, CancellationToken token) => AloneAsync(
        async t => connection is not { } open || sentOnConnection == 0 || await CompleteAsync(open, wait, t).ConfigureAwait(false),
        token);

    /// <summary>How many frames went to connections that the bus then broke off with bytes unread, since this was last asked.</summary>
    public int TakeUnconfirmed() => Interlocked.Exchange(ref unconfirmed, 0);

    /// <summary>The error for frames that the bus may not have read.</summary>
    public DeliveryUnknownException Unknown(int frames, Exception? cause = null) => new(
        address,
        frames == 1
            ? $"The bus at {address} went away and may not have published the event. It is not sent again, so that it is not fired twice."
            : $"The bus at {address} went away and may not have published the last of the {frames} events sent to it. They are not sent again, so that none is fired twice.",
        cause);

    /// <summary>Closes the connection. Who sends over it meanwhile gets an error that says so.</summary>
    public void Dispose()
    {
        closing.Cancel();
        Drop();
    }

    // One at a time, until the channel is disposed.
    private async Task<T> AloneAsync<T>(Func<CancellationToken, Task<T>> work, CancellationToken token)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(token, closing.Token);
        try
        {
            await gate.WaitAsync(end.Token).ConfigureAwait(false);
            try
            {
                return await work(end.Token).ConfigureAwait(false);
            }
            finally
            {
                gate.Release();
            }
        }
        catch (Exception e) when (closing.IsCancellationRequested && e is OperationCanceledException or ObjectDisposedException or SocketException)
        {
            throw new BusConnectionException(address, $"The connection to the bus at {address} was closed while it was used; an event that was being sent was not fired.", e);
        }
    }

    private async Task<bool> CompleteAsync(BusConnection open, TimeSpan wait, CancellationToken token)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(token);
        limit.CancelAfter(wait);
        try
        {
            var state = open.Look();
            if (state == PeerState.Reset || (state == PeerState.Closed && MayHaveRefused()))
            {
                onLost?.Invoke();
                throw Unknown(sentOnConnection);
            }

            open.CloseSending();
            var buffer = new ArraySegment<byte>(new byte[256]);
            var count = await open.ReceiveAsync(buffer, limit.Token).ConfigureAwait(false);
            return count == 0 ? true : throw Foreign(buffer.AsSpan(0, count));
        }
        catch (OperationCanceledException) when (!token.IsCancellationRequested)
        {
            return false;
        }
        catch (SocketException e)
        {
            onLost?.Invoke();
            throw Unknown(sentOnConnection, e);
        }
        finally
        {
            Drop();
        }
    }

    // Returns the error where not every byte was accepted: the bus cannot have the whole frame.
    private async Task<SocketException?> TrySendAsync(Func<CancellationToken, ValueTask<ArraySegment<byte>>> makeFrame, CancellationToken token)
    {
        var open = await OpenAsync(token).ConfigureAwait(false);
        var frame = await makeFrame(token).ConfigureAwait(false);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(token);
        limit.CancelAfter(sendTimeout);
        try
        {
            await open.SendAllAsync(frame, limit.Token).ConfigureAwait(false);
        }
        catch (SocketException e)
        {
            Interlocked.Add(ref unconfirmed, sentOnConnection);
            Drop();
            onLost?.Invoke();
            return e;
        }
        catch (Exception e)
        {
            // A part of the frame may be out: closing makes the bus discard it.
            if (open.HasUnsent)
            {
                Interlocked.Add(ref unconfirmed, sentOnConnection);
            }

            Drop();
            throw e is OperationCanceledException && !token.IsCancellationRequested
                ? new BusConnectionException(address, $"The bus at {address} took no event within {sendTimeout.TotalSeconds:0.###} s; the event was not fired.", e)
                : e;
        }

        var state = open.Look();
        if (state is PeerState.Open or PeerState.Speaking)
        {
            sentOnConnection++;
            lastSent = Stopwatch.GetTimestamp();
            return state == PeerState.Open ? null : throw Dropped(open);
        }

        if (state == PeerState.Reset)
        {
            Interlocked.Add(ref unconfirmed, sentOnConnection);
        }

        Drop();
        onLost?.Invoke();
        throw Unknown(1);
    }

    private async Task<BusConnection> OpenAsync(CancellationToken token)
    {
        var state = connection?.Look() ?? PeerState.Closed;
        if (state == PeerState.Open)
        {
            return connection!;
        }

        if (state == PeerState.Speaking)
        {
            throw Dropped(connection!);
        }

        if (connection is not null)
        {
            onLost?.Invoke();
        }

        if (state == PeerState.Reset || MayHaveRefused())
        {
            Interlocked.Add(ref unconfirmed, sentOnConnection);
        }

        Drop();
        var open = connection = await endpoint.Protocol.ConnectToPullAsync(address, connectTimeout, token).ConfigureAwait(false);
        bus = BusIdentity.Of(address);
        Connections++;
        if (closing.IsCancellationRequested)
        {
            Drop(); // disposed meanwhile, which found nothing to close
        }

        return open;
    }

    // Whether a bus that has closed the connection, with everything read, may not have published the last of it: no bus that runs on
    // closes a sender's connection unless it cannot read what was sent, and one that ends may do so between reading and publishing.
    private bool MayHaveRefused() => sentOnConnection > 0
        && (Stopwatch.GetTimestamp() - lastSent < RightAfter.TotalSeconds * Stopwatch.Frequency || (bus is not null && BusIdentity.Of(address) == bus));

    private FrameFormatException Dropped(BusConnection open)
    {
        var buffer = new ArraySegment<byte>(new byte[256]);
        var error = Foreign(buffer.AsSpan(0, open.ReceiveArrived(buffer)));
        Drop();
        onLost?.Invoke();
        return error;
    }

    // A bus of streams says nothing to who fires; ZeroMQ greets.
    private FrameFormatException Foreign(ReadOnlySpan<byte> said) =>
        new($"{address} answers whoever fires, which no stream of Salt events does; {(sentOnConnection > 1 ? $"the {sentOnConnection} events sent to it were" : "the event was")} not fired", said);

    private void Drop()
    {
        Interlocked.Exchange(ref connection, null)?.Dispose();
        sentOnConnection = 0;
    }
}
