using System;
using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using SaltEvents.Core.Events;
using SaltEvents.Core.Framing;
using SaltEvents.Core.Transport;
using SaltEvents.Core.ZeroMq;

namespace SaltEvents.Core.Client;

/// <summary>
/// Connects a listener. On a stream being connected is enough; a ZeroMQ bus has to be told what is wanted, says nothing
/// about when it has understood, and drops what it publishes before. So a harmless event is fired until it comes back.
/// </summary>
internal static class PubConnector
{
    // A bus takes milliseconds. Where its pull socket is not known, nothing better can be done than wait a little.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Settling = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(10);
    private static readonly byte[] JoinPrefix = Encoding.UTF8.GetBytes(ZeroMqConnection.JoinTag);

    /// <summary>Connects, and subscribes to what the filter passes.</summary>
    /// <returns>The connection, and whether it is certain that from here on no event is missed.</returns>
    /// <exception cref="SaltEventException">There is no bus, or it cannot be used.</exception>
    public static async Task<(BusConnection Connection, bool IsJoined)> ConnectAsync(BusEndpoint endpoint, TagFilter filter, EventBusClientOptions options, CancellationToken token)
    {
        if (endpoint.Pub is not ZeroMqBusAddress)
        {
            return (await BusConnector.ConnectAsync(endpoint.Pub, options.ConnectTimeout, token).ConfigureAwait(false), true);
        }

        // The last, so that who gets these gets the others too.
        byte[][] prefixes = [.. filter.Prefixes, JoinPrefix];
        var connection = await ZeroMqConnection.ConnectAsync(endpoint.Pub, ZeroMqRole.Subscribe, prefixes, options.ConnectTimeout, token, options.MaxFrameBytes).ConfigureAwait(false);
        try
        {
            return (connection, await JoinAsync(connection, endpoint.Pull, options, token).ConfigureAwait(false));
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private static async Task<bool> JoinAsync(ZeroMqConnection connection, BusAddress pull, EventBusClientOptions options, CancellationToken token)
    {
        try
        {
            if (pull is ZeroMqBusAddress && pull.Socket is not TcpBusAddress { Port: 0 })
            {
                using var sender = await ZeroMqConnection.ConnectAsync(pull, ZeroMqRole.Push, null, options.ConnectTimeout, token).ConfigureAwait(false);
                return await FireAsync(connection.Joined, sender, token).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is SaltEventException or SocketException)
        {
            // To listen one need not be able to fire.
        }

        await Task.Delay(Settling, token).ConfigureAwait(false);
        return false;
    }

    private static async Task<bool> FireAsync(Task joined, ZeroMqConnection sender, CancellationToken token)
    {
        var body = EventCodec.Encode(ZeroMqConnection.JoinTag, new PayloadMap(), stamp: null);
        var frame = new ByteBuffer();
        FrameWriter.Write(frame, body);
        var watch = Stopwatch.StartNew();
        for (var pause = FirstPause; !joined.IsCompleted && watch.Elapsed < Patience; pause += pause)
        {
            await sender.SendAllAsync(frame.Written, token).ConfigureAwait(false);
            await Task.WhenAny(joined, Task.Delay(pause, token)).ConfigureAwait(false);
            token.ThrowIfCancellationRequested();
        }

        return joined.IsCompleted;
    }
}
