using System;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using SaltEvents.Core.Events;
using SaltEvents.Core.Master;
using SaltEvents.Core.Tests.Support;
using SaltEvents.Core.Transport;
using Xunit;

namespace SaltEvents.Core.Tests.Master;

/// <summary>A request to a master, and a port that accepts connections and says nothing.</summary>
public abstract class ChannelTestBase : IDisposable
{
    internal static readonly PayloadMap Question = new()
    {
        { "enc", "clear" },
        { "version", 3 },
        {
            "load",
            new PayloadMap { { "cmd", "publish" } }
        },
    };

    private protected TcpListener Listener { get; } = new(IPAddress.Loopback, 0);

    protected ChannelTestBase() => Listener.Start();

    public static TheoryData<MasterTransport> Transports => [MasterTransport.ZeroMq, MasterTransport.Tcp, MasterTransport.WebSocket];

    private protected TcpBusAddress Silent => new(TcpBusAddress.Loopback, ((IPEndPoint)Listener.LocalEndpoint).Port);

    public void Dispose()
    {
        Listener.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected static Task<MasterRequestException> FailAsync(MasterRequests requests) =>
        Assert.ThrowsAsync<MasterRequestException>(() => requests.AskAsync(Question, string.Empty, CancellationToken.None)).Soon();
}
