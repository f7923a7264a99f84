using System;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using SaltEvents.Core.Compat;
using SaltEvents.Core.Framing;
using SaltEvents.Core.Transport;

namespace SaltEvents.Core.ZeroMq;

/// <content>Carrying the bytes in both directions.</content>
internal sealed partial class ZeroMqBridge
{
    // Carries the peer's bytes and its end to NetMQ.
    private async Task CarryInAsync(Socket near)
    {
        try
        {
            var buffer = new byte[BufferBytes];
            int count;
            do
            {
                await room(stop.Token).ConfigureAwait(false);
                count = await remote.ReceiveAsync(new ArraySegment<byte>(buffer), stop.Token).ConfigureAwait(false);
            }
            while (count > 0 && await TryPassAsync(near, new ArraySegment<byte>(buffer, 0, count)).ConfigureAwait(false));

            End(PeerState.Closed);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            End(PeerState.Reset);
        }
        finally
        {
            Shutdown(near);
            changed();
        }
    }

    // False if the peer sends what NetMQ must not receive.
    private async Task<bool> TryPassAsync(Socket near, ArraySegment<byte> bytes)
    {
        if (frames is null)
        {
            var before = Greeting.Passable;
            var taken = Greeting.Take(bytes.AsSpan());
            changed();
            if (Greeting.IsNotZeroMq)
            {
                return false;
            }

            var passable = Greeting.Passable;
            if (Greeting.IsComplete)
            {
                frames = Greeting.FramesFor(role, maxMessageBytes);
                passable = Math.Max(before, Greeting.FramesOffset + Check(frames, Greeting.Bytes.AsSpan(Greeting.FramesOffset)));
            }

            await TrySendAsync(near, new ArraySegment<byte>(Greeting.Bytes.Array!, before, passable - before)).ConfigureAwait(false);
            bytes = new ArraySegment<byte>(bytes.Array!, bytes.Offset + taken, bytes.Count - taken);
            if (problem is not null)
            {
                return false;
            }
        }

        var sound = frames is null ? bytes.Count : Check(frames, bytes.AsSpan());
        await TrySendAsync(near, new ArraySegment<byte>(bytes.Array!, bytes.Offset, sound)).ConfigureAwait(false);
        return problem is null;
    }

    private int Check(ZmtpFrames frames, ReadOnlySpan<byte> bytes)
    {
        var sound = frames.Take(bytes);
        // Without the bytes of a frame that starts as a greeting does: it would look like one.
        var shown = sound < bytes.Length && bytes[sound] == 0xFF ? default : bytes.Slice(sound);
        problem = frames.Problem is { } found ? new FrameFormatException(found, shown) : null;
        return sound;
    }

    // Carries NetMQ's bytes to the peer, until NetMQ has closed, so that no incoming data is left unread.
    private async Task CarryOutAsync(Socket near)
    {
        try
        {
            var buffer = new byte[BufferBytes];
            int count;
            while ((count = await ReceiveAsync(near, buffer).ConfigureAwait(false)) > 0)
            {
                if (await TrySendAsync(new ArraySegment<byte>(buffer, 0, count)).ConfigureAwait(false))
                {
                    Interlocked.Add(ref sent, count);
                    changed();
                }
            }

            remote.CloseSending();
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // NetMQ or the peer has gone.
        }
        finally
        {
            nearClosed = true;
            changed();
        }
    }

    // NetMQ resets connections that it closes; the bytes before that are still read.
    private async Task<int> ReceiveAsync(Socket near, byte[] buffer)
    {
        try
        {
            return await SocketIO.ReceiveAsync(near, new ArraySegment<byte>(buffer), stop.Token).ConfigureAwait(false);
        }
        catch (SocketException)
        {
            return 0;
        }
    }

    // NetMQ may have closed first: the peer's bytes are then thrown away until its end is seen.
    private async Task TrySendAsync(Socket near, ArraySegment<byte> bytes)
    {
        try
        {
            while (bytes.Count > 0)
            {
                var count = await SocketIO.SendAsync(near, bytes, stop.Token).ConfigureAwait(false);
                bytes = new ArraySegment<byte>(bytes.Array!, bytes.Offset + count, bytes.Count - count);
            }
        }
        catch (SocketException)
        {
            // Closed.
        }
    }

    private async Task<bool> TrySendAsync(ArraySegment<byte> bytes)
    {
        try
        {
            await remote.SendAllAsync(bytes, stop.Token).ConfigureAwait(false);
            return true;
        }
        catch (SocketException)
        {
            End(PeerState.Reset);
            return false;
        }
    }

    private static void Shutdown(Socket near)
    {
        try
        {
            near.Shutdown(SocketShutdown.Send);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Closed already.
        }
    }
}
