using System;
using System.Collections.Generic;
using NetMQ;
using NetMQ.Sockets;
using SaltEvents.Core.Compat;
using SaltEvents.Core.Transport;

namespace SaltEvents.Core.Framing;

/// <summary>
/// One ZeroMQ socket; the only file that names NetMQ's. It is used by one thread alone (see <see cref="ZeroMqThread"/>).
/// What is not sent when it is closed is dropped. NetMQ's own two threads end with the last open socket.
/// </summary>
internal sealed class ZeroMqSocket : IDisposable
{
    private static readonly object Gate = new();
    private static int open;
    private readonly NetMQSocket socket;
    private bool closed;

    /// <summary>A socket as NetMQ makes it. All sockets of the process come through here, so that the last one is known.</summary>
    internal ZeroMqSocket(Func<NetMQSocket> create)
    {
        lock (Gate)
        {
            socket = create();
            open++;
        }

        socket.Options.Linger = TimeSpan.Zero;
        socket.Options.MaxMsgSize = FrameLimits.DefaultMaxFrameBytes;
    }

    /// <summary>Asks, and gets one answer to each question; after a question without an answer it is of no further use.</summary>
    public static ZeroMqSocket Request() => new(() => new RequestSocket());

    /// <summary>Begins to connect, and goes on trying until it is closed. The host is an IP address.</summary>
    public void Connect(TcpBusAddress address)
    {
        var isIPv6 = address.Host.IndexOf(':') >= 0;
        socket.Options.IPv4Only = !isIPv6;
        socket.Connect("tcp://" + (isIPv6 ? address with { Host = "[" + address.Host + "]" } : address));
    }

    /// <summary>Hands over a message of one or more frames; false where that was not possible in time.</summary>
    public bool TrySend(TimeSpan wait, params byte[][] frames) => socket.TrySendMultipartBytes(wait, frames);

    /// <summary>Takes the next message; false where none came in time.</summary>
    public bool TryReceive(TimeSpan wait, out List<byte[]> frames)
    {
        frames = [];
        return socket.TryReceiveMultipartBytes(wait, ref frames);
    }

    public void Dispose()
    {
        lock (Gate)
        {
            if (closed)
            {
                return;
            }

            closed = true;
            socket.Dispose();
            if (--open == 0 && !PackageSharing.MayBeShared)
            {
                NetMQConfig.Cleanup(block: false);
            }
        }
    }
}
