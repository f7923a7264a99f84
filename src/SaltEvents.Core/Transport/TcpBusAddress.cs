using System.Globalization;

namespace SaltEvents.Core.Transport;

/// <summary>A TCP socket (Salt's <c>ipc_mode: tcp</c>).</summary>
/// <param name="Host">A host name or IP address.</param>
/// <param name="Port">The port, 1 to 65535; 0 only to listen on a free one.</param>
public sealed record TcpBusAddress(string Host, int Port) : BusAddress
{
    /// <summary>Where Salt itself listens in TCP mode.</summary>
    public const string Loopback = "127.0.0.1";

    /// <inheritdoc/>
    public override string ToString() => Host + ":" + Port.ToString(CultureInfo.InvariantCulture);
}
