using System;
using System.Diagnostics;
using System.IO;
using System.Net;
using System.Net.Sockets;
using Xunit;

namespace SaltEvents.Tests;

/// <summary>
/// The test's own sshd, only for PowerShell's remoting: on a free port of 127.0.0.1, with keys that are made for it.
/// </summary>
internal sealed class SshServer : IDisposable
{
    private const string Daemon = "/usr/sbin/sshd";
    private readonly TempDirectory directory = new();
    private readonly Process process;

    /// <summary>Starts it.</summary>
    /// <param name="arguments">What pwsh is started with there, beyond what makes it a server.</param>
    public SshServer(params string[] arguments)
    {
        Skip.IfNot(File.Exists(Daemon), "sshd is not installed (Debian: openssh-server).");
        Key("host");
        Key("user");
        File.Copy(directory["user.pub"], directory["authorized_keys"]);
        var pwsh = Pwsh.Start(["-sshs", "-NoLogo", .. arguments]);
        File.WriteAllText(directory["sshd_config"], $"""
            ListenAddress 127.0.0.1
            Port {Port}
            HostKey {directory["host"]}
            AuthorizedKeysFile {directory["authorized_keys"]}
            AuthenticationMethods publickey
            PidFile none
            StrictModes no
            UsePAM no
            SetEnv DOTNET_ROOT={pwsh.Environment["DOTNET_ROOT"]} {Repository.Variable}={Repository.NoBus}
            Subsystem powershell {pwsh.FileName} {string.Join(' ', pwsh.ArgumentList)}
            """);
        if (OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess)
        {
            // Run by root it drops its rights into this directory, which the package makes at boot.
            Directory.CreateDirectory("/run/sshd");
        }

        process = Process.Start(
            new ProcessStartInfo(Daemon, ["-D", "-e", "-f", directory["sshd_config"]]) { RedirectStandardError = true }
        )!;
        for (
            string? line;
            (line = process.StandardError.ReadLine()) is null || !line.Contains("Server listening", StringComparison.Ordinal);

        )
        {
            Assert.True(line is not null, "sshd did not start.");
        }

        _ = process.StandardError.ReadToEndAsync();
    }

    public int Port { get; } = FreePort();

    /// <summary>The command that opens a session there.</summary>
    public string NewSession =>
        $"New-PSSession -HostName 127.0.0.1 -Port {Port} -UserName {Environment.UserName} -KeyFilePath '{directory["user"]}' -Options @{{ StrictHostKeyChecking = 'no'; UserKnownHostsFile = '{directory["known_hosts"]}'; IdentitiesOnly = 'yes'; LogLevel = 'ERROR' }}";

    public void Dispose()
    {
        process.Kill(entireProcessTree: true);
        process.WaitForExit();
        process.Dispose();
        directory.Dispose();
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private void Key(string name) =>
        ChildProcess.Run("ssh-keygen", ["-q", "-t", "ed25519", "-N", string.Empty, "-f", directory[name]]).Good();
}
