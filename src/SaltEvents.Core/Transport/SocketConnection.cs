using System;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using SaltEvents.Core.Compat;

namespace SaltEvents.Core.Transport;

/// <summary>A connection over a TCP or Unix socket.</summary>
internal sealed class SocketConnection : BusConnection
{
    private readonly Socket socket;

    public SocketConnection(BusAddress address, Socket socket)
        : base(address)
    {
        this.socket = socket;
        SocketIO.Prepare(socket);
    }

    public override int Available => socket.Available;

    // A read of no bytes completes with the first that arrives.
    public override async ValueTask WaitForBytesAsync(CancellationToken token) =>
        await SocketIO.ReceiveAsync(socket, new ArraySegment<byte>([]), token).ConfigureAwait(false);

    public override ValueTask<int> ReceiveAsync(ArraySegment<byte> buffer, CancellationToken token) =>
        SocketIO.ReceiveAsync(socket, buffer, token);

    public override int ReceiveArrived(ArraySegment<byte> buffer) => SocketIO.ReceiveArrived(socket, buffer);

    public override ValueTask<int> SendAsync(ArraySegment<byte> bytes, CancellationToken token) =>
        SocketIO.SendAsync(socket, bytes, token);

    /// <summary>
    /// What the peer has done, seen without waiting. A bus never writes on its pull socket, nor a master what it was not
    /// asked, so readable means ended, as a rule: cleanly, or with bytes of ours that it never read (the system then
    /// resets the connection, TCP and Unix alike).
    /// </summary>
    public override PeerState Look()
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

    public override void CloseSending() => socket.Shutdown(SocketShutdown.Send);

    public override void Dispose() => socket.Dispose();
}
