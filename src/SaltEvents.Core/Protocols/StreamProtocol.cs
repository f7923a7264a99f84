using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using SaltEvents.Core.Connections;
using SaltEvents.Core.Framing;
using SaltEvents.Core.Transport;

namespace SaltEvents.Core.Protocols;

/// <summary>A byte stream of frames. A subscriber gets everything from the moment it is connected.</summary>
internal sealed class StreamProtocol() : BusProtocol(SaltTransport.Stream)
{
    internal override int HandlesPerConnection => 1;

    internal override bool IsFramed => true;

    internal override async Task<PubConnection> SubscribeAsync(
        BusEndpoint endpoint,
        IReadOnlyList<byte[]> prefixes,
        TimeSpan timeout,
        int maxFrameBytes,
        CancellationToken token
    ) =>
        new(
            new StreamFrames(await BusConnector.ConnectAsync(endpoint.Pub, timeout, token).ConfigureAwait(false), maxFrameBytes),
            IsConfirmed: true
        );

    internal override async Task<FrameConnection> ConnectToPullAsync(BusAddress address, TimeSpan timeout, CancellationToken token) =>
        new StreamFrames(await BusConnector.ConnectAsync(address, timeout, token).ConfigureAwait(false), FrameLimits.DefaultMaxFrameBytes);

    internal override FrameConnection Accept(SocketConnection connection, BusSide side, int maxFrameBytes) =>
        new StreamFrames(connection, maxFrameBytes);

    internal override void Write(FrameBatch output, ReadOnlySpan<byte> body, FrameFormat format) =>
        output.AddFrame(body, format);

    internal override bool TryFindTag(ReadOnlySpan<byte> body, out int tagLength, out int payloadOffset)
    {
        tagLength = body.IndexOf("\n\n"u8);
        payloadOffset = tagLength + 2;
        return tagLength > 0;
    }
}
