using System;
using System.IO;
using System.Runtime.InteropServices;

namespace SaltEvents.Core.Configuration;

/// <summary>Where Salt keeps its files when nothing else is said (salt/syspaths.py, 3006.10).</summary>
public static class SaltPlaces
{
    /// <summary>Salt's own environment variable for the directory of its configuration (salt/config/__init__.py, 3006.10).</summary>
    public const string DirectoryVariable = "SALT_CONFIG_DIR";

    internal static bool IsWindows { get; } = Environment.OSVersion.Platform == PlatformID.Win32NT;

    /// <summary>Salt's root directory: "/"; on Windows C:\salt where that has a conf directory (before 3004), else C:\ProgramData\Salt Project\Salt.</summary>
    public static string Root { get; } = !IsWindows ? "/" : WindowsRoot();

    /// <summary>The directory of the configuration, by default: /etc/salt; /usr/local/etc/salt on FreeBSD; conf in the root directory on Windows.</summary>
    public static string DefaultConfiguration { get; } = IsWindows ? Path.Combine(Root, "conf")
        : RuntimeInformation.OSDescription.StartsWith("FreeBSD", StringComparison.OrdinalIgnoreCase) ? "/usr/local/etc/salt"
        : "/etc/salt";

    /// <summary>The directory of the configuration: what SALT_CONFIG_DIR names, else the default.</summary>
    public static string Configuration => Environment.GetEnvironmentVariable(DirectoryVariable) is { Length: > 0 } named ? named : DefaultConfiguration;

    internal static string Default(string below, NodeKind node) => Path.Combine(Root, below, Name(node));

    internal static string Name(NodeKind node) => node == NodeKind.Master ? "master" : "minion";

    private static string WindowsRoot()
    {
        const string before3004 = @"C:\salt";
        return Directory.Exists(Path.Combine(before3004, "conf"))
            ? before3004
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.CommonApplicationData), "Salt Project", "Salt");
    }
}
