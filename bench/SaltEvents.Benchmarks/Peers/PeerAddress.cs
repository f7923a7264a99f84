using System;
using System.Globalization;
using System.IO;
using System.Net;
using System.Net.Sockets;
using SaltEvents.Core.Protocols;
using SaltEvents.Core.Transport;

namespace SaltEvents.Benchmarks.Peers;

/// <summary>An address as text for a peer's command line, and as a plain socket.</summary>
internal static class PeerAddress
{
    private const string ZeroMqScheme = "tcp://";

    /// <summary>A bus; one that speaks ZeroMQ has a scheme before its ports.</summary>
    public static BusEndpoint Endpoint(string pub, string pull) => pub.StartsWith(ZeroMqScheme, StringComparison.Ordinal)
        ? new BusEndpoint(Parse(pub[ZeroMqScheme.Length..]), Parse(pull[ZeroMqScheme.Length..]), BusProtocol.ZeroMq)
        : new BusEndpoint(Parse(pub), Parse(pull));

    public static BusAddress Parse(string text)
    {
        if (text.Contains(Path.DirectorySeparatorChar, StringComparison.Ordinal))
        {
            return new UnixBusAddress(text);
        }

        var colon = text.LastIndexOf(':');
        return new TcpBusAddress(text[..colon], int.Parse(text.AsSpan(colon + 1), CultureInfo.InvariantCulture));
    }

    public static Socket CreateSocket(BusAddress address) => address is UnixBusAddress
        ? new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
        : new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };

    public static EndPoint EndPoint(BusAddress address) => address switch
    {
        UnixBusAddress unix => new UnixDomainSocketEndPoint(unix.Path),
        _ => new IPEndPoint(IPAddress.Parse(((TcpBusAddress)address).Host), ((TcpBusAddress)address).Port),
    };
}
