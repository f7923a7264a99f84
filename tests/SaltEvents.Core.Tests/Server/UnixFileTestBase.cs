using System;
using System.Runtime.Versioning;
using System.Threading.Tasks;
using SaltEvents.Core.Configuration;
using SaltEvents.Core.Protocols;
using SaltEvents.Core.Server;
using SaltEvents.Core.Tests.Support;
using SaltEvents.Core.Transport;

namespace SaltEvents.Core.Tests.Server;

/// <summary>Buses with their files in a directory of the test.</summary>
[UnsupportedOSPlatform("windows")]
public abstract class UnixFileTestBase : IDisposable
{
    private protected TemporaryDirectory Root { get; } = new();

    public void Dispose()
    {
        Root.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected static Task<EventBusServer> StartAsync(BusEndpoint endpoint) =>
        EventBusServer.StartAsync(new EventBusServerOptions(endpoint));

    private protected static string PathOf(BusAddress address) => ((UnixBusAddress)address).Path;

    private protected BusEndpoint In(string name) => SocketNames.Master(Root.In(name));
}
