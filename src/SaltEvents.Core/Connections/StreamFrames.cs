using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using SaltEvents.Core.Framing;
using SaltEvents.Core.Transport;

namespace SaltEvents.Core.Connections;

/// <summary>Frames on a byte stream.</summary>
internal sealed class StreamFrames(SocketConnection connection, int maxFrameBytes) : FrameConnection
{
    private const int JoinBytes = 64 * 1024;
    private const int DiscardBytes = 256;
    private FrameReader? reader; // created for the first bytes: a silent peer costs no buffer
    private ByteBuffer? joined;

    public override FrameFormat? Format => reader?.Format;

    public override ReadOnlySpan<byte> Unread => reader is null ? default : reader.Unread;

    public override int Available
    {
        get
        {
            try
            {
                return connection.Available;
            }
            catch (Exception e) when (IsEnd(e))
            {
                return 0;
            }
        }
    }

    private FrameReader Reader => reader ??= new FrameReader(maxFrameBytes);

    public override async ValueTask WaitAsync(CancellationToken token)
    {
        try
        {
            await connection.WaitForBytesAsync(token).ConfigureAwait(false);
        }
        catch (Exception e) when (IsEnd(e))
        {
            EndReading(ConnectionEndReason.Broken, e);
        }
    }

    public override async ValueTask<bool> FillAsync(CancellationToken token)
    {
        if (End is not null)
        {
            return false;
        }

        try
        {
            var count = await connection.ReceiveAsync(Reader.GetBuffer(), token).ConfigureAwait(false);
            Reader.Advance(count);
            return count > 0 || EndReading(ConnectionEndReason.Closed);
        }
        catch (Exception e) when (IsEnd(e))
        {
            return EndReading(ConnectionEndReason.Broken, e);
        }
    }

    public override int FillArrived()
    {
        try
        {
            var count = connection.ReceiveArrived(Reader.GetBuffer());
            Reader.Advance(count);
            if (count == 0 && connection.Poll() is PeerState.Closed or PeerState.Reset)
            {
                EndReading(ConnectionEndReason.Closed);
            }

            return count;
        }
        catch (Exception e) when (IsEnd(e))
        {
            EndReading(ConnectionEndReason.Broken, e);
            return 0;
        }
    }

    public override bool TryRead(out ReadOnlySpan<byte> body)
    {
        if (Reader.TryRead(out body))
        {
            return true;
        }

        return Reader.Problem is { } problem && EndReading(ConnectionEndReason.Malformed, problem);
    }

    public override async Task WaitForEndAsync(CancellationToken token)
    {
        try
        {
            var buffer = new ArraySegment<byte>(new byte[DiscardBytes]);
            while (await connection.ReceiveAsync(buffer, token).ConfigureAwait(false) > 0)
            {
            }

            EndReading(ConnectionEndReason.Closed);
        }
        catch (Exception e) when (IsEnd(e))
        {
            EndReading(ConnectionEndReason.Broken, e);
        }
    }

    public override ConnectionEnd? SendNow(ref FrameRun frames)
    {
        try
        {
            frames = frames with { Sent = frames.Sent + connection.SendNow(frames.Bytes) };
            return null;
        }
        catch (Exception e) when (IsEnd(e))
        {
            return new ConnectionEnd(ConnectionEndReason.Broken, e);
        }
    }

    public override async ValueTask<ConnectionEnd?> SendAsync(IReadOnlyList<FrameRun> runs, CancellationToken token)
    {
        try
        {
            if (runs.Count == 1)
            {
                await connection.SendAllAsync(runs[0].Bytes, token).ConfigureAwait(false);
            }
            else
            {
                await SendJoinedAsync(runs, token).ConfigureAwait(false);
            }

            return null;
        }
        catch (Exception e) when (IsEnd(e))
        {
            return new ConnectionEnd(ConnectionEndReason.Broken, e);
        }
    }

    public override ConnectionEnd? CloseSending()
    {
        try
        {
            connection.CloseSending();
            return null;
        }
        catch (Exception e) when (IsEnd(e))
        {
            return new ConnectionEnd(ConnectionEndReason.Broken, e);
        }
    }

    public override PeerState Poll() => connection.Poll();

    public override void Dispose() => connection.Dispose();

    // Small runs in one system call.
    private async Task SendJoinedAsync(IReadOnlyList<FrameRun> runs, CancellationToken token)
    {
        joined ??= new ByteBuffer(JoinBytes);
        joined.Clear();
        foreach (var run in runs)
        {
            if (joined.Length + run.Length <= JoinBytes)
            {
                joined.Write(run.Bytes.AsSpan());
                continue;
            }

            await connection.SendAllAsync(joined.Written, token).ConfigureAwait(false);
            joined.Clear();
            await connection.SendAllAsync(run.Bytes, token).ConfigureAwait(false);
        }

        await connection.SendAllAsync(joined.Written, token).ConfigureAwait(false);
    }
}
