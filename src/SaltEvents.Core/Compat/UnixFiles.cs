using System;
using System.IO;
using System.Net;

namespace SaltEvents.Core.Compat;

/// <summary>Unix sockets and file modes: there on .NET 8 and later, a clear error on .NET Framework.</summary>
internal static class UnixFiles
{
#if NETFRAMEWORK
    public static bool Supported => false;

    public static EndPoint EndPoint(string path) => throw NotSupported();

    public static void CreatePrivateDirectory(string path) => throw NotSupported();

    public static string CreatePrivateTemporaryDirectory() => throw NotSupported();

    public static void MakePrivate(string path) => throw NotSupported();

    public static void MoveNew(string from, string to) => throw NotSupported();

    private static PlatformNotSupportedException NotSupported() => new(
        "Windows PowerShell (.NET Framework) has no Unix sockets. Use the bus in TCP mode: name its pub and pull ports, or run PowerShell 7.");
#else
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public static bool Supported => System.Net.Sockets.Socket.OSSupportsUnixDomainSockets;

    public static EndPoint EndPoint(string path) => new System.Net.Sockets.UnixDomainSocketEndPoint(path);

    /// <summary>Creates the directory, mode 0700; Windows directories inherit their parent's rights.</summary>
    public static void CreatePrivateDirectory(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
        }
        else
        {
            Directory.CreateDirectory(path, OwnerOnly | UnixFileMode.UserExecute);
        }
    }

    public static string CreatePrivateTemporaryDirectory() => Directory.CreateTempSubdirectory("saltevents-").FullName;

    public static void MakePrivate(string path)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, OwnerOnly);
        }
    }

    /// <summary>Renames a socket file, never over an existing one.</summary>
    public static void MoveNew(string from, string to) => File.Move(from, to, overwrite: false);
#endif
}
