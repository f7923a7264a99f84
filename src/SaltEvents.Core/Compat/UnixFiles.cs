using System;
using System.IO;
using System.Net;

namespace SaltEvents.Core.Compat;

/// <summary>Unix sockets and file modes: there on .NET 8 and later, a clear error on .NET Framework.</summary>
internal static class UnixFiles
{
#if NETFRAMEWORK
    public static EndPoint EndPoint(string path) => throw NotSupported();

    public static void CreatePrivateDirectory(string path) => throw NotSupported();

    public static string CreatePrivateTemporaryDirectory(string prefix) => throw NotSupported();

    public static void MakePrivate(string path) => throw NotSupported();

    /// <summary>A new file; Windows files inherit their directory's rights.</summary>
    public static FileStream CreateReadable(string path) => new(path, FileMode.CreateNew, FileAccess.Write, FileShare.None);

    public static void MoveOver(string from, string to)
    {
        if (File.Exists(to))
        {
            File.Replace(from, to, null);
        }
        else
        {
            File.Move(from, to);
        }
    }

    public static void MoveNew(string from, string to) => throw NotSupported();

    public static string? LinkTarget(string path) => throw NotSupported();

    public static string ResolveLinks(string path) => path;

    /// <summary>Nothing: Windows files inherit their directory's rights.</summary>
    public static void CopyMode(FileStream from, FileStream to) => _ = (from, to);

    private static PlatformNotSupportedException NotSupported() =>
        new(
            "Windows PowerShell (.NET Framework) has no Unix sockets. Use the bus in TCP mode: name its pub and pull ports, or run PowerShell 7."
        );
#else
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

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

    /// <summary>Creates a directory of a new name among the temporary files, mode 0700.</summary>
    public static string CreatePrivateTemporaryDirectory(string prefix) => Directory.CreateTempSubdirectory(prefix).FullName;

    public static void MakePrivate(string path)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, OwnerOnly);
        }
    }

    /// <summary>
    /// A new file, mode 0644; Windows files inherit their directory's rights. The mode goes to what is open: under its name another
    /// account that owns the directory can put a link meanwhile.
    /// </summary>
    public static FileStream CreateReadable(string path)
    {
        var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(file.SafeFileHandle, OwnerOnly | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        }

        return file;
    }

    /// <summary>Renames a file, even over an existing one.</summary>
    public static void MoveOver(string from, string to) => File.Move(from, to, overwrite: true);

    /// <summary>The target of a symbolic link; null if it is not one, or is gone.</summary>
    public static string? LinkTarget(string path)
    {
        try
        {
            return new FileInfo(path).LinkTarget;
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>The file that a path leads to: the path if it is no symbolic link.</summary>
    public static string ResolveLinks(string path) => File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path;

    /// <summary>Gives a file the mode of another one.</summary>
    public static void CopyMode(FileStream from, FileStream to)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(to.SafeFileHandle, File.GetUnixFileMode(from.SafeFileHandle));
        }
    }

    /// <summary>Renames a socket file, never over an existing one.</summary>
    public static void MoveNew(string from, string to)
    {
        // File.Move looks first and renames then: of two buses that start at once, one would take the place of the other.
        if (SystemNative.Supported && SystemNative.Link(SystemNative.PathOf(from), SystemNative.PathOf(to)) == 0)
        {
            File.Delete(from);
        }
        else
        {
            File.Move(from, to, overwrite: false); // or there are no links in this file system
        }
    }
#endif
}
