using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using SaltEvents.Core.Framing;
using SaltEvents.Core.Transport;

namespace SaltEvents.Core.ZeroMq;

/// <summary>
/// Subscribes to a ZeroMQ bus, which says nothing about when it has taken the subscription in, and drops what it publishes before. So
/// a harmless event is fired until it comes back.
/// </summary>
internal sealed class ZeroMqSubscriber(BusAddress pub, BusAddress pull, TimeSpan connectTimeout)
{
    // A bus takes milliseconds. If its pull socket is not known, nothing better can be done than to wait a little.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Settling = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(10);
    private static readonly byte[] SyncPrefix = Encoding.UTF8.GetBytes(ZeroMqConnection.SyncTag);
    private static readonly byte[] SyncBody = [.. SyncPrefix, .. "\n\n"u8, 0x80]; // an empty map

    /// <summary>Connects and subscribes.</summary>
    /// <returns>The connection, and whether it is certain that from here on no event is missed.</returns>
    /// <exception cref="SaltEventException">There is no bus, or it cannot be used.</exception>
    public async Task<(ZeroMqConnection Connection, bool IsConfirmed)> OpenAsync(
        IReadOnlyList<byte[]> prefixes,
        int maxMessageBytes,
        CancellationToken token
    )
    {
        // The last one, so that a bus that knows it knows the others too.
        byte[][] all = [.. prefixes, SyncPrefix];
        var connection = await ZeroMqConnector
            .ConnectAsync(pub, ZeroMqRole.Subscribe, all, connectTimeout, token, maxMessageBytes)
            .ConfigureAwait(false);
        try
        {
            return (connection, await ConfirmSubscriptionAsync(connection, token).ConfigureAwait(false));
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private async Task<bool> ConfirmSubscriptionAsync(ZeroMqConnection connection, CancellationToken token)
    {
        try
        {
            if (pull.IsKnown)
            {
                using var sender = await ZeroMqConnector
                    .ConnectAsync(pull, ZeroMqRole.Push, null, connectTimeout, token)
                    .ConfigureAwait(false);
                return await FireAsync(connection.Subscribed, sender, token).ConfigureAwait(false);
            }
        }
        catch (SaltEventException)
        {
            // An account that may listen need not be allowed to fire.
        }

        await Task.Delay(Settling, token).ConfigureAwait(false);
        return false;
    }

    private static async Task<bool> FireAsync(Task subscribed, ZeroMqConnection sender, CancellationToken token)
    {
        var message = new FrameBatch(SyncBody.Length);
        message.AddMessage(SyncBody);
        var watch = Stopwatch.StartNew();
        for (var pause = FirstPause; !subscribed.IsCompleted && watch.Elapsed < Patience; pause += pause)
        {
            await sender.SendAsync([message.All], token).ConfigureAwait(false);
            await Task.WhenAny(subscribed, Task.Delay(pause, token)).ConfigureAwait(false);
            token.ThrowIfCancellationRequested();
        }

        return subscribed.IsCompleted;
    }
}
