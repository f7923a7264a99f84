using System;
using System.IO;
using System.Runtime.InteropServices;

namespace SaltEvents.Core.Compat;

/// <summary>
/// A lock that keeps the writers of other processes from a file and lets readers in. On Windows the share mode of the open file is
/// that lock. On Unix .NET has no share mode without writers, and its lock without readers would keep those out that only look. Linux
/// has record locks (fcntl(2)), which belong to the process: it loses them if it closes the same file after reading it.
/// </summary>
internal static class WriterLock
{
    private const int TryAgain = 11; // EAGAIN

    /// <summary>Takes the lock until the file is closed. A file system without such locks gives it to everyone.</summary>
    /// <returns>Whether no other process has it.</returns>
    public static bool TryTake(FileStream file)
    {
        if (!RuntimeInformation.IsOSPlatform(OSPlatform.Linux))
        {
            return true;
        }

        try
        {
#pragma warning disable CA1416 // Not for macOS, which does not get here.
            file.Lock(0, 0); // a length of 0 is the whole file, however long it gets
#pragma warning restore CA1416
            return true;
        }
        catch (UnauthorizedAccessException)
        {
            return false;
        }
        catch (IOException e)
        {
            return e.HResult != TryAgain;
        }
    }
}
