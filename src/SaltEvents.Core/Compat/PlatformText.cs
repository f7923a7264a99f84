using System;

namespace SaltEvents.Core.Compat;

/// <summary>What to do about something, in the words of the platform.</summary>
internal sealed class PlatformText(bool isWindows)
{
    /// <summary>For this platform.</summary>
    public static PlatformText Current { get; } = new(Environment.OSVersion.Platform == PlatformID.Win32NT);

    /// <summary>How to become the account that may.</summary>
    /// <param name="owner">That account; null if it is not known.</param>
    public string RunAs(string? owner) => isWindows ? "Run PowerShell as Administrator."
        : owner is null ? "Run as the account that Salt runs as (see the user setting in Salt's configuration), or as root."
        : $"Run as {owner}, for example: sudo -u {owner} pwsh";

    /// <summary>How to name a bus.</summary>
    public string ParametersForBus =>
        isWindows
            ? "-ConfigPath, or with -PubPort and -PullPort"
            : "-SockDir or -ConfigPath, or with -PubPort and -PullPort if Salt uses TCP (ipc_mode: tcp)";

    /// <summary>How to name a bus past Salt's configuration.</summary>
    public string ParametersForAddress => isWindows ? "-PubPort and -PullPort" : "-SockDir, or with -PubPort and -PullPort";

    /// <summary>How to start Salt.</summary>
    /// <param name="node">Which daemon; null if that is not known.</param>
    public string StartSalt(SaltNode? node) => isWindows ? "Start-Service salt-minion"
        : node is SaltNode.Minion ? "systemctl start salt-minion"
        : node is SaltNode.Master ? "systemctl start salt-master"
        : "systemctl start salt-master, or salt-minion";

    /// <summary>What is the matter if a master's key file does not exist.</summary>
    /// <param name="user">The account that the master should run as.</param>
    public string MissingMasterKey(string user) =>
        isWindows
            ? "A Salt master does not run on Windows. Run this command on the master's computer, or use its salt-api with -Uri."
            : $"A Salt master that runs as {user} makes it when it starts, in its cachedir. Check that the master runs on this computer, and that cachedir and user are right.";

    /// <summary>Why a port may not be listened on, and what to do.</summary>
    public string PortDeniedReason =>
        isWindows
            ? "Windows reserves the port for itself or another program (netsh interface ipv4 show excludedportrange protocol=tcp lists the reserved ports). Choose another port; 0 selects a free one."
            : "Choose a port above 1023 (0 selects a free one).";

    /// <summary>Why a directory of sockets cannot be named here; null if it can.</summary>
    public string? SockDirRefusal =>
        isWindows
            ? "-SockDir names a directory of Unix sockets. On Windows a Salt event bus has two TCP ports instead: give -PubPort and -PullPort, or -ConfigPath."
            : null;
}
