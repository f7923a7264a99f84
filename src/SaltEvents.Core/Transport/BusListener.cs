using System;
using System.IO;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using SaltEvents.Core.Compat;

namespace SaltEvents.Core.Transport;

/// <summary>A listening socket; Dispose closes it and removes its file.</summary>
internal sealed class BusListener : IDisposable
{
    /// <summary>How many connections wait to be accepted at most.</summary>
    public const int Backlog = 128;

    private readonly Socket socket;
    private readonly string? file; // the identity of the socket file

    private BusListener(BusAddress address, Socket socket)
    {
        Address = address;
        this.socket = socket;
        file = address is UnixBusAddress ? BusIdentity.Find(address) : null;
    }

    /// <summary>The address; with the port that the operating system gave if 0 was asked for.</summary>
    public BusAddress Address { get; }

    /// <exception cref="BusException">A live bus has the address, or a file that is not a socket is there.</exception>
    /// <exception cref="BusException">The account may not create the socket there.</exception>
    public static Task<BusListener> ListenAsync(BusAddress address, CancellationToken token) =>
        address is UnixBusAddress unix ? ListenAsync(unix, token) : ListenAsync((TcpBusAddress)address, token);

    public async Task<SocketConnection> AcceptAsync(CancellationToken token) =>
        Accepted(await SocketIO.AcceptAsync(socket, token).ConfigureAwait(false));

    private SocketConnection Accepted(Socket accepted)
    {
        if (accepted.AddressFamily != AddressFamily.Unix)
        {
            accepted.NoDelay = true;
        }

        return new SocketConnection(Address, accepted);
    }

    /// <summary>Waits until a connection can be accepted; false if none came in time.</summary>
    public bool WaitForConnection(int milliseconds) => socket.Poll(milliseconds * 1000, SelectMode.SelectRead);

    /// <summary>Accepts a connection that already waits. Not while an <see cref="AcceptAsync"/> waits.</summary>
    public bool TryAccept(out SocketConnection? connection)
    {
        connection = null;
        try
        {
            if (socket.Poll(0, SelectMode.SelectRead))
            {
                connection = Accepted(socket.Accept());
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The peer left before it was accepted, or there are too many open files: the next one may succeed.
            // Or the listener is closed, as cancelling AcceptAsync does it on .NET Framework.
        }

        return connection is not null;
    }

    public void Dispose()
    {
        // Before the socket closes: while it listens no other bus of this library takes the path. A Salt that starts takes it anyway.
        if (Address is UnixBusAddress unix && BusIdentity.Find(unix) == file)
        {
            Remove(unix.Path);
        }

        socket.Dispose();
    }

    private static void Remove(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Its directory is gone or not accessible. The bus must still stop.
        }
    }

    private static async Task<BusListener> ListenAsync(TcpBusAddress address, CancellationToken token)
    {
        Socket? socket = null;
        try
        {
            var local = await BusConnector.ResolveAsync(address, token).ConfigureAwait(false);
            socket = BusConnector.CreateSocket(local);
            if (Environment.OSVersion.Platform == PlatformID.Win32NT)
            {
                // Without it another process can bind the same port and take our connections.
                socket.ExclusiveAddressUse = true;
            }

            socket.Bind(local);
            socket.Listen(Backlog);
            return new BusListener(address with { Port = ((IPEndPoint)socket.LocalEndPoint!).Port }, socket);
        }
        catch (SocketException e)
        {
            socket?.Dispose();
            throw e.SocketErrorCode switch
            {
                SocketError.AddressAlreadyInUse => new BusException(
                    BusReason.InUse,
                    address,
                    $"Another program already listens on {address}. Stop it, or choose another port (0 selects a free one).",
                    e
                ),
                SocketError.AccessDenied => new BusException(
                    BusReason.AccessDenied,
                    address,
                    $"This account may not listen on {address}. {PlatformText.Current.PortDeniedReason}",
                    e
                ),
                _ => new BusException(BusReason.ConnectionLost, address, $"A bus cannot listen on {address}: {e.Clause()}.", e),
            };
        }
    }

    private static async Task<BusListener> ListenAsync(UnixBusAddress address, CancellationToken token)
    {
        _ = await BusConnector.ResolveAsync(address, token).ConfigureAwait(false); // refuses a path that is too long
        await ClearAsync(address, token).ConfigureAwait(false);

        // bind() makes the file with the process's umask, which no thread can change for itself. So the socket is
        // bound in a directory that only we can enter, made 0600 and listening there, and then renamed to its place.
        var stagingDirectory = Path.Combine(Path.GetDirectoryName(address.Path)!, "." + Path.GetRandomFileName().Substring(0, 6));
        var stagingPath = Path.Combine(stagingDirectory, "s");
        Socket? socket = null;
        try
        {
            UnixFiles.CreatePrivateDirectory(stagingDirectory);
            var local = UnixFiles.EndPoint(stagingPath);
            socket = BusConnector.CreateSocket(local);
            socket.Bind(local);
            UnixFiles.MakePrivate(stagingPath);
            socket.Listen(Backlog);
            UnixFiles.MoveNew(stagingPath, address.Path);
            return new BusListener(address, socket);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or SocketException)
        {
            socket?.Dispose();
            throw File.Exists(address.Path)
                ? InUse(address, e)
                : new BusException(
                    BusReason.AccessDenied,
                    address,
                    $"A bus cannot listen at {address.Path}: {e.Clause()}. Choose a directory that {Environment.UserName} may write to.",
                    e
                );
        }
        finally
        {
            RemoveStagingDirectory(stagingDirectory);
        }
    }

    /// <summary>Leaves nothing at the path: a dead socket is removed, a live one and any other file is an error.</summary>
    private static async Task ClearAsync(UnixBusAddress address, CancellationToken token)
    {
        if (!File.Exists(address.Path))
        {
            return;
        }

        if ((UnixFileStatus.Read(address.Path) ?? UnixFileStatus.ReadLink(address.Path)) is { IsSocket: false } other)
        {
            throw new BusException(
                BusReason.InUse,
                address,
                $"A bus cannot listen at {address.Path}: that path is a {other.Kind}, not a socket. Move it away, or choose another directory."
            );
        }

        try
        {
            using var live = await BusConnector.ConnectAsync(address, TimeSpan.FromSeconds(1), token).ConfigureAwait(false);
        }
        catch (BusException e) when (e.Reason == BusReason.NotFound)
        {
            File.Delete(address.Path);
            return;
        }
        catch (BusException e) when (e.Reason == BusReason.ConnectionLost)
        {
            // It listens but does not accept: alive.
        }

        throw InUse(address, null);
    }

    private static BusException InUse(UnixBusAddress address, Exception? cause) =>
        new(BusReason.InUse, address, $"Another event bus already uses {address.Path}. Stop it, or choose another directory.", cause);

    private static void RemoveStagingDirectory(string stagingDirectory)
    {
        try
        {
            if (Directory.Exists(stagingDirectory))
            {
                Directory.Delete(stagingDirectory, recursive: true);
            }
        }
        catch (IOException)
        {
            // An empty hidden directory may stay behind; the bus works without its removal.
        }
    }
}
