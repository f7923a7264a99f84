using System;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using SaltEvents.Core.Compat;
using SaltEvents.Core.Framing;
using SaltEvents.Core.Transport;

namespace SaltEvents.Core.ZeroMq;

/// <summary>
/// Carries the bytes between an open connection and one NetMQ socket, which connects to it over 127.0.0.1. NetMQ opens no
/// Unix socket, reconnects forever, and does not report what it has sent. With a connection of our own, Unix sockets work, and a peer
/// that is missing or goes away, and what it has been sent, are seen as on any other connection. Only this process may connect, where
/// the system shows the peer; elsewhere there is no bridge to a Unix socket, which other accounts must not use.
/// </summary>
internal sealed partial class ZeroMqBridge : IDisposable
{
    private const int BufferBytes = 64 * 1024;
    private readonly SocketConnection remote;
    private readonly ZeroMqRole role;
    private readonly int maxMessageBytes;
    private readonly Action changed;
    private readonly Func<CancellationToken, ValueTask> room;
    private readonly Socket listener;
    private readonly CancellationTokenSource stop = new();
    private ZmtpFrames? frames; // once the greeting is complete; only one task reads what the peer says
    private volatile Socket? near;
    private volatile FrameFormatException? problem;
    private long sent;
    private int remoteState = (int)PeerState.Open;
    private volatile bool nearClosed;

    /// <summary>Makes it ready.</summary>
    /// <param name="remote">The connection, which the bridge owns from then on.</param>
    /// <param name="role">What this end does.</param>
    /// <param name="maxMessageBytes">The longest message accepted from the peer, in bytes.</param>
    /// <param name="changed">Called with everything that happens.</param>
    /// <param name="room">Waited for before the peer is read from: NetMQ would hold messages by their number, however long they
    /// are.</param>
    /// <exception cref="PlatformNotSupportedException">This system does not show which process connects.</exception>
    public ZeroMqBridge(SocketConnection remote, ZeroMqRole role, int maxMessageBytes, Action changed, Func<CancellationToken, ValueTask> room)
    {
        CheckSupported(remote.Address);
        this.remote = remote;
        this.role = role;
        this.maxMessageBytes = maxMessageBytes;
        this.changed = changed;
        this.room = room;
        listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            listener.Listen(1);
        }
        catch
        {
            listener.Dispose();
            throw;
        }

        Address = new TcpBusAddress(TcpBusAddress.Loopback, ((IPEndPoint)listener.LocalEndPoint!).Port);
    }

    /// <summary>Says whether a bridge can be had to such an address.</summary>
    /// <exception cref="PlatformNotSupportedException">It is a Unix socket, and this system does not show which process connects to the
    /// bridge.</exception>
    public static void CheckSupported(BusAddress address)
    {
        if (address is UnixBusAddress && !LoopbackOwner.IsSupported)
        {
            throw new PlatformNotSupportedException(
                $"ZeroMQ over a Unix socket ({address}) works only on Linux. Use the bus in TCP mode (ipc_mode: tcp): name its pub and pull ports."
            );
        }
    }

    /// <summary>Where NetMQ connects.</summary>
    public TcpBusAddress Address { get; }

    /// <summary>What the peer has said first.</summary>
    public ZmtpGreeting Greeting { get; } = new();

    /// <summary>How many bytes the peer has been sent, including the handshake.</summary>
    public long Sent => Interlocked.Read(ref sent);

    /// <summary>What the peer has done.</summary>
    public PeerState RemoteState => (PeerState)Volatile.Read(ref remoteState);

    /// <summary>
    /// What the peer has sent that is not a message that this end accepts; null if there is no such thing. The connection ends with it.
    /// </summary>
    public FrameFormatException? Problem => problem;

    /// <summary>NetMQ has closed its end, and the peer has been sent all that NetMQ had said.</summary>
    public bool IsNearClosed => nearClosed;

    /// <summary>
    /// Waits for NetMQ's connection, and carries bytes until both ends have closed: NetMQ has then read all that the peer has sent.
    /// </summary>
    public Task RunAsync() => Task.Run(CarryAsync);

    public void Dispose()
    {
        stop.Cancel();
        listener.Dispose();
        remote.Dispose();
        near?.Dispose();
    }

    private async Task CarryAsync()
    {
        try
        {
            near = await AcceptAsync().ConfigureAwait(false);
            await Task.WhenAll(Task.Run(() => CarryInAsync(near)), Task.Run(() => CarryOutAsync(near))).ConfigureAwait(false);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            End(PeerState.Reset); // disposed before NetMQ had connected
        }
        finally
        {
            nearClosed = true;
            Dispose();
            changed();
        }
    }

    private async Task<Socket> AcceptAsync()
    {
        using (listener)
        {
            while (true)
            {
                var accepted = await SocketIO.AcceptAsync(listener, stop.Token).ConfigureAwait(false);
                if (!LoopbackOwner.IsSupported || LoopbackOwner.IsThisProcess(accepted))
                {
                    accepted.NoDelay = true;
                    return accepted;
                }

                accepted.Dispose(); // another process
            }
        }
    }

    // The first state wins.
    private void End(PeerState state) => Interlocked.CompareExchange(ref remoteState, (int)state, (int)PeerState.Open);
}
