using System;
using System.Net;
using System.Net.Sockets;
using System.Threading.Tasks;
using SaltEvents.Core.Framing;
using SaltEvents.Core.Transport;

namespace SaltEvents.Core.Tests.Support;

/// <summary>A plain socket at the other end: writes and reads bytes, and stops when asked to.</summary>
internal sealed class RawPeer : IDisposable
{
    private readonly FrameReader reader = new();

    private RawPeer(Socket socket) => Socket = socket;

    public Socket Socket { get; }

    public static async Task<RawPeer> ConnectAsync(BusAddress address, int? receiveBuffer = null)
    {
        var (socket, remote) = Create(address);
        if (receiveBuffer is { } size)
        {
            socket.ReceiveBufferSize = size;
        }

        while (true)
        {
            try
            {
                await socket.ConnectAsync(remote);
                return new RawPeer(socket);
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.WouldBlock)
            {
                await Task.Delay(1); // a Unix socket's queue of connections is full, and the system does not wait
            }
        }
    }

    public static async Task<RawPeer> AcceptAsync(Socket listener) => new(await listener.AcceptAsync().Soon());

    /// <summary>Accepts the connection that an action causes.</summary>
    public static async Task<RawPeer> AcceptAsyncAfter(Socket listener, Func<Task> action)
    {
        var accepting = AcceptAsync(listener);
        await action();
        return await accepting;
    }

    /// <summary>A listening socket from which only the test accepts.</summary>
    public static (Socket Listener, BusAddress Address) Listen(BusAddress address, int backlog = 16)
    {
        var (socket, local) = Create(address);
        socket.Bind(local);
        socket.Listen(backlog);
        return (socket, address is TcpBusAddress tcp ? tcp with { Port = ((IPEndPoint)socket.LocalEndPoint!).Port } : address);
    }

    public async Task SendAsync(byte[] bytes)
    {
        for (var sent = 0; sent < bytes.Length;)
        {
            sent += await Socket.SendAsync(bytes.AsMemory(sent));
        }
    }

    /// <summary>The body of the next frame; null at the end of the stream, whichever kind of end.</summary>
    public async Task<byte[]?> ReadBodyAsync()
    {
        while (true)
        {
            if (reader.TryRead(out var body))
            {
                return body.ToArray();
            }

            if (reader.Problem is { } problem)
            {
                throw problem;
            }

            var count = await ReceiveAsync(reader.GetBuffer());
            if (count == 0)
            {
                return null;
            }

            reader.Advance(count);
        }
    }

    /// <summary>Reads that many bytes, or up to the end.</summary>
    public async Task<byte[]> ReadAsync(int count)
    {
        var bytes = new byte[count];
        var filled = 0;
        int read;
        while (filled < count && (read = await ReceiveAsync(bytes.AsMemory(filled))) > 0)
        {
            filled += read;
        }

        return bytes[..filled];
    }

    public void Dispose() => Socket.Dispose();

    private static (Socket Socket, EndPoint EndPoint) Create(BusAddress address) =>
        address switch
        {
            UnixBusAddress unix => (
                new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified),
                new UnixDomainSocketEndPoint(unix.Path)
            ),
            TcpBusAddress tcp => (
                new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true },
                new IPEndPoint(IPAddress.Parse(tcp.Host), tcp.Port)
            ),
            _ => throw new ArgumentException(address.ToString()),
        };

    private async Task<int> ReceiveAsync(Memory<byte> buffer)
    {
        try
        {
            return await Socket.ReceiveAsync(buffer).AsTask().Soon();
        }
        catch (SocketException)
        {
            return 0; // reset
        }
    }
}
