using System;
using System.Threading.Tasks;
using SaltEvents.Core.Master;
using SaltEvents.Core.Transport;

namespace SaltEvents.Core.Tests.Master;

/// <summary>Where a played master listens: takes questions and sends what its owner answers; null is no answer.</summary>
internal abstract class FakeMasterServer(TcpBusAddress address) : IAsyncDisposable
{
    public TcpBusAddress Address { get; } = address;

    public static FakeMasterServer Open(MasterTransport transport, Func<byte[], byte[]?> answer) =>
        transport switch
        {
            MasterTransport.Tcp => TcpFakeServer.Open(answer),
            MasterTransport.WebSocket => WebSocketFakeServer.Open(answer),
            _ => ZeroMqFakeServer.Open(answer),
        };

    public abstract ValueTask DisposeAsync();
}
