using System;
using System.Collections.Generic;
using System.Globalization;
using System.Threading;
using System.Threading.Tasks;
using SaltEvents.Core.Framing;
using SaltEvents.Core.Transport;

namespace SaltEvents.Core.ZeroMq;

/// <summary>Opens ZeroMQ connections, and explains in words why it cannot.</summary>
internal static class ZeroMqConnector
{
    /// <summary>Connects to a bus.</summary>
    /// <param name="address">Its socket.</param>
    /// <param name="role">What for.</param>
    /// <param name="prefixes">What a subscriber subscribes to, in this order.</param>
    /// <param name="timeout">How long connecting may take, and then again until the bus shows that it speaks ZeroMQ.</param>
    /// <param name="token">Ends it.</param>
    /// <param name="maxMessageBytes">The longest message accepted from the bus, in bytes.</param>
    /// <exception cref="BusException">Nothing listens there.</exception>
    /// <exception cref="BusException">The account may not connect.</exception>
    /// <exception cref="BusException">No answer in time.</exception>
    /// <exception cref="FrameFormatException">It does not speak ZeroMQ.</exception>
    public static async Task<ZeroMqConnection> ConnectAsync(
        BusAddress address,
        ZeroMqRole role,
        IReadOnlyList<byte[]>? prefixes,
        TimeSpan timeout,
        CancellationToken token,
        int maxMessageBytes = FrameLimits.DefaultMaxFrameBytes
    )
    {
        var remote = await BusConnector.ConnectAsync(address, timeout, token).ConfigureAwait(false);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(token);
        limit.CancelAfter(timeout);
        try
        {
            return await GreetAsync(remote, role, prefixes, limit.Token, maxMessageBytes).ConfigureAwait(false)
                ?? throw new BusException(
                    BusReason.ConnectionLost,
                    address,
                    $"The server at {address} does not speak ZeroMQ: it closed the connection. Is it a bus of Salt 2016.3 or later?"
                );
        }
        catch (OperationCanceledException e) when (!token.IsCancellationRequested)
        {
            throw new BusException(
                BusReason.ConnectionLost,
                address,
                string.Format(
                    CultureInfo.InvariantCulture,
                    "A server listens at {0}, but did not confirm within {1:0.###} s that it speaks ZeroMQ. Is it a bus of Salt 2016.3 or later?",
                    address,
                    timeout.TotalSeconds
                ),
                e
            );
        }
    }

    /// <summary>
    /// Takes an open connection over and waits until the peer has shown that it speaks ZeroMQ; null if it closed the connection instead.
    /// </summary>
    /// <exception cref="FrameFormatException">It does not speak ZeroMQ.</exception>
    public static async Task<ZeroMqConnection?> GreetAsync(
        SocketConnection remote,
        ZeroMqRole role,
        IReadOnlyList<byte[]>? prefixes,
        CancellationToken token,
        int maxMessageBytes = FrameLimits.DefaultMaxFrameBytes
    )
    {
        var connection = new ZeroMqConnection(remote, role, prefixes, maxMessageBytes);
        var isGreeted = false;
        try
        {
            isGreeted = await connection.WaitForGreetingAsync(token).ConfigureAwait(false);
            return isGreeted ? connection : null;
        }
        finally
        {
            if (!isGreeted)
            {
                connection.Dispose();
            }
        }
    }
}
