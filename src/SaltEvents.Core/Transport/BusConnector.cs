using System;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using SaltEvents.Core.Compat;

namespace SaltEvents.Core.Transport;

/// <summary>Opens a connection to one socket of a bus, whatever is spoken on it, and explains in words why it cannot.</summary>
internal static class BusConnector
{
    private const int BusyMilliseconds = 20;

    /// <exception cref="BusException">Nothing listens there.</exception>
    /// <exception cref="BusException">The account may not connect.</exception>
    /// <exception cref="BusException">No answer within <paramref name="timeout"/>.</exception>
    public static async Task<SocketConnection> ConnectAsync(BusAddress address, TimeSpan timeout, CancellationToken token)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(token);
        limit.CancelAfter(timeout);
        try
        {
            var remote = await ResolveAsync(address, limit.Token).ConfigureAwait(false);
            return new SocketConnection(address, await ConnectAsync(remote, limit.Token).ConfigureAwait(false));
        }
        catch (Exception e)
        {
            token.ThrowIfCancellationRequested();
            switch (e)
            {
                case OperationCanceledException:
                    throw new BusException(
                        BusReason.ConnectionLost,
                        address,
                        string.Format(
                            CultureInfo.InvariantCulture,
                            "The bus at {0} did not answer within {1:0.###} s.",
                            address,
                            timeout.TotalSeconds
                        ),
                        e
                    );
                case SocketException failed:
                    throw Explain(address, failed);
                default:
                    throw;
            }
        }
    }

    private static async Task<Socket> ConnectAsync(EndPoint remote, CancellationToken token)
    {
        while (true)
        {
            var socket = CreateSocket(remote);
            try
            {
                await SocketIO.ConnectAsync(socket, remote, token).ConfigureAwait(false);
                return socket;
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.WouldBlock)
            {
                // A bus that is slow to accept: Unix sockets refuse at once what TCP lets wait.
                socket.Dispose();
                await Task.Delay(BusyMilliseconds, token).ConfigureAwait(false);
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }
    }

    internal static Socket CreateSocket(EndPoint endPoint)
    {
        var family = endPoint.AddressFamily;
        var socket = new Socket(family, SocketType.Stream, family == AddressFamily.Unix ? ProtocolType.Unspecified : ProtocolType.Tcp);
        if (family != AddressFamily.Unix)
        {
            // An event is a message, complete in itself: it must not wait for the next one to fill a segment.
            socket.NoDelay = true;
        }

        return socket;
    }

    internal static async Task<EndPoint> ResolveAsync(BusAddress address, CancellationToken token)
    {
        if (address is UnixBusAddress unix)
        {
            CheckLength(unix);
            return UnixFiles.EndPoint(unix.Path);
        }

        var tcp =
            address as TcpBusAddress
            ?? throw new BusException(
                BusReason.NotFound,
                address,
                "The socket of the bus is not known. Name the port or the directory of that socket too."
            );
        if (IPAddress.TryParse(tcp.Host, out var ip))
        {
            return new IPEndPoint(ip, tcp.Port);
        }

        return new IPEndPoint(Choose(await ResolveAsync(tcp.Host, token).ConfigureAwait(false)), tcp.Port);
    }

    /// <summary>The addresses of a host name.</summary>
    /// <exception cref="SocketException">The name is not known.</exception>
    internal static async Task<IPAddress[]> ResolveAsync(string host, CancellationToken token)
    {
        try
        {
            return await WithinAsync(Dns.GetHostAddressesAsync(host), token).ConfigureAwait(false);
        }
        catch (ArgumentException) // longer than any name
        {
            throw new SocketException((int)SocketError.HostNotFound);
        }
    }

    /// <summary>
    /// The result of work that cannot be cancelled, such as the system's look-up of a name. If the token is cancelled, the work goes on
    /// unattended.
    /// </summary>
    internal static async Task<T> WithinAsync<T>(Task<T> work, CancellationToken token)
    {
        await Task.WhenAny(work, Task.Delay(Timeout.Infinite, token)).ConfigureAwait(false);
        token.ThrowIfCancellationRequested();
        return await work.ConfigureAwait(false);
    }

    /// <summary>localhost is often ::1 first, where Salt does not listen.</summary>
    internal static IPAddress Choose(IPAddress[] found) =>
        found.FirstOrDefault(a => a.AddressFamily == AddressFamily.InterNetwork) ?? found[0];

    private static void CheckLength(UnixBusAddress address)
    {
        var length = Encoding.UTF8.GetByteCount(address.Path);
        if (length > UnixBusAddress.MaxPathBytes)
        {
            throw new BusException(BusReason.NotFound, address, string.Format(
                CultureInfo.InvariantCulture,
                "The socket path {0} has {1} bytes; the system allows {2} at most. Use a directory with a shorter path.",
                address.Path, length, UnixBusAddress.MaxPathBytes));
        }
    }

    private static BusException Explain(BusAddress address, SocketException failed)
    {
        var (reason, message) = address is UnixBusAddress unix
            ? ExplainFile(unix.Path, failed)
            : failed.SocketErrorCode switch
            {
                SocketError.ConnectionRefused => (
                    BusReason.NotFound,
                    $"There is no Salt event bus at {address}: nothing listens on that port."
                ),
                SocketError.HostNotFound or SocketError.TryAgain or SocketError.NoData => (
                    BusReason.NotFound,
                    $"There is no Salt event bus at {address}: the host name is not known ({failed.Clause()})."
                ),
                _ => (BusReason.ConnectionLost, $"The bus at {address} cannot be reached: {failed.Clause()}."),
            };
        return new BusException(reason, address, message, failed);
    }

    private static (BusReason Reason, string Message) ExplainFile(string path, SocketException failed) =>
        failed.SocketErrorCode == SocketError.AccessDenied
            ? (BusReason.AccessDenied, UnixFileStatus.ExplainDenied(path))
        : UnixFileStatus.ReadLink(path) is { IsLink: true } && UnixFileStatus.Read(path) is null
            ? (
                BusReason.NotFound,
                $"There is no Salt event bus at {path}: it is a symbolic link to {UnixFiles.LinkTarget(path)}, which does not exist."
            )
        : !File.Exists(path)
            ? (BusReason.NotFound, $"There is no Salt event bus at {path}: the socket file does not exist.")
        : failed.SocketErrorCode == SocketError.ConnectionRefused
            ? (
                BusReason.NotFound,
                $"No Salt event bus answers at {path}: the socket file is there, but nothing listens on it ({failed.Clause()})."
            )
        : (BusReason.ConnectionLost, $"The bus at {path} cannot be reached: {failed.Clause()}.");
}
