using System;
using System.IO;
using System.Runtime.InteropServices;
using SaltEvents.Core.Compat;

namespace SaltEvents.Core.Configuration;

/// <summary>Where Salt keeps its files by default (salt/syspaths.py, 3006.10).</summary>
public static class SaltPaths
{
    /// <summary>Salt's own environment variable for the directory of its configuration (salt/config/__init__.py, 3006.10).</summary>
    public const string DirectoryVariable = "SALT_CONFIG_DIR";

    /// <summary>
    /// Salt's own environment variable for a node's main file: SALT_MASTER_CONFIG or SALT_MINION_CONFIG (salt/config/__init__.py,
    /// load_config, 3006.10).
    /// </summary>
    public static string FileVariable(SaltNode node) => node == SaltNode.Master ? "SALT_MASTER_CONFIG" : "SALT_MINION_CONFIG";

    internal static bool IsWindows { get; } = Environment.OSVersion.Platform == PlatformID.Win32NT;

    /// <summary>
    /// Salt's root directory: "/"; on Windows the one that Salt's installer has written to the registry, else C:\salt if that has a conf
    /// directory (before 3004), else C:\ProgramData\Salt Project\Salt.
    /// </summary>
    public static string Root { get; } = !IsWindows ? "/" : WindowsRoot(
        WindowsRegistry.MachineText(@"SOFTWARE\Salt Project\Salt", "root_dir"),
        Environment.GetEnvironmentVariable("SystemDrive") ?? "C:",
        Environment.GetFolderPath(Environment.SpecialFolder.CommonApplicationData),
        Directory.Exists);

    /// <summary>
    /// The directory of the configuration, by default: /etc/salt; /usr/local/etc/salt on FreeBSD; conf in the root directory on Windows.
    /// </summary>
    public static string DefaultConfiguration { get; } = IsWindows ? Path.Combine(Root, "conf")
        : RuntimeInformation.OSDescription.StartsWith("FreeBSD", StringComparison.OrdinalIgnoreCase) ? "/usr/local/etc/salt"
        : "/etc/salt";

    /// <summary>The directory of the configuration: that in SALT_CONFIG_DIR, else the default.</summary>
    public static string Configuration =>
        Environment.GetEnvironmentVariable(DirectoryVariable) is { Length: > 0 } named
            ? Path.GetFullPath(Path.Combine(named, ".")) // /etc/salt/ is /etc/salt
            : DefaultConfiguration;

    /// <summary>
    /// A node's configuration in Salt's own place. Even if a variable names its file, others are included from Salt's place.
    /// </summary>
    internal static ConfigurationPlace Place(SaltNode node)
    {
        var file = Path.Combine(Configuration, Name(node));
        return
            Configuration == DefaultConfiguration
            && Environment.GetEnvironmentVariable(FileVariable(node)) is { Length: > 0 } named
            && File.Exists(named)
            ? new ConfigurationPlace(named, node, file)
            : new ConfigurationPlace(file, node);
    }

    internal static string Default(string below, SaltNode node) => Path.Combine(Root, below, Name(node));

    internal static string Name(SaltNode node) => node == SaltNode.Master ? "master" : "minion";

    // salt/syspaths.py, _get_windows_root_dir, 3006.10. Any account may make C:\salt: it comes after what only an administrator writes.
    internal static string WindowsRoot(string? registered, string systemDrive, string programData, Func<string, bool> isDirectory)
    {
        if (!string.IsNullOrEmpty(registered))
        {
            return Environment.ExpandEnvironmentVariables(registered);
        }

        var before3004 = systemDrive + @"\salt";
        return isDirectory(before3004 + @"\conf") ? before3004 : programData + @"\Salt Project\Salt";
    }
}
