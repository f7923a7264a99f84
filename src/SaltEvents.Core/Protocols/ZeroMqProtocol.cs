using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using SaltEvents.Core.Connections;
using SaltEvents.Core.Framing;
using SaltEvents.Core.Transport;
using SaltEvents.Core.ZeroMq;

namespace SaltEvents.Core.Protocols;

/// <summary>ZeroMQ. A bus drops what it publishes until it has processed a subscription, and does not say when that is.</summary>
internal sealed class ZeroMqProtocol() : BusProtocol(SaltTransport.ZeroMq)
{
    // The connection itself, the bridge's and NetMQ's.
    internal override int HandlesPerConnection => 6;

    internal override bool IsFramed => false;

    internal override bool ConfirmsSubscriptions => true;

    internal override string Format(BusAddress address) => (address is UnixBusAddress ? "ipc://" : "tcp://") + address;

    internal override void CheckSupported(BusAddress address) => ZeroMqBridge.CheckSupported(address);

    internal override async Task<PubConnection> SubscribeAsync(
        BusEndpoint endpoint,
        IReadOnlyList<byte[]> prefixes,
        TimeSpan timeout,
        int maxFrameBytes,
        CancellationToken token
    )
    {
        var subscriber = new ZeroMqSubscriber(endpoint.Pub, endpoint.Pull, timeout);
        var (connection, isConfirmed) = await subscriber.OpenAsync(prefixes, maxFrameBytes, token).ConfigureAwait(false);
        return new(connection, isConfirmed);
    }

    internal override async Task<FrameConnection> ConnectToPullAsync(BusAddress address, TimeSpan timeout, CancellationToken token) =>
        await ZeroMqConnector.ConnectAsync(address, ZeroMqRole.Push, null, timeout, token).ConfigureAwait(false);

    internal override FrameConnection Accept(SocketConnection connection, BusSide side, int maxFrameBytes) =>
        new ZeroMqConnection(connection, side == BusSide.Pub ? ZeroMqRole.Publish : ZeroMqRole.Pull, maxMessageBytes: maxFrameBytes);

    internal override void Write(FrameBatch output, ReadOnlySpan<byte> body, FrameFormat format) =>
        output.AddMessage(body);

    internal override bool TryFindTag(ReadOnlySpan<byte> body, out int tagLength, out int payloadOffset) =>
        TagEncoding.TryFind(body, out tagLength, out payloadOffset);
}
