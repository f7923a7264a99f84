using System;
using System.Threading.Tasks;
using SaltEvents.Core.Master;
using SaltEvents.Core.Transport;

namespace SaltEvents.Core.Tests.Master;

/// <summary>Where a played master listens: takes questions and sends what its owner answers; null is no answer.</summary>
internal abstract class MasterDoor(TcpBusAddress address) : IAsyncDisposable
{
    public TcpBusAddress Address { get; } = address;

    public static MasterDoor Open(MasterTransport transport, Func<byte[], byte[]?> answer) =>
        transport switch
        {
            MasterTransport.Tcp => TcpDoor.Open(answer),
            MasterTransport.WebSocket => WebSocketDoor.Open(answer),
            _ => ZeroMqDoor.Open(answer),
        };

    public abstract ValueTask DisposeAsync();
}
