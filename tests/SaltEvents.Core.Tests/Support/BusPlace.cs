using System;
using SaltEvents.Core.Configuration;
using SaltEvents.Core.Protocols;
using SaltEvents.Core.Transport;

namespace SaltEvents.Core.Tests.Support;

/// <summary>Where the buses of a test listen: the same tests run over both kinds of socket.</summary>
public abstract class BusPlace : IDisposable
{
    /// <summary>Unix sockets where the bus has them, and else ports.</summary>
    public static BusPlace Usual() => OperatingSystem.IsWindows() ? new TcpPlace() : new UnixPlace();

    /// <summary>Free addresses for one more bus.</summary>
    public abstract BusEndpoint Free();

    public abstract void Dispose();
}

public sealed class UnixPlace : BusPlace
{
    private readonly TemporaryDirectory directory = new();
    private int count;

    public override BusEndpoint Free() => SocketNames.Master(directory.In("b" + count++));

    public override void Dispose() => directory.Dispose();
}

public sealed class TcpPlace : BusPlace
{
    private static readonly TcpBusAddress AnyPort = new(TcpBusAddress.Loopback, 0);

    public override BusEndpoint Free() => new(AnyPort, AnyPort);

    public override void Dispose()
    {
    }
}
