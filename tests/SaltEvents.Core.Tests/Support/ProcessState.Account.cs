using System.Runtime.InteropServices;

namespace SaltEvents.Core.Tests.Support;

/// <content>What this process may do.</content>
internal static partial class ProcessState
{
    /// <summary>Sets the umask and returns the old one.</summary>
    [LibraryImport("libc", EntryPoint = "umask")]
    public static partial uint SetUmask(uint mask);

    /// <summary>Sets the account with which this thread, and no other, reaches files.</summary>
    [LibraryImport("libc", EntryPoint = "setfsuid")]
    public static partial int SetFileAccount(uint account);
}
