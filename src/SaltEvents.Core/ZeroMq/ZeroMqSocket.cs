using System;
using NetMQ;
using NetMQ.Sockets;
using SaltEvents.Core.Transport;

namespace SaltEvents.Core.ZeroMq;

/// <summary>
/// NetMQ's socket for one connection that has a <see cref="ZeroMqBridge"/>; the only file that makes one. It never connects
/// again, its owner bounds what it is given, and it is only used on the thread of the <see cref="ZeroMqLoop"/>. What is not
/// sent within the linger time after it is closed is dropped.
/// </summary>
internal sealed class ZeroMqSocket : IDisposable
{
    // libzmq's own default: so many messages wait for a reader that is slow; then the sender has to.
    private const int ReceiveHighWatermark = 1000;
    private static readonly TimeSpan Never = TimeSpan.FromMilliseconds(-1);
    private bool closed;

    public ZeroMqSocket(ZeroMqRole role, int maxMessageBytes)
    {
        ZeroMqContext.Enter();
        try
        {
            Inner = role switch
            {
                ZeroMqRole.Subscribe => new SubscriberSocket(),
                ZeroMqRole.Push => new PushSocket(),
                ZeroMqRole.Pull => new PullSocket(),
                ZeroMqRole.Request => new DealerSocket(),
                _ => new XPublisherSocket(),
            };
        }
        catch
        {
            ZeroMqContext.Leave();
            throw;
        }

        var options = Inner.Options;
        options.Linger = TimeSpan.Zero;
        options.MaxMsgSize = maxMessageBytes;
        options.ReconnectInterval = Never;
        options.ReceiveHighWatermark = ReceiveHighWatermark;
        options.SendHighWatermark = 0; // unbounded: no other value lets a publisher wait instead of dropping
        if (role == ZeroMqRole.Publish)
        {
            options.ManualPublisher = true; // its owner compares tags, and so knows what is sent
        }
    }

    /// <summary>Takes one frame.</summary>
    public delegate void FrameHandler(ReadOnlySpan<byte> frame);

    /// <summary>NetMQ's socket, for its own poller.</summary>
    internal NetMQSocket Inner { get; }

    /// <summary>Connects to its bridge.</summary>
    public void Connect(TcpBusAddress address) => Inner.Connect("tcp://" + address);

    /// <summary>A subscriber subscribes to a prefix; a publisher lets the peer that has just subscribed have it.</summary>
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

    /// <summary>Hands over a frame, whose bytes are the socket's from then on; false if it cannot take it now.</summary>
    public bool TrySend(byte[] frame, bool more = false)
    {
        var message = default(Msg);
        message.InitGC(frame, frame.Length);
        var isSent = Inner.TrySend(ref message, TimeSpan.Zero, more);
        message.Close();
        return isSent;
    }

    /// <summary>Takes the next frame if one has arrived.</summary>
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
