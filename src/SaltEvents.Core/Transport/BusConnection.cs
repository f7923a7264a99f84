using System;
using System.Threading;
using System.Threading.Tasks;

namespace SaltEvents.Core.Transport;

/// <summary>One open connection: the bytes of frames in, the bytes of frames out. One reader and one writer at a time; Dispose ends both.</summary>
internal abstract class BusConnection(BusAddress address) : IDisposable
{
    public BusAddress Address { get; } = address;

    /// <summary>Whether what was sent can still be in this process, so that Dispose may throw it away.</summary>
    public virtual bool HasUnsent => false;

    /// <summary>Of what was sent: what the peer had not asked for, and the bytes that are not on its wire.</summary>
    public virtual (long Events, long Bytes) PassedOver => default;

    /// <summary>How many bytes have arrived and wait to be taken.</summary>
    public abstract int Available { get; }

    /// <summary>Waits until bytes have arrived, or the stream has ended. It takes nothing.</summary>
    public abstract ValueTask WaitForBytesAsync(CancellationToken token);

    /// <summary>Waits for bytes; 0 is the end of the stream.</summary>
    public abstract ValueTask<int> ReceiveAsync(ArraySegment<byte> buffer, CancellationToken token);

    /// <summary>Takes bytes that have arrived already; 0 where there are none.</summary>
    public abstract int ReceiveArrived(ArraySegment<byte> buffer);

    /// <summary>Hands bytes over; returns how many were taken, which can be fewer.</summary>
    public abstract ValueTask<int> SendAsync(ArraySegment<byte> bytes, CancellationToken token);

    public async Task SendAllAsync(ArraySegment<byte> bytes, CancellationToken token)
    {
        while (bytes.Count > 0)
        {
            var sent = await SendAsync(bytes, token).ConfigureAwait(false);
            bytes = new ArraySegment<byte>(bytes.Array!, bytes.Offset + sent, bytes.Count - sent);
        }
    }

    /// <summary>What the peer has done, seen without waiting.</summary>
    public abstract PeerState Look();

    /// <summary>Tells the peer that nothing more follows; its own end can still be awaited with <see cref="ReceiveAsync"/>.</summary>
    public abstract void CloseSending();

    public abstract void Dispose();
}
