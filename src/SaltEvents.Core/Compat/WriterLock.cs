using System;
using System.IO;
using System.Runtime.InteropServices;

namespace SaltEvents.Core.Compat;

/// <summary>
/// A lock that keeps a second writer from a file and lets readers in. On Windows the share mode of the open file is that lock. On
/// Unix a share mode without writers is none for .NET, and its lock without readers would keep even those out that only look. Linux
/// has a lock that belongs to the open file (fcntl(2), F_OFD_SETLK), so it also holds between two writers of one process.
/// </summary>
internal static class WriterLock
{
#if NETFRAMEWORK
    public static bool TryTake(FileStream file) => file.CanWrite;
#else
    private const int SetLock = 37; // F_OFD_SETLK
    private const short WriteLock = 1; // F_WRLCK
    private const int TryAgain = 11; // EAGAIN
    private const int AccessDenied = 13; // EACCES

    /// <summary>Takes the lock until the file is closed. A file system without such locks gives it to everyone.</summary>
    /// <returns>Whether no other open file has it.</returns>
    public static bool TryTake(FileStream file)
    {
        if (!OperatingSystem.IsLinux())
        {
            return true;
        }

        var region = new Region { Type = WriteLock };
        return Control((int)file.SafeFileHandle.DangerousGetHandle(), SetLock, ref region) == 0
            || Marshal.GetLastPInvokeError() is not (TryAgain or AccessDenied);
    }

    // A length of 0 is the whole file, however long it gets (struct flock of fcntl(2), with 64-bit offsets).
    [StructLayout(LayoutKind.Sequential)]
    private struct Region
    {
        public short Type;
        public short Whence;
        public long Start;
        public long Length;
        public int Process;
    }

#pragma warning disable SYSLIB1054 // The generated marshalling would need unsafe code.
    [DllImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static extern int Control(int file, int command, ref Region region);
#pragma warning restore SYSLIB1054
#endif
}
