using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using SaltEvents.Core.Compat;
using SaltEvents.Core.Transport;

namespace SaltEvents.Core.Server;

/// <summary>
/// A private directory for the sockets of a bus, among the system's temporary files; Dispose removes it. A process that is
/// killed leaves its directory behind, and the next process of the same account removes it. A file in the directory, locked as
/// long as the process lives, says whether that has ended.
/// </summary>
internal sealed class TemporarySocketDirectory : IDisposable
{
    /// <summary>What the names of such directories start with.</summary>
    public const string Prefix = "saltevents-";

    private const string LockName = ".lock";
    private const string PrivateMode = "0700";
    private static readonly TimeSpan AnswerTime = TimeSpan.FromMilliseconds(200);
    private readonly FileStream held;

    private TemporarySocketDirectory(string path, FileStream held)
    {
        Path = path;
        this.held = held;
    }

    /// <summary>The directory.</summary>
    public string Path { get; }

    /// <summary>Removes what ended processes left behind, and makes a directory, mode 0700.</summary>
    /// <exception cref="BusException">It cannot be made.</exception>
    public static async Task<TemporarySocketDirectory> CreateAsync(CancellationToken token)
    {
        // TMPDIR may be relative, and the current directory may change.
        var parent = System.IO.Path.GetFullPath(System.IO.Path.GetTempPath());
        foreach (var path in FindOthers(parent))
        {
            await RemoveRemainsAsync(path, token).ConfigureAwait(false);
        }

        string? made = null;
        try
        {
            made = System.IO.Path.GetFullPath(UnixFiles.CreatePrivateTemporaryDirectory(Prefix));
            return new TemporarySocketDirectory(made, Lock(made));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (made is not null)
            {
                Remove(made);
            }

            throw new BusException(
                BusReason.AccessDenied,
                new UnixBusAddress(parent),
                $"A directory for the sockets of the bus cannot be created in {parent}: {e.Clause()}. Set TMPDIR to a directory that this account may write to, or name one with -SockDir.",
                e
            );
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Remove(Path); // with the lock held: no other process removes it meanwhile
        held.Dispose();
    }

    // A file is there before it is locked: only once it is, it gets the name by which others look for it.
    private static FileStream Lock(string directory)
    {
        var unlocked = System.IO.Path.Combine(directory, ".new");
        var held = new FileStream(unlocked, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None);
        try
        {
            UnixFiles.MakePrivate(unlocked);
            UnixFiles.MoveNew(unlocked, System.IO.Path.Combine(directory, LockName));
            return held;
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    private static string[] FindOthers(string parent)
    {
        try
        {
            return Directory.GetDirectories(parent, Prefix + "*");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return []; // it does not exist, or cannot be listed, as on a computer whose accounts hide their files from each other
        }
    }

    // A directory without a lock only has such a name by chance, or a process is just creating it.
    private static async Task RemoveRemainsAsync(string path, CancellationToken token)
    {
        // No other account can have put anything there: no link is followed, and its files are ours.
        if (UnixFileStatus.ReadLink(path) is not { IsDirectory: true, Mode: PrivateMode } status || status.OwnerId != UnixAccounts.Current)
        {
            return;
        }

        try
        {
            using var taken = new FileStream(System.IO.Path.Combine(path, LockName), FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            if (
                await AreDeadAsync(Directory.GetFiles(path).Where(f => UnixFileStatus.ReadLink(f) is { IsSocket: true }), token)
                    .ConfigureAwait(false)
            )
            {
                Remove(path);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It has no lock, its process lives, or another one removes it at this moment.
        }
    }

    private static async Task<bool> AreDeadAsync(IEnumerable<string> sockets, CancellationToken token)
    {
        foreach (var socket in sockets)
        {
            if (
                (await BusProbeResult.ProbeAsync(new UnixBusAddress(socket), AnswerTime, token).ConfigureAwait(false)).Presence
                != BusPresence.NotRunning
            )
            {
                return false;
            }
        }

        return true;
    }

    private static void Remove(string path)
    {
        try
        {
            Directory.Delete(path, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It has gone, or files are being created in it: the next process removes it.
        }
    }
}
