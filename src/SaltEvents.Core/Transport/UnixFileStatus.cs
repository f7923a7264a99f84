using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using SaltEvents.Core.Compat;

namespace SaltEvents.Core.Transport;

/// <summary>Owner, mode and kind of a file on Unix, which .NET does not give completely. No program is run for it.</summary>
/// <param name="OwnerId">The number of the account that owns it.</param>
/// <param name="GroupId">The number of its group.</param>
/// <param name="Bits">Its mode, with the kind of the file in it (inode(7)).</param>
internal sealed record UnixFileStatus(uint OwnerId, uint GroupId, int Bits)
{
    private const int KindBits = 0xF000;
    private const int SocketKind = 0xC000;
    private const int LinkKind = 0xA000;
    private const int DirectoryKind = 0x4000;
    private const int PipeKind = 0x1000;
    private const int ModeBits = 0xFFF;

    /// <summary>The account that owns it; its number if it has no name.</summary>
    public string Owner => UnixAccounts.UserName(OwnerId);

    /// <summary>Its group; its number if it has no name.</summary>
    public string Group => UnixAccounts.GroupName(GroupId);

    /// <summary>Its permissions, in octal.</summary>
    public string Mode => Convert.ToString(Bits & ModeBits, 8).PadLeft(4, '0');

    /// <summary>The link at a path, or the file that it leads to, of the two the first that another account than this one and root owns.</summary>
    public static UnixFileStatus? FindOfOther(string path) =>
        new[] { ReadLink(path), Read(path) }.FirstOrDefault(status => status is { IsOwnOrRoot: false });

    /// <summary>Whether this account or root owns it.</summary>
    public bool IsOwnOrRoot => OwnerId == 0 || OwnerId == UnixAccounts.Current;

    public bool IsSocket => (Bits & KindBits) == SocketKind;

    public bool IsLink => (Bits & KindBits) == LinkKind;

    public bool IsDirectory => (Bits & KindBits) == DirectoryKind;

    /// <summary>The kind of file in words, as stat(1) has them.</summary>
    public string Kind => (Bits & KindBits) switch
    {
        SocketKind => "socket",
        LinkKind => "symbolic link",
        DirectoryKind => "directory",
        0x8000 => "regular file",
        0x6000 => "block special file",
        0x2000 => "character special file",
        PipeKind => "fifo",
        _ => "weird file",
    };

    /// <summary>The status of what a path leads to; null if it does not exist or is hidden, and on Windows.</summary>
    public static UnixFileStatus? Read(string path) => Read(path, ofLink: false);

    /// <summary>The same, of a symbolic link itself.</summary>
    public static UnixFileStatus? ReadLink(string path) => Read(path, ofLink: true);

    /// <summary>Opening a named pipe waits for a writer, and Ctrl+C would not end that.</summary>
    /// <exception cref="IOException">The path leads to a named pipe.</exception>
    public static void ThrowIfPipe(string path)
    {
        if (Read(path) is { } status && (status.Bits & KindBits) == PipeKind)
        {
            throw new IOException("It is a named pipe, not a file.");
        }
    }

    /// <summary>
    /// Names the first file or directory on the way to the socket that this account may not use, and the account that may.
    /// </summary>
    public static string ExplainDenied(string path)
    {
        var me = Environment.UserName;
        var step = FirstDenied(path);
        var status = Read(step);
        var what = step == path ? "socket" : "directory";
        return status is null
            ? $"{me} may not use the event bus at {path}. {PlatformText.Current.RunAs(null)}"
            : $"{me} may not use the event bus at {path}: the {what} {step} belongs to {status.Owner}:{status.Group}, mode {status.Mode}. {PlatformText.Current.RunAs(status.Owner)}";
    }

    /// <summary>
    /// Each directory in the path to a file, from the root, and the file; a null status if it does not exist or is hidden.
    /// </summary>
    public static IEnumerable<(string Path, UnixFileStatus? Status)> StepsTo(string path) =>
        PathsTo(path).Select(step => (step, Read(step)));

    /// <summary>The paths of each directory on the way to a file, from the root, and of the file.</summary>
    public static IEnumerable<string> PathsTo(string path)
    {
        var steps = new Stack<string>();
        for (var step = Path.GetFullPath(path); step is not null; step = Path.GetDirectoryName(step))
        {
            steps.Push(step);
        }

        return steps;
    }

    // The contents of a directory that may not be searched are hidden: the last visible step is the one that refuses.
    private static string FirstDenied(string path) =>
        StepsTo(path).TakeWhile(s => s.Status is not null).Select(s => s.Path).LastOrDefault() ?? path;

    private static UnixFileStatus? Read(string path, bool ofLink)
    {
        if (!SystemNative.Supported || path.IndexOf('\0') >= 0)
        {
            return null;
        }

        var bytes = SystemNative.PathOf(path);
        var result = ofLink ? SystemNative.LinkStat(bytes, out var status) : SystemNative.Stat(bytes, out status);
        return result == 0 ? new UnixFileStatus(status.Uid, status.Gid, status.Mode) : null;
    }
}
