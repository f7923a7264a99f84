using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using SaltEvents.Core.Connections;
using SaltEvents.Core.Framing;
using SaltEvents.Core.Transport;

namespace SaltEvents.Core.Protocols;

/// <summary>
/// How events are written on a bus's sockets, and what follows from it. There are two: <see cref="Stream"/> and <see cref="ZeroMq"/>.
/// </summary>
public abstract class BusProtocol
{
    private protected BusProtocol(SaltTransport transport) => Transport = transport;

    /// <summary>A byte stream of frames: Salt 2016.3 and later.</summary>
    public static BusProtocol Stream { get; } = new StreamProtocol();

    /// <summary>ZeroMQ: Salt 0.9.10 to 2015.8 (salt/utils/event.py, SaltEvent.__load_uri, 2015.8.13).</summary>
    public static BusProtocol ZeroMq { get; } = new ZeroMqProtocol();

    /// <summary>Its name for users.</summary>
    public SaltTransport Transport { get; }

    /// <summary>How many file handles of this process one connection takes at a bus.</summary>
    internal abstract int HandlesPerConnection { get; }

    /// <summary>
    /// Whether bodies are in frames, of which Salt has two formats. If not, each message is complete in itself, Salt has several ways
    /// to mark the end of a tag (<see cref="SaltTagForm"/>), and msgpack has to be that of before 2013.
    /// </summary>
    internal abstract bool IsFramed { get; }

    /// <summary>Whether a bus can confirm a subscription; if not, being connected is enough.</summary>
    internal virtual bool ConfirmsSubscriptions => false;

    /// <summary>The protocol of that name.</summary>
    public static BusProtocol From(SaltTransport transport) => transport == SaltTransport.ZeroMq ? ZeroMq : Stream;

    /// <summary>An address as users of the protocol write it.</summary>
    internal virtual string Format(BusAddress address) => address.ToString()!;

    /// <summary>Checks whether the protocol can be used at such an address here.</summary>
    /// <exception cref="PlatformNotSupportedException">It cannot.</exception>
    internal virtual void CheckSupported(BusAddress address)
    {
    }

    /// <summary>Connects to a pub socket, and subscribes to the tags with these prefixes.</summary>
    /// <param name="endpoint">The bus.</param>
    /// <param name="prefixes">The starts of tags; the connection may carry other events too.</param>
    /// <param name="timeout">How long connecting may take, and then again until the bus has shown that it speaks the protocol.</param>
    /// <param name="maxFrameBytes">The longest frame or message accepted, in bytes.</param>
    /// <param name="token">Ends it.</param>
    /// <exception cref="SaltEventException">There is no bus, or it cannot be used.</exception>
    internal abstract Task<PubConnection> SubscribeAsync(
        BusEndpoint endpoint,
        IReadOnlyList<byte[]> prefixes,
        TimeSpan timeout,
        int maxFrameBytes,
        CancellationToken token
    );

    /// <summary>Connects to a pull socket.</summary>
    /// <exception cref="SaltEventException">There is no bus, or it cannot be used.</exception>
    internal abstract Task<FrameConnection> ConnectToPullAsync(BusAddress address, TimeSpan timeout, CancellationToken token);

    /// <summary>A connection that a bus has accepted.</summary>
    /// <param name="connection">The connection, this method's from then on.</param>
    /// <param name="side">The socket at which the bus accepted it.</param>
    /// <param name="maxFrameBytes">The longest frame or message accepted from the peer, in bytes.</param>
    internal abstract FrameConnection Accept(SocketConnection connection, BusSide side, int maxFrameBytes);

    /// <summary>Adds a body to what is to be sent.</summary>
    /// <param name="output">What is to be sent.</param>
    /// <param name="body">The body.</param>
    /// <param name="format">The format, if bodies are in frames.</param>
    internal abstract void Write(FrameBatch output, ReadOnlySpan<byte> body, FrameFormat format);

    /// <summary>Finds tag and payload in an event's body; false if it is not an event.</summary>
    internal abstract bool TryFindTag(ReadOnlySpan<byte> body, out int tagLength, out int payloadOffset);
}
