using System;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using SaltEvents.Core.Transport;

namespace SaltEvents.Core.ZeroMq;

/// <summary>Finds out whether a socket that accepts connections is a ZeroMQ socket.</summary>
public static class ZeroMqProbe
{
    private const int SignatureLength = 10;

    /// <summary>
    /// Whether a ZeroMQ socket is there: it greets each peer at once, and a stream says nothing before its next event. No byte is sent.
    /// </summary>
    /// <param name="address">The pub socket of a bus.</param>
    /// <param name="timeout">How long to connect, and then to wait for the greeting.</param>
    /// <param name="token">Ends it.</param>
    /// <returns>True if it greets; false if it does not in that time, or cannot be reached.</returns>
    public static async Task<bool> GreetsAsync(BusAddress address, TimeSpan timeout, CancellationToken token = default)
    {
        var greeting = new ZmtpGreeting();
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(token);
        try
        {
            using var connection = await BusConnector.ConnectAsync(address, timeout, token).ConfigureAwait(false);
            ended.CancelAfter(timeout);
            var bytes = new byte[SignatureLength];
            var count = await connection.ReceiveAsync(new ArraySegment<byte>(bytes), ended.Token).ConfigureAwait(false);
            greeting.Take(bytes.AsSpan(0, count));
            return count > 0 && !greeting.IsNotZeroMq;
        }
        catch (Exception e)
            when (e is SaltEventException or SocketException || (e is OperationCanceledException && !token.IsCancellationRequested))
        {
            return false;
        }
    }
}
