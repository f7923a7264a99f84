using System;
using System.IO;
using Xunit;

namespace SaltEvents.Tests;

/// <summary>Sockets that another account owns: the error names what refuses, its owner and mode, and the account that may.</summary>
public sealed class PermissionTests : IDisposable
{
    private readonly Shell shell = new();

    [NeedsTheory(What = "root and setpriv")]
    [InlineData(false, "directory")]
    [InlineData(true, "socket")]
    public void An_account_without_access_reads_in_the_error_who_has_it(bool mayEnter, string refuses)
    {
        var home = Directory.CreateDirectory(shell.Directory + "/run").FullName;
        shell.Run("$bus = Start-SaltEventBus -SockDir \"$dir/run\"").Good();
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(shell.Directory, mayEnter ? (UnixFileMode)0b111_101_101 : (UnixFileMode)0b111_000_000);
        }

        foreach (
            var command in new[]
            {
                $"Get-SaltEvent -SockDir {home}",
                $"Send-SaltEvent t x -SockDir {home}",
                $"New-SaltEventSession -SockDir {home}",
            }
        )
        {
            var child = ChildProcess.EngineAsNobody(
                $"Import-Module $manifest; try {{ {command} }} catch {{ \"$($_.FullyQualifiedErrorId) $($_.CategoryInfo.Category)\"; \"$_\" }}"
            );
            Assert.StartsWith("BusAccessDenied,", child.Lines[0], StringComparison.Ordinal);
            Assert.EndsWith(" PermissionDenied", child.Lines[0], StringComparison.Ordinal);
            Assert.Contains(mayEnter ? $"{home}/master_event_" : shell.Directory, child.Lines[1], StringComparison.Ordinal);
            Assert.Contains($"the {refuses} ", child.Lines[1], StringComparison.Ordinal);
            Assert.Contains("belongs to root:root, mode 0" + (mayEnter ? "600" : "700"), child.Lines[1], StringComparison.Ordinal);
            Assert.Contains("sudo -u root", child.Lines[1], StringComparison.Ordinal);
        }
    }

    public void Dispose() => shell.Dispose();
}
