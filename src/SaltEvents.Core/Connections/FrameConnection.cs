using System;
using System.Collections.Generic;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using SaltEvents.Core.Framing;
using SaltEvents.Core.Transport;

namespace SaltEvents.Core.Connections;

/// <summary>
/// One open connection that carries bodies of events, whatever they are wrapped in. A reader calls <see cref="FillAsync"/>, and then
/// <see cref="TryRead"/> until it has no more. The end of a connection is a value. One reader and one writer at a time; Dispose ends
/// both.
/// </summary>
internal abstract class FrameConnection : IPeerConnection
{
    private ConnectionEnd? end;

    /// <summary>Why nothing more can be read; null as long as reading is possible. The first reason wins.</summary>
    public ConnectionEnd? End => Volatile.Read(ref end);

    /// <summary>The format of the last frame read; null if bodies are not in frames, or none has been read.</summary>
    public virtual FrameFormat? Format => null;

    /// <summary>How many bytes have arrived and are not in the buffer yet.</summary>
    public abstract int Available { get; }

    /// <summary>The buffered bytes that are not read yet: the start of a frame, or something that is not a frame.</summary>
    public virtual ReadOnlySpan<byte> Unread => default;

    /// <summary>Whether sent data can still be in this process, so that Dispose may discard it.</summary>
    public virtual bool HasUnsent => false;

    /// <summary>How many sent events the peer had not subscribed to, and their bytes.</summary>
    public virtual (long Events, long Bytes) Skipped => default;

    /// <summary>Waits until something has arrived, or the connection has ended. It takes nothing.</summary>
    public abstract ValueTask WaitAsync(CancellationToken token);

    /// <summary>Waits for bytes and puts them into the buffer; false once the connection has ended: see <see cref="End"/>.</summary>
    public abstract ValueTask<bool> FillAsync(CancellationToken token);

    /// <summary>Buffers what has arrived by now, without waiting, and returns the number of bytes.</summary>
    public abstract int FillArrived();

    /// <summary>
    /// Takes the next buffered body, which is valid until more is buffered. False if there is none, or <see cref="End"/> says that the
    /// next one is malformed.
    /// </summary>
    public abstract bool TryRead(out ReadOnlySpan<byte> body);

    /// <summary>Reads and discards what the peer sends until it ends the connection.</summary>
    public abstract Task WaitForEndAsync(CancellationToken token);

    /// <summary>Sends what can be sent without waiting and marks it as sent. Null, or why nothing can be sent any more.</summary>
    public virtual ConnectionEnd? SendNow(ref FrameRun frames) => null;

    /// <summary>Sends frames or messages unchanged; null if every byte was accepted, otherwise why not.</summary>
    public abstract ValueTask<ConnectionEnd?> SendAsync(IReadOnlyList<FrameRun> runs, CancellationToken token);

    /// <summary>Signals that nothing more follows; the end of the peer can still be awaited. Null, or why that failed.</summary>
    public abstract ConnectionEnd? CloseSending();

    public abstract PeerState Poll();

    public abstract void Dispose();

    /// <summary>Whether an error means that a connection has ended.</summary>
    protected static bool IsEnd(Exception error) => error is SocketException or ObjectDisposedException;

    /// <summary>Nothing more can be read. Returns false.</summary>
    protected bool EndReading(ConnectionEndReason reason, Exception? cause = null)
    {
        Interlocked.CompareExchange(ref end, new ConnectionEnd(reason, cause), null);
        return false;
    }
}
