using System;
using SaltEvents.Core.Protocols;
using SaltEvents.Core.Transport;

namespace SaltEvents.Core.Tests.Support;

/// <summary>
/// Where the buses of a test listen: free ports, whatever the test asks for. Tests that are about Unix sockets are left out.
/// </summary>
public abstract class BusPlace : IDisposable
{
    private static readonly TcpBusAddress AnyPort = new(TcpBusAddress.Loopback, 0);

    public static BusPlace Usual() => new TcpPlace();

    public BusEndpoint Free() => new(AnyPort, AnyPort);

    public void Dispose() => GC.SuppressFinalize(this);
}

public sealed class UnixPlace : BusPlace;

public sealed class TcpPlace : BusPlace;
