using System;
using System.Threading;
using System.Threading.Tasks;
using NetMQ;
using NetMQ.Sockets;
using SaltEvents.Core.Framing;
using SaltEvents.Core.Transport;

namespace SaltEvents.Core.Tests.Master;

/// <summary>A ZeroMQ ROUTER, as the front of Salt's request server.</summary>
internal sealed class ZeroMqDoor : MasterDoor
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(10);
    private readonly ZeroMqThread thread;
    private readonly ZeroMqSocket socket;
    private readonly CancellationTokenSource stop = new();
    private readonly Task<bool> work;

    private ZeroMqDoor(TcpBusAddress address, ZeroMqThread thread, ZeroMqSocket socket, Func<byte[], byte[]?> answer)
        : base(address)
    {
        this.thread = thread;
        this.socket = socket;
        work = thread.RunAsync(() => Serve(answer));
    }

    public static ZeroMqDoor Open(Func<byte[], byte[]?> answer)
    {
        var port = 0;
        var thread = new ZeroMqThread("played master");
        var socket = thread.RunAsync(() => new ZeroMqSocket(() =>
        {
            var router = new RouterSocket();
            port = router.BindRandomPort("tcp://127.0.0.1");
            return router;
        })).GetAwaiter().GetResult();
        return new ZeroMqDoor(new TcpBusAddress(TcpBusAddress.Loopback, port), thread, socket, answer);
    }

    public override async ValueTask DisposeAsync()
    {
        stop.Cancel();
        await work;
        thread.Dispose();
        stop.Dispose();
    }

    private bool Serve(Func<byte[], byte[]?> answer)
    {
        using (socket)
        {
            while (!stop.IsCancellationRequested)
            {
                if (socket.TryReceive(Step, out var frames) && answer(frames[^1]) is { } bytes)
                {
                    socket.TrySend(TimeSpan.FromSeconds(1), frames[0], [], bytes);
                }
            }
        }

        return true;
    }
}
