using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using SaltEvents.Core.Compat;

namespace SaltEvents.Core.Transport;

/// <summary>
/// A file on the way to a socket that another account has in its hands: it owns it or may write to it. Another account is any but
/// this one, root, and the one that Salt runs as.
/// </summary>
/// <param name="Path">The directory, symbolic link or socket.</param>
/// <param name="Status">Its owner and mode.</param>
/// <param name="IsOwnedByOther">Whether another account owns it; otherwise others may write to it.</param>
internal sealed record SocketRisk(string Path, UnixFileStatus Status, bool IsOwnedByOther)
{
    private const int MaxSteps = 256; // a hostile directory may be full of links to links
    private const int WritableByGroup = 0x10;
    private const int WritableByAll = 0x02;
    private const int Sticky = 0x200; // only the owner of a file can remove it (inode(7))

    /// <summary>The directories in the path to a socket, from the root, with links followed. Nothing on Windows.</summary>
    /// <param name="socket">The socket's path. It need not be there.</param>
    /// <param name="saltUser">The account that Salt runs as, or null; asked only if it matters.</param>
    public static IReadOnlyList<SocketRisk> Find(string socket, Func<string?> saltUser)
    {
        var trusted = new Lazy<string?>(saltUser);
        return Way(socket, []).Select(step => Assess(step.Path, step.Status, trusted)).OfType<SocketRisk>().ToArray();
    }

    /// <summary>
    /// The account that owns a directory, or a link to it, unless it is this one or root; null if it is, or without a directory.
    /// </summary>
    public static SocketRisk? FindDirectoryOfOther(string path) =>
        UnixFileStatus.FindOfOther(path) is { } status ? new SocketRisk(path, status, IsOwnedByOther: true) : null;

    /// <summary>A file, or a link to it, that another account than this one and root owns or may write to; null if there is none.</summary>
    public static SocketRisk? FindFile(string path)
    {
        var nobody = new Lazy<string?>(() => null);
        return new[] { UnixFileStatus.ReadLink(path), UnixFileStatus.Read(path) }
            .OfType<UnixFileStatus>()
            .Select(status => Assess(path, status, nobody))
            .FirstOrDefault(risk => risk is not null);
    }

    /// <summary>The file, and what other accounts can do with it.</summary>
    public override string ToString()
    {
        var what = Status.IsSocket ? "socket" : Status.IsLink ? "symbolic link" : "directory";
        var who = IsOwnedByOther ? Status.Owner : (Status.Bits & WritableByAll) != 0 ? "every account" : "the group " + Status.Group;
        var can = IsOwnedByOther || !Status.IsSocket ? "can put another bus in its place" : "can use it";
        return $"the {what} {Path} belongs to {Status.Owner}:{Status.Group}, mode {Status.Mode}: {who} {can}";
    }

    private static SocketRisk? Assess(string path, UnixFileStatus status, Lazy<string?> saltUser)
    {
        if (!status.IsOwnOrRoot && status.Owner != saltUser.Value)
        {
            return new SocketRisk(path, status, IsOwnedByOther: true);
        }

        var isOpen = (status.Bits & WritableByAll) != 0 || ((status.Bits & WritableByGroup) != 0 && !IsTrustedGroup(status, saltUser));
        return isOpen && !status.IsLink && !(status.IsDirectory && (status.Bits & Sticky) != 0)
            ? new SocketRisk(path, status, IsOwnedByOther: false)
            : null;
    }

    // By the custom of most systems, a group with the name of its owner has no other members.
    private static bool IsTrustedGroup(UnixFileStatus status, Lazy<string?> saltUser) =>
        status.GroupId == 0 || status.Group == status.Owner || status.Group == saltUser.Value;

    private static IEnumerable<(string Path, UnixFileStatus Status)> Way(string path, HashSet<string> seen)
    {
        foreach (var step in UnixFileStatus.PathsTo(path))
        {
            if (seen.Count >= MaxSteps || !seen.Add(step) || UnixFileStatus.ReadLink(step) is not { } status)
            {
                continue;
            }

            yield return (step, status);
            if (status.IsLink && UnixFiles.LinkTarget(step) is { } target)
            {
                foreach (var further in Way(System.IO.Path.Combine(System.IO.Path.GetDirectoryName(step) ?? "/", target), seen))
                {
                    yield return further;
                }
            }
        }
    }
}
