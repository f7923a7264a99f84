using System;
using System.Collections.Generic;
using NetMQ;
using NetMQ.Sockets;
using SaltEvents.Core.Transport;

namespace SaltEvents.Core.Framing;

/// <summary>
/// One ZeroMQ socket; the only file that names NetMQ's. It is used by one thread alone (<see cref="ZeroMqThread"/>,
/// <see cref="ZeroMqLoop"/>). What is not sent when it is closed is dropped, but for what it is given as linger.
/// </summary>
internal sealed class ZeroMqSocket : IDisposable
{
    // libzmq's own default: so many messages wait for a reader that is slow; then the sender has to.
    private const int ReceiveHighWatermark = 1000;
    private static readonly TimeSpan Never = TimeSpan.FromMilliseconds(-1);
    private bool closed;

    /// <summary>A socket as NetMQ makes it. All sockets of the process come through here, so that the last one is known.</summary>
    internal ZeroMqSocket(Func<NetMQSocket> create)
    {
        ZeroMqContext.Enter();
        try
        {
            Inner = create();
        }
        catch
        {
            ZeroMqContext.Leave();
            throw;
        }

        Inner.Options.Linger = TimeSpan.Zero;
        Inner.Options.MaxMsgSize = FrameLimits.DefaultMaxFrameBytes;
    }

    /// <summary>Takes one frame.</summary>
    public delegate void FrameHandler(ReadOnlySpan<byte> frame);

    /// <summary>NetMQ's socket, for its own poller.</summary>
    internal NetMQSocket Inner { get; }

    /// <summary>Asks, and gets one answer to each question; after a question without an answer it is of no further use.</summary>
    public static ZeroMqSocket Request() => new(() => new RequestSocket());

    /// <summary>A socket for one connection that has a <see cref="ZeroMqBridge"/>: it never connects again, and its owner bounds what it is given.</summary>
    public static ZeroMqSocket ForBridge(ZeroMqRole role)
    {
        var made = new ZeroMqSocket(() => role switch
        {
            ZeroMqRole.Subscribe => new SubscriberSocket(),
            ZeroMqRole.Push => new PushSocket(),
            ZeroMqRole.Pull => new PullSocket(),
            _ => new XPublisherSocket(),
        });
        var options = made.Inner.Options;
        options.ReconnectInterval = Never;
        options.ReceiveHighWatermark = ReceiveHighWatermark;
        options.SendHighWatermark = 0; // unbounded: no other value lets a publisher wait instead of dropping
        if (role == ZeroMqRole.Publish)
        {
            options.ManualPublisher = true; // its owner compares tags, so that he knows what is sent
        }

        return made;
    }

    /// <summary>Begins to connect, and goes on trying until it is closed. The host is an IP address.</summary>
    public void Connect(TcpBusAddress address)
    {
        var isIPv6 = address.Host.IndexOf(':') >= 0;
        Inner.Options.IPv4Only = !isIPv6;
        Inner.Connect("tcp://" + (isIPv6 ? address with { Host = "[" + address.Host + "]" } : address));
    }

    /// <summary>A listener asks for what starts so; a publisher lets the peer whose wish it has just taken have everything.</summary>
    public void Subscribe(byte[] prefix)
    {
        if (Inner is SubscriberSocket subscriber)
        {
            subscriber.Subscribe(prefix);
        }
        else
        {
            ((XPublisherSocket)Inner).Subscribe(prefix);
        }
    }

    /// <summary>Hands over a message of one or more frames; false where that was not possible in time.</summary>
    public bool TrySend(TimeSpan wait, params byte[][] frames) => Inner.TrySendMultipartBytes(wait, frames);

    /// <summary>Hands over a message of one frame, whose bytes are the socket's from then on; false where it cannot take it now.</summary>
    public bool TrySend(byte[] frame)
    {
        var message = default(Msg);
        message.InitGC(frame, frame.Length);
        var isSent = Inner.TrySend(ref message, TimeSpan.Zero, more: false);
        message.Close();
        return isSent;
    }

    /// <summary>Takes the next message; false where none came in time.</summary>
    public bool TryReceive(TimeSpan wait, out List<byte[]> frames)
    {
        frames = [];
        return Inner.TryReceiveMultipartBytes(wait, ref frames);
    }

    /// <summary>Takes the next frame where one has arrived.</summary>
    public bool TryReceive(FrameHandler take)
    {
        var message = default(Msg);
        message.InitEmpty();
        var isReceived = Inner.TryReceive(ref message, TimeSpan.Zero);
        if (isReceived)
        {
            take(message.Slice());
        }

        message.Close();
        return isReceived;
    }

    /// <summary>Closes it, and lets what it was given be sent for so long.</summary>
    public void Close(TimeSpan linger)
    {
        if (!closed)
        {
            Inner.Options.Linger = linger;
            Dispose();
        }
    }

    public void Dispose()
    {
        if (closed)
        {
            return;
        }

        closed = true;
        Inner.Dispose();
        ZeroMqContext.Leave();
    }
}
