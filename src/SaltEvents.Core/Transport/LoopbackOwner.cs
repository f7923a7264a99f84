using System;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using SaltEvents.Core.Compat;

namespace SaltEvents.Core.Transport;

/// <summary>
/// Finds out whether the other end of a connection over 127.0.0.1 is in this process: Linux lists each connection with the
/// number of its socket in /proc/net/tcp (proc(5)), and the sockets of a process are the links in its /proc/self/fd.
/// </summary>
internal static class LoopbackOwner
{
    private const int LocalColumn = 1;
    private const int RemoteColumn = 2;
    private const int InodeColumn = 9;

    /// <summary>Whether this system shows it.</summary>
    public static bool IsSupported { get; } = RuntimeInformation.IsOSPlatform(OSPlatform.Linux) && File.Exists("/proc/net/tcp");

    /// <summary>Whether the peer of an accepted connection is a socket of this process.</summary>
    public static bool IsThisProcess(Socket accepted)
    {
        try
        {
            var (peer, own) = (Column((IPEndPoint)accepted.RemoteEndPoint!), Column((IPEndPoint)accepted.LocalEndPoint!));
            var line = File.ReadLines("/proc/net/tcp")
                .Where(l => l.Contains(peer)) // a busy computer has thousands
                .Select(l => l.Split([' '], StringSplitOptions.RemoveEmptyEntries))
                .FirstOrDefault(c => c.Length > InodeColumn && c[LocalColumn] == peer && c[RemoteColumn] == own);
            return line is not null
                && Directory.GetFiles("/proc/self/fd").Any(file => UnixFiles.LinkTarget(file) == $"socket:[{line[InodeColumn]}]");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or SocketException or ObjectDisposedException)
        {
            return false; // the peer has gone meanwhile
        }
    }

    // The address as the kernel prints it: a 32-bit number in the machine's own order.
    private static string Column(IPEndPoint end) =>
        $"{BitConverter.ToUInt32(end.Address.GetAddressBytes(), 0):X8}:{end.Port:X4}";
}
