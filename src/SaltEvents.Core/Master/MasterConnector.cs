using System;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using SaltEvents.Core.Compat;
using SaltEvents.Core.Transport;

namespace SaltEvents.Core.Master;

/// <summary>Opens TCP connections to a master, at the first of its addresses that answers, and explains in words why it cannot.</summary>
internal static class MasterConnector
{
    /// <exception cref="MasterRequestException">Nothing listens there.</exception>
    public static async Task<SocketConnection> ConnectAsync(TcpBusAddress master, CancellationToken token)
    {
        SaltEventException? failure = null;
        foreach (var ip in await ResolveAsync(master, token).ConfigureAwait(false))
        {
            try
            {
                return await BusConnector
                    .ConnectAsync(master with { Host = ip.ToString() }, Timeout.InfiniteTimeSpan, token)
                    .ConfigureAwait(false);
            }
            catch (SaltEventException e)
            {
                failure = e;
            }
        }

        throw NotFound(
            master,
            failure is BusException { Reason: BusReason.NotFound } ? "nothing listens on that port" : failure!.InnerException!.Message,
            failure.InnerException
        );
    }

    /// <summary>The addresses of a master, in the order to try them.</summary>
    /// <exception cref="MasterRequestException">Its host name is not known.</exception>
    public static async Task<IPAddress[]> ResolveAsync(TcpBusAddress master, CancellationToken token)
    {
        try
        {
            return IPAddress.TryParse(master.Host, out var ip)
                ? [ip]
                : [.. (await BusConnector.ResolveAsync(master.Host, token).ConfigureAwait(false)).OrderBy(IsNewer)];
        }
        catch (SocketException e)
        {
            throw NotFound(master, $"the host name is not known ({e.Clause()})", e);
        }
    }

    // IPv4 first, as Salt (ipv6: False): an address without a server takes all the time.
    private static bool IsNewer(IPAddress address) => address.AddressFamily == AddressFamily.InterNetworkV6;

    /// <summary>The error for a missing master.</summary>
    public static MasterRequestException NotFound(TcpBusAddress master, string why, Exception? cause) => new(
        MasterRequestReason.MasterNotFound,
        $"There is no Salt master at {master}: {why}. Is it running, and is this the port of its request server (ret_port, 4506)?",
        cause);
}
