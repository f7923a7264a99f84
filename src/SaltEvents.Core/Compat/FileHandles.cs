using System;
using System.Globalization;
using System.IO;
using System.Linq;

namespace SaltEvents.Core.Compat;

/// <summary>How many file handles, sockets among them, this process may have open at once.</summary>
internal static class FileHandles
{
    // Windows has no such limit worth the name; macOS gives a process 256 to 10,240.
    private const int Assumed = 16 * 1024;
    private const string LimitLine = "Max open files";

    /// <summary>How many more it may open, as far as the system says (proc(5): limits, fd).</summary>
    public static int Free => Math.Max(0, Limit - Open);

    private static int Limit
    {
        get
        {
            try
            {
                var line = File.ReadLines("/proc/self/limits").FirstOrDefault(l => l.StartsWith(LimitLine, StringComparison.Ordinal));
                var soft = line?.Substring(LimitLine.Length).Split([' '], StringSplitOptions.RemoveEmptyEntries)[0];
                return int.TryParse(soft, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) ? limit : Assumed; // or "unlimited"
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                return Assumed;
            }
        }
    }

    private static int Open
    {
        get
        {
            try
            {
                return Directory.GetFiles("/proc/self/fd").Length;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                return 0;
            }
        }
    }
}
