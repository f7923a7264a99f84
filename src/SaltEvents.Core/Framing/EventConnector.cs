using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using SaltEvents.Core.Transport;
using SaltEvents.Core.ZeroMq;

namespace SaltEvents.Core.Framing;

/// <summary>Opens connections that carry frames, whatever is spoken on the socket.</summary>
internal static class EventConnector
{
    /// <summary>Connects to a pull socket.</summary>
    /// <inheritdoc cref="ZeroMqConnection.ConnectAsync"/>
    public static async Task<BusConnection> ToPullAsync(BusAddress address, TimeSpan timeout, CancellationToken token) => address is ZeroMqBusAddress
        ? await ZeroMqConnection.ConnectAsync(address, ZeroMqRole.Push, null, timeout, token).ConfigureAwait(false)
        : await BusConnector.ConnectAsync(address, timeout, token).ConfigureAwait(false);

    /// <summary>A connection that a bus has accepted.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="role">What the bus does there.</param>
    /// <param name="maxMessageBytes">The longest message accepted from the peer, in bytes, where it speaks ZeroMQ.</param>
    public static BusConnection Accepted(BusConnection connection, ZeroMqRole role, int maxMessageBytes) =>
        connection.Address is ZeroMqBusAddress ? new ZeroMqConnection(connection, role, maxMessageBytes: maxMessageBytes) : connection;
}
