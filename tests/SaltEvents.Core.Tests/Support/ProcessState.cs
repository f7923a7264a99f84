using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace SaltEvents.Core.Tests.Support;

/// <summary>What this process has open, as Linux reports it.</summary>
internal static partial class ProcessState
{
    public static int OpenFiles => Directory.GetFiles("/proc/self/fd").Length;

    /// <summary>Only sockets: the runtime opens and closes files of its own at any time.</summary>
    public static int OpenSockets =>
        Directory.GetFiles("/proc/self/fd").Count(f => LinkOf(f).StartsWith("socket:", StringComparison.Ordinal));

    /// <summary>The names of all threads.</summary>
    public static IEnumerable<string> ThreadNames => Directory.GetDirectories("/proc/self/task").Select(NameOf);

    /// <summary>The names of the threads that a bus runs; Linux keeps 15 characters of a name.</summary>
    public static IEnumerable<string> BusThreads => ThreadNames.Where(n => n.StartsWith("SaltEvents", StringComparison.Ordinal));

    private static string LinkOf(string file)
    {
        try
        {
            return new FileInfo(file).LinkTarget ?? string.Empty;
        }
        catch (IOException)
        {
            return string.Empty; // closed meanwhile
        }
    }

    private static string NameOf(string task)
    {
        try
        {
            return File.ReadAllText(Path.Combine(task, "comm"));
        }
        catch (IOException)
        {
            return string.Empty; // ended meanwhile
        }
    }
}
