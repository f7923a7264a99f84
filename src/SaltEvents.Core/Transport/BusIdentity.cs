using System;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net;
using SaltEvents.Core.Compat;

namespace SaltEvents.Core.Transport;

/// <summary>
/// What distinguishes a bus from the next one at the same address: when its socket file was made, or the number that the system
/// gave its listening socket (on Linux: proc(5), /proc/net/tcp).
/// </summary>
internal static class BusIdentity
{
    private const string Listening = "0A";
    private const int LocalColumn = 1;
    private const int StateColumn = 3;
    private const int InodeColumn = 9;

    /// <summary>The identity of the bus that listens there now; null if there is none, or if this system does not show it.</summary>
    public static string? Find(BusAddress address) => address switch
    {
        UnixBusAddress unix => FindFile(unix.Path),
        TcpBusAddress tcp when IsLocal(tcp) => FindPort(tcp.Port),
        _ => null,
    };

    /// <summary>Whether the bus is on this computer, as far as its address says.</summary>
    public static bool IsLocal(BusAddress address) => address is not TcpBusAddress tcp
        || tcp.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(tcp.Host, out var ip) && IPAddress.IsLoopback(ip));

    private static string? FindFile(string path)
    {
        try
        {
            // A link has times of its own, whatever is made in the place to which it leads.
            var file = new FileInfo(File.Exists(path) ? UnixFiles.ResolveLinks(path) : path);
            return file.Exists
                ? string.Format(CultureInfo.InvariantCulture, "{0}/{1}", file.CreationTimeUtc.Ticks, file.LastWriteTimeUtc.Ticks)
                : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null; // it has gone meanwhile
        }
    }

    private static string? FindPort(int port)
    {
        try
        {
            var end = ":" + port.ToString("X4", CultureInfo.InvariantCulture);
            return File.ReadLines("/proc/net/tcp")
                .Where(line => line.Contains(end)) // a busy computer has thousands
                .Select(line => line.Split([' '], StringSplitOptions.RemoveEmptyEntries))
                .FirstOrDefault(c =>
                    c.Length > InodeColumn && c[StateColumn] == Listening && c[LocalColumn].EndsWith(end, StringComparison.Ordinal)
                )
                ?[InodeColumn];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null; // not Linux
        }
    }
}
