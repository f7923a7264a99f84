using System;
using System.Collections.Generic;
using System.IO;

namespace SaltEvents.Core.Recording;

/// <summary>The recordings that this process is reading: what is read must not be overwritten, nor grow as it is read.</summary>
public static class OpenRecordings
{
    private static readonly List<string> Paths = [];

    /// <summary>Notes that a file is being read, until the result is disposed.</summary>
    public static IDisposable Reading(string path) => new Reader(Path.GetFullPath(path));

    /// <summary>Whether a file is being read.</summary>
    public static bool IsRead(string path)
    {
        lock (Paths)
        {
            return Paths.Contains(Path.GetFullPath(path));
        }
    }

    private sealed class Reader : IDisposable
    {
        private string? path;

        public Reader(string path)
        {
            this.path = path;
            lock (Paths)
            {
                Paths.Add(path);
            }
        }

        public void Dispose()
        {
            lock (Paths)
            {
                if (path is not null)
                {
                    Paths.Remove(path);
                    path = null;
                }
            }
        }
    }
}
