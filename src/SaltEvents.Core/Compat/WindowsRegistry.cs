using System;
using System.IO;
using System.Security;
using Microsoft.Win32;

namespace SaltEvents.Core.Compat;

/// <summary>Reads the registry of the computer. No program is run for it.</summary>
internal static class WindowsRegistry
{
    /// <summary>A text under HKEY_LOCAL_MACHINE, 64-bit view; null if it does not exist or may not be read, or not on Windows.</summary>
    public static string? MachineText(string key, string name)
    {
#if !NETFRAMEWORK
        if (!OperatingSystem.IsWindows())
        {
            return null;
        }
#endif
        try
        {
            using var machine = RegistryKey.OpenBaseKey(RegistryHive.LocalMachine, RegistryView.Registry64);
            using var opened = machine.OpenSubKey(key);
            return opened?.GetValue(name, null, RegistryValueOptions.DoNotExpandEnvironmentNames) as string;
        }
        catch (Exception e) when (e is SecurityException or UnauthorizedAccessException or IOException)
        {
            return null;
        }
    }
}
