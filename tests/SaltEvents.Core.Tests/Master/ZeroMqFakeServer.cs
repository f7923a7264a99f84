using System;
using System.Threading.Tasks;
using NetMQ;
using NetMQ.Sockets;
using SaltEvents.Core.Transport;
using SaltEvents.Core.ZeroMq;

namespace SaltEvents.Core.Tests.Master;

/// <summary>A ZeroMQ ROUTER, as the front of Salt's request server.</summary>
internal sealed class ZeroMqFakeServer : FakeMasterServer
{
    private readonly RouterSocket socket;
    private readonly NetMQPoller poller;

    private ZeroMqFakeServer(RouterSocket socket, int port, Func<byte[], byte[]?> answer)
        : base(new TcpBusAddress(TcpBusAddress.Loopback, port))
    {
        this.socket = socket;
        socket.ReceiveReady += (_, _) =>
        {
            // Salt's workers are REP sockets: without the empty frame they would not see the question.
            if (socket.ReceiveMultipartBytes() is [var id, [], var question] && answer(question) is { } bytes)
            {
                socket.SendMultipartBytes(id, [], bytes);
            }
        };
        poller = [socket];
        poller.RunAsync("played master", isBackgroundThread: true);
    }

    public static ZeroMqFakeServer Open(Func<byte[], byte[]?> answer)
    {
        ZeroMqContext.Enter();
        var socket = new RouterSocket();
        socket.Options.Linger = TimeSpan.Zero;
        return new ZeroMqFakeServer(socket, socket.BindRandomPort("tcp://127.0.0.1"), answer);
    }

    public override ValueTask DisposeAsync()
    {
        poller.Dispose();
        socket.Dispose();
        ZeroMqContext.Leave();
        return default;
    }
}
