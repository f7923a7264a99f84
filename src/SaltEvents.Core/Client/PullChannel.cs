using System;
using System.Diagnostics;
using System.Threading;
using System.Threading.Tasks;
using SaltEvents.Core.Connections;
using SaltEvents.Core.Framing;
using SaltEvents.Core.Protocols;
using SaltEvents.Core.Transport;

namespace SaltEvents.Core.Client;

/// <summary>
/// Sends complete frames to a bus's pull socket, over one connection that is opened when needed and kept. It distinguishes frames that the
/// bus cannot have received, which can be sent again, from those that it may have received, so that no event is fired twice.
/// </summary>
/// <param name="endpoint">The bus.</param>
/// <param name="connectTimeout">How long connecting may take.</param>
/// <param name="sendTimeout">How long the socket may take to accept one frame.</param>
/// <param name="onLost">Called when the bus turns out to be gone.</param>
internal sealed class PullChannel(
    BusEndpoint endpoint,
    TimeSpan connectTimeout,
    TimeSpan sendTimeout,
    Action? onLost = null) : IDisposable
{
    // How long after an event a bus that closes the connection may have closed it because of the event, or without publishing it.
    private static readonly TimeSpan RightAfter = TimeSpan.FromSeconds(1);
    private readonly BusAddress address = endpoint.Pull;
    private readonly SemaphoreSlim gate = new(1, 1);
    private readonly CancellationTokenSource closing = new();
    private FrameConnection? connection;
    private string? bus; // the identity of the connected bus; null if unknown
    private int connections;
    private int sentOnConnection;
    private long lastSent; // by the stopwatch
    private int unconfirmed;

    /// <summary>Connects, unless the connection is open.</summary>
    /// <returns>The number of the connection: what is known about a bus is known for its connection.</returns>
    /// <exception cref="BusException">The channel was disposed.</exception>
    /// <exception cref="FrameFormatException">The server there does not send a stream of events; nothing sent over this connection was
    /// fired.</exception>
    public ValueTask<int> ConnectAsync(CancellationToken token) => RunExclusiveAsync(OpenAsync, token);

    /// <summary>Sends frames over the connection of that number.</summary>
    /// <returns>Null if it accepted every byte, otherwise why not: the bus does not have the last frame, which can be sent over another
    /// connection.</returns>
    /// <exception cref="BusException">Every byte was accepted and the bus went away at once.</exception>
    /// <exception cref="BusException">The bus accepted no bytes in time, or the channel was disposed; the bus does not have the last
    /// frame.</exception>
    /// <exception cref="FrameFormatException">The server there does not send a stream of events; nothing sent over this connection was
    /// fired.</exception>
    public ValueTask<ConnectionEnd?> TrySendAsync(int number, FrameRun frames, CancellationToken token) =>
        RunExclusiveAsync(
            t =>
                connection is { } open && number == connections
                    ? TrySendAsync(open, frames, t)
                    : new ValueTask<ConnectionEnd?>(new ConnectionEnd(ConnectionEndReason.Closed)),
            token
        );

    /// <summary>
    /// Ends the connection and waits until the bus has read all of it, which it shows by closing its own end.
    /// Returns false if that did not happen within <paramref name="wait"/>; the operating system has the bytes then.
    /// </summary>
    /// <exception cref="BusException">The bus went away with unread events.</exception>
    /// <exception cref="FrameFormatException">The server there does not send a stream of events; nothing sent over this connection was
    /// fired.</exception>
    public ValueTask<bool> CompleteAsync(TimeSpan wait, CancellationToken token) => RunExclusiveAsync(
        async t => connection is not { } open || sentOnConnection == 0 || await CompleteAsync(open, wait, t.Token).ConfigureAwait(false),
        token);

    /// <summary>How many frames went to connections that the bus then broke with bytes unread, since the last call.</summary>
    public int ReadAndResetUnconfirmed() => Interlocked.Exchange(ref unconfirmed, 0);

    /// <summary>The error for frames that the bus may not have read.</summary>
    public BusException DeliveryUnknown(int frames, Exception? cause = null) =>
        new(
            BusReason.DeliveryUnknown,
            address,
            frames == 1
                ? $"The bus at {address} went away and may not have published the event. It is not sent again, so that it is not fired twice."
                : $"The bus at {address} went away and may not have published the last of the {frames} events sent to it. They are not sent again, so that no event is fired twice.",
            cause
        );

    /// <summary>Closes the connection. A sender that is using it gets an error that says so.</summary>
    public void Dispose()
    {
        closing.Cancel();
        Drop();
    }

    // One at a time, until the channel is disposed.
    private async ValueTask<T> RunExclusiveAsync<T>(Func<LinkedToken, ValueTask<T>> work, CancellationToken token)
    {
        using var end = new LinkedToken(token, closing.Token);
        try
        {
            token.ThrowIfCancellationRequested();
            closing.Token.ThrowIfCancellationRequested();
            if (!gate.Wait(0))
            {
                await gate.WaitAsync(end.Token).ConfigureAwait(false);
            }

            try
            {
                return await work(end).ConfigureAwait(false);
            }
            finally
            {
                gate.Release();
            }
        }
        catch (Exception e) when (closing.IsCancellationRequested && e is OperationCanceledException or ObjectDisposedException)
        {
            throw new BusException(
                BusReason.ConnectionLost,
                address,
                $"The connection to the bus at {address} was closed while it was in use; an event that was being sent was not fired.",
                e
            );
        }
    }

    private async Task<bool> CompleteAsync(FrameConnection open, TimeSpan wait, CancellationToken token)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(token);
        limit.CancelAfter(wait);
        try
        {
            var state = open.Poll();
            if (state == PeerState.Reset || (state == PeerState.Closed && MayHaveRefused()))
            {
                throw Lost(sentOnConnection);
            }

            if (open.CloseSending() is { } unsent)
            {
                throw Lost(sentOnConnection, unsent.Cause);
            }

            if (await open.FillAsync(limit.Token).ConfigureAwait(false))
            {
                throw UnexpectedReply(open.Unread);
            }

            closing.Token.ThrowIfCancellationRequested();
            return open.End!.Reason switch
            {
                ConnectionEndReason.Closed => true,
                ConnectionEndReason.Malformed => throw open.End.Cause!,
                _ => throw Lost(sentOnConnection, open.End.Cause),
            };
        }
        catch (OperationCanceledException) when (!token.IsCancellationRequested)
        {
            return false;
        }
        finally
        {
            Drop();
        }
    }

    private async ValueTask<ConnectionEnd?> TrySendAsync(FrameConnection open, FrameRun frames, LinkedToken token)
    {
        var end = open.SendNow(ref frames);
        if (end is null && frames.Bytes.Count > 0)
        {
            end = await SendRestAsync(open, frames, token.Token).ConfigureAwait(false);
        }

        if (end is not null)
        {
            closing.Token.ThrowIfCancellationRequested();
            DropUnconfirmed(end.Reason != ConnectionEndReason.Malformed || open.HasUnsent);
            onLost?.Invoke();
            return end.Reason == ConnectionEndReason.Malformed ? throw end.Cause! : end;
        }

        var state = open.Poll();
        if (state is PeerState.Open or PeerState.Speaking)
        {
            sentOnConnection++;
            lastSent = Stopwatch.GetTimestamp();
            return state == PeerState.Open ? null : throw NotASaltBus(open);
        }

        DropUnconfirmed(state == PeerState.Reset);
        throw Lost(1);
    }

    // A part of the frame may have been sent: closing makes the bus discard it.
    private async Task<ConnectionEnd?> SendRestAsync(FrameConnection open, FrameRun rest, CancellationToken token)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(token);
        limit.CancelAfter(sendTimeout);
        try
        {
            return await open.SendAsync([rest], limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException e)
        {
            DropUnconfirmed(open.HasUnsent);
            throw token.IsCancellationRequested
                ? e
                : new BusException(
                    BusReason.ConnectionLost,
                    address,
                    FormattableString.Invariant(
                        $"The bus at {address} accepted no event within {sendTimeout.TotalSeconds:0.###} s; the event was not fired."
                    ),
                    e
                );
        }
    }

    private async ValueTask<int> OpenAsync(LinkedToken token)
    {
        var state = connection?.Poll() ?? PeerState.Closed;
        if (state == PeerState.Open)
        {
            return connections;
        }

        if (state == PeerState.Speaking)
        {
            throw NotASaltBus(connection!);
        }

        if (connection is not null)
        {
            onLost?.Invoke();
        }

        DropUnconfirmed(state == PeerState.Reset || MayHaveRefused());
        connection = await endpoint.Protocol.ConnectToPullAsync(address, connectTimeout, token.Token).ConfigureAwait(false);
        bus = BusIdentity.Find(address);
        if (closing.IsCancellationRequested)
        {
            Drop(); // disposed meanwhile, when there was nothing to close yet
        }

        return ++connections;
    }

    // Whether a bus that closed the connection with everything read may not have published the last event: a bus that keeps running never
    // closes a sender's connection unless it cannot read what was sent, and one that ends may close it between reading and publishing.
    private bool MayHaveRefused() =>
        sentOnConnection > 0
        && (
            Stopwatch.GetTimestamp() - lastSent < RightAfter.TotalSeconds * Stopwatch.Frequency
            || (bus is not null && BusIdentity.Find(address) == bus)
        );

    private FrameFormatException NotASaltBus(FrameConnection open)
    {
        _ = open.FillArrived();
        var error = UnexpectedReply(open.Unread);
        Drop();
        onLost?.Invoke();
        return error;
    }

    // A bus of streams sends nothing to a sender; ZeroMQ sends a greeting.
    private FrameFormatException UnexpectedReply(ReadOnlySpan<byte> said) =>
        new(
            $"{address} answers senders, which a bus of Salt 2016.3 or later never does; {(sentOnConnection > 1 ? $"the {sentOnConnection} events sent to it were" : "the event was")} not fired",
            said
        );

    private BusException Lost(int frames, Exception? cause = null)
    {
        onLost?.Invoke();
        return DeliveryUnknown(frames, cause);
    }

    private void DropUnconfirmed(bool isUnconfirmed)
    {
        Interlocked.Add(ref unconfirmed, isUnconfirmed ? sentOnConnection : 0);
        Drop();
    }

    private void Drop()
    {
        Interlocked.Exchange(ref connection, null)?.Dispose();
        sentOnConnection = 0;
    }
}
