using System;
using System.Globalization;
using System.IO;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using SaltEvents.Core.Compat;

namespace SaltEvents.Core.Transport;

/// <summary>Opens a connection to one socket of a bus and says in words why it cannot.</summary>
internal static class BusConnector
{
    /// <exception cref="BusNotFoundException">Nothing listens there.</exception>
    /// <exception cref="BusAccessException">The account may not connect.</exception>
    /// <exception cref="BusConnectionException">No answer within <paramref name="timeout"/>.</exception>
    public static async Task<BusConnection> ConnectAsync(BusAddress address, TimeSpan timeout, CancellationToken token)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(token);
        limit.CancelAfter(timeout);
        Socket? socket = null;
        try
        {
            var remote = await ResolveAsync(address).ConfigureAwait(false);
            socket = CreateSocket(remote);
            await SocketIO.ConnectAsync(socket, remote, limit.Token).ConfigureAwait(false);
            return new BusConnection(address, socket);
        }
        catch (Exception e)
        {
            socket?.Dispose();
            token.ThrowIfCancellationRequested();
            switch (e)
            {
                case OperationCanceledException:
                    throw new BusConnectionException(address, string.Format(
                        CultureInfo.InvariantCulture, "The bus at {0} did not answer within {1:0.###} s.", address, timeout.TotalSeconds), e);
                case SocketException failed:
                    throw Explain(address, failed);
                default:
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

    internal static async Task<EndPoint> ResolveAsync(BusAddress address)
    {
        if (address is UnixBusAddress unix)
        {
            CheckLength(unix);
            return UnixFiles.EndPoint(unix.Path);
        }

        var tcp = (TcpBusAddress)address;
        if (IPAddress.TryParse(tcp.Host, out var ip))
        {
            return new IPEndPoint(ip, tcp.Port);
        }

        var found = await Dns.GetHostAddressesAsync(tcp.Host).ConfigureAwait(false);
        return new IPEndPoint(found[0], tcp.Port);
    }

    private static void CheckLength(UnixBusAddress address)
    {
        var length = Encoding.UTF8.GetByteCount(address.Path);
        if (length > UnixBusAddress.MaxPathBytes)
        {
            throw new BusNotFoundException(address, string.Format(
                CultureInfo.InvariantCulture,
                "The socket path {0} has {1} bytes; the system takes {2} at most. Use a directory with a shorter path.",
                address.Path, length, UnixBusAddress.MaxPathBytes));
        }
    }

    private static SaltEventException Explain(BusAddress address, SocketException failed)
    {
        if (address is UnixBusAddress unix)
        {
            if (failed.SocketErrorCode == SocketError.AccessDenied)
            {
                return new BusAccessException(address, UnixFileStatus.ExplainDenied(unix.Path), failed);
            }

            return File.Exists(unix.Path)
                ? new BusNotFoundException(address, $"No Salt event bus answers at {unix.Path}: the socket file is there, but nothing listens on it ({failed.Message}).", failed)
                : new BusNotFoundException(address, $"There is no Salt event bus at {unix.Path}: the socket file does not exist.", failed);
        }

        return failed.SocketErrorCode switch
        {
            SocketError.ConnectionRefused => new BusNotFoundException(address, $"There is no Salt event bus at {address}: nothing listens on that port.", failed),
            SocketError.HostNotFound or SocketError.TryAgain or SocketError.NoData =>
                new BusNotFoundException(address, $"There is no Salt event bus at {address}: the host name is not known ({failed.Message}).", failed),
            _ => new BusConnectionException(address, $"The bus at {address} cannot be reached: {failed.Message}.", failed),
        };
    }
}
