using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using SaltEvents.Core.Compat;

namespace SaltEvents.Core.Recording;

/// <summary>
/// The recordings that this process is reading and writing: what is read must not be overwritten, nor grow as it is read, and what
/// is written has one writer.
/// </summary>
public static class OpenRecordings
{
    private static readonly StringComparer PathComparer =
        RuntimeInformation.IsOSPlatform(OSPlatform.Windows) ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal;

    private static readonly List<Entry> Entries = [];

    /// <summary>Notes that a file is being read, until the result is disposed.</summary>
    public static IDisposable Reading(string path)
    {
        lock (Entries)
        {
            return new Entry(path, isWriter: false);
        }
    }

    /// <summary>Notes that a file is being written, until the result is disposed; null if another writer of this process has it.</summary>
    public static IDisposable? TryWriting(string path)
    {
        lock (Entries)
        {
            return IsOpen(path, isWriter: true) ? null : new Entry(path, isWriter: true);
        }
    }

    /// <summary>Whether a file is being read.</summary>
    public static bool IsRead(string path)
    {
        lock (Entries)
        {
            return IsOpen(path, isWriter: false);
        }
    }

    private static bool IsOpen(string path, bool isWriter) =>
        FileOf(path) is var file && Entries.Any(e => e.IsWriter == isWriter && PathComparer.Equals(e.File, file));

    // A symbolic link is the file that it leads to.
    private static string FileOf(string path) => File.Exists(path) ? UnixFiles.ResolveLinks(Path.GetFullPath(path)) : Path.GetFullPath(path);

    private sealed class Entry : IDisposable
    {
        public Entry(string path, bool isWriter)
        {
            File = FileOf(path);
            IsWriter = isWriter;
            Entries.Add(this);
        }

        public string File { get; }

        public bool IsWriter { get; }

        public void Dispose()
        {
            lock (Entries)
            {
                Entries.Remove(this);
            }
        }
    }
}
