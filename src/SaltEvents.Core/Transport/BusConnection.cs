using System;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using SaltEvents.Core.Compat;

namespace SaltEvents.Core.Transport;

/// <summary>One open connection: bytes in, bytes out. One reader and one writer at a time; Dispose ends both.</summary>
internal sealed class BusConnection(BusAddress address, Socket socket) : IDisposable
{
    public BusAddress Address { get; } = address;

    /// <summary>Waits for bytes; 0 is the end of the stream.</summary>
    public ValueTask<int> ReceiveAsync(ArraySegment<byte> buffer, CancellationToken token) =>
        SocketIO.ReceiveAsync(socket, buffer, token);

    /// <summary>Takes bytes that have arrived already; 0 where there are none.</summary>
    public int ReceiveArrived(ArraySegment<byte> buffer) =>
        socket.Available > 0 ? socket.Receive(buffer.Array!, buffer.Offset, buffer.Count, SocketFlags.None) : 0;

    /// <summary>Hands bytes to the socket; returns how many it took, which can be fewer.</summary>
    public ValueTask<int> SendAsync(ArraySegment<byte> bytes, CancellationToken token) =>
        SocketIO.SendAsync(socket, bytes, token);

    public async Task SendAllAsync(ArraySegment<byte> bytes, CancellationToken token)
    {
        while (bytes.Count > 0)
        {
            var sent = await SendAsync(bytes, token).ConfigureAwait(false);
            bytes = new ArraySegment<byte>(bytes.Array!, bytes.Offset + sent, bytes.Count - sent);
        }
    }

    /// <summary>
    /// What the peer has done, seen without waiting. A bus never writes on its pull socket, so readable means ended:
    /// cleanly, or with bytes of ours that it never read (the system then resets the connection, TCP and Unix alike).
    /// </summary>
    public PeerState Look()
    {
        try
        {
            if (!socket.Poll(0, SelectMode.SelectRead))
            {
                return PeerState.Open;
            }

            return socket.Receive(new byte[1], SocketFlags.None) == 0 ? PeerState.Closed : PeerState.Open;
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
