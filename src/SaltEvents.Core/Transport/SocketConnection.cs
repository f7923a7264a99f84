using System;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using SaltEvents.Core.Compat;

namespace SaltEvents.Core.Transport;

/// <summary>
/// One open connection over a TCP or Unix socket: bytes in, bytes out. One reader and one writer at a time; Dispose ends both.
/// </summary>
internal sealed class SocketConnection : IPeerConnection
{
    private readonly Socket socket;

    public SocketConnection(BusAddress address, Socket socket)
    {
        Address = address;
        this.socket = socket;
        SocketIO.Prepare(socket);
    }

    public BusAddress Address { get; }

    /// <summary>How many bytes have arrived and wait to be taken.</summary>
    public int Available => socket.Available;

    /// <summary>Waits until bytes have arrived, or the stream has ended. It takes nothing.</summary>
    public async ValueTask WaitForBytesAsync(CancellationToken token) =>
        await SocketIO.ReceiveAsync(socket, new ArraySegment<byte>([]), token).ConfigureAwait(false); // completes with the first byte that arrives

    /// <summary>Waits for bytes; 0 is the end of the stream.</summary>
    public ValueTask<int> ReceiveAsync(ArraySegment<byte> buffer, CancellationToken token) => SocketIO.ReceiveAsync(socket, buffer, token);

    /// <summary>Takes bytes that have arrived already; 0 if there are none, or none can come any more.</summary>
    public int ReceiveArrived(ArraySegment<byte> buffer) => SocketIO.ReceiveArrived(socket, buffer);

    /// <summary>Hands over the bytes that the system takes at once, and returns how many these are.</summary>
    public int SendNow(ArraySegment<byte> bytes) => SocketIO.SendNow(socket, bytes);

    public async Task SendAllAsync(ArraySegment<byte> bytes, CancellationToken token)
    {
        while (bytes.Count > 0)
        {
            var sent = await SocketIO.SendAsync(socket, bytes, token).ConfigureAwait(false);
            bytes = new ArraySegment<byte>(bytes.Array!, bytes.Offset + sent, bytes.Count - sent);
        }
    }

    /// <summary>
    /// What the peer has done, seen without waiting. A bus never writes on its pull socket, and a master only answers questions, so
    /// readable means ended, as a rule: cleanly, or with bytes of ours that it never read (the system then resets the connection,
    /// over TCP and Unix sockets alike).
    /// </summary>
    public PeerState Poll()
    {
        try
        {
            if (!socket.Poll(0, SelectMode.SelectRead))
            {
                return PeerState.Open;
            }

            return socket.Receive(new byte[1], SocketFlags.Peek) == 0 ? PeerState.Closed : PeerState.Speaking;
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            return PeerState.Reset;
        }
    }

    /// <summary>Tells the peer that nothing more follows; its own end can still be awaited with <see cref="ReceiveAsync"/>.</summary>
    public void CloseSending() => socket.Shutdown(SocketShutdown.Send);

    public void Dispose() => socket.Dispose();
}
