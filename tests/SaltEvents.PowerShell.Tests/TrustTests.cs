using System;
using System.Collections;
using System.IO;
using System.Linq;
using System.Runtime.Versioning;
using Xunit;

namespace SaltEvents.Tests;

/// <summary>Sockets and directories that another account owns or may write to.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class TrustTests : IDisposable
{
    private const string Other = "12345"; // an account without a name
    private readonly Shell shell = new();
    private readonly string home;

    public TrustTests()
    {
        home = Directory.CreateDirectory(shell.Directory + "/run").FullName;
        shell["run"] = home;
    }

    public void Dispose() => shell.Dispose();

    [NeedsTheory(What = "root")]
    [InlineData(0b111_111_111, "directory", "every account can put another bus in its place")]
    [InlineData(0b111_111_101, "directory", "the group 12345 can put another bus in its place")]
    [InlineData(0b001_111_111_111, null, null)] // sticky
    [InlineData(0b111_101_101, null, null)]
    public void A_directory_that_others_may_write_to_is_reported(int mode, string? what, string? who)
    {
        OnlyRoot();
        shell.Run("$bus = Start-SaltEventBus -SockDir $run").Good();
        Own(home, "root:" + Other);
        File.SetUnixFileMode(home, (UnixFileMode)mode);
        Expect(what, home, who);
    }

    [NeedsTheory(What = "a Unix system")]
    [InlineData("master_event_pub.ipc")]
    [InlineData("master_event_pull.ipc")]
    public void A_socket_that_every_account_may_use_is_reported(string name)
    {
        Skip.If(OperatingSystem.IsWindows(), "Windows has no Unix sockets");
        shell.Run("$bus = Start-SaltEventBus -SockDir $run").Good();
        File.SetUnixFileMode($"{home}/{name}", (UnixFileMode)0b110_110_110);
        Expect("socket", $"{home}/{name}", "every account can use it");
    }

    [NeedsTheory(What = "root")]
    [InlineData("run", "directory")]
    [InlineData("run/master_event_pull.ipc", "socket")]
    [InlineData("", "directory")]
    public void Files_of_another_account_are_reported_unless_Salt_runs_as_it(string name, string what)
    {
        OnlyRoot();
        shell.Run("$bus = Start-SaltEventBus -SockDir $run").Good();
        var path = Path.Combine(shell.Directory, name).TrimEnd('/');
        Own(path, Other);
        Expect(what, path, "12345 can put another bus in its place");

        File.WriteAllText(shell.Directory + "/master", $"sock_dir: {home}\ncachedir: {home}\nuser: '12345'\n");
        Assert.True(shell.Run("Test-SaltEventBus -ConfigPath $dir -Fire").Single.Ok);

        // An account cannot vouch for itself.
        Own(shell.Directory + "/master", Other);
        Assert.False(shell.Run("Test-SaltEventBus -ConfigPath $dir -Fire").Single.Ok);
        Own(shell.Directory + "/master", "root");
        File.SetUnixFileMode(shell.Directory + "/master", (UnixFileMode)0b110_110_110);
        Assert.False(shell.Run("Test-SaltEventBus -ConfigPath $dir -Fire").Single.Ok);
        File.WriteAllText(shell.Directory + "/master", $"sock_dir: {home}\ncachedir: {home}\nuser: salt\n");
        Assert.False(shell.Run("Test-SaltEventBus -ConfigPath $dir -Fire").Single.Ok);
    }

    [NeedsFact(What = "root")]
    public void A_link_of_another_account_is_reported()
    {
        OnlyRoot();
        shell.Run("$bus = Start-SaltEventBus -SockDir $run").Good();
        File.CreateSymbolicLink(shell.Directory + "/link", home);
        Own(shell.Directory + "/link", Other);
        shell["run"] = shell.Directory + "/link";
        Expect("symbolic link", shell.Directory + "/link", "12345 can put another bus in its place");
    }

    [NeedsFact(What = "root")]
    public void No_bus_is_started_in_a_directory_of_another_account()
    {
        OnlyRoot();
        Own(home, Other);
        File.CreateSymbolicLink(shell.Directory + "/link", shell.Directory);
        Own(shell.Directory + "/link", Other);
        foreach (var directory in new[] { home, shell.Directory + "/link" })
        {
            shell["run"] = directory;
            var error = shell.Fails("Start-SaltEventBus -SockDir $run");
            Assert.StartsWith("DirectoryNotTrusted,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
            Assert.EndsWith("Use a directory of root; it is created if it does not exist.", error.ToString(), StringComparison.Ordinal);
            Assert.Contains($"{directory} belongs to 12345:", error.ToString(), StringComparison.Ordinal);
        }

        Assert.Empty(Directory.GetFileSystemEntries(home));
    }

    [NeedsFact(What = "root and setpriv")]
    public void Another_account_uses_its_own_directory_and_roots_but_no_third_ones()
    {
        OnlyRoot();
        File.SetUnixFileMode(shell.Directory, (UnixFileMode)0b111_101_101);
        var third = Directory.CreateDirectory(shell.Directory + "/third").FullName;
        File.SetUnixFileMode(third, (UnixFileMode)0b111_111_111);
        Own(home, "65534:65534");
        Own(third, Other);
        var child = ChildProcess.EngineAsNobody(
            """
            Import-Module $manifest
            $mine, $third = $arguments
            $bus = Start-SaltEventBus -SockDir $mine
            (Test-SaltEventBus -SockDir $mine -Fire).Ok
            try { Start-SaltEventBus -SockDir $third } catch { $_.FullyQualifiedErrorId.Split(',')[0] }
            """,
            home,
            third
        );
        Assert.Equal(["True", "DirectoryNotTrusted"], child.Lines);
    }

    private static void OnlyRoot() =>
        Skip.If(OperatingSystem.IsWindows() || Environment.UserName != "root", "only root can give files to another account");

    [NeedsFact(What = "root")]
    public void A_recording_in_a_file_or_behind_a_link_of_another_account_is_a_warning()
    {
        OnlyRoot();
        var file = Path.Combine(home, "planted.jsonl");
        File.WriteAllText(file, string.Empty);
        Own(file, Other);
        var link = Path.Combine(home, "link.jsonl");
        File.CreateSymbolicLink(link, Path.Combine(home, "own.jsonl"));
        Own(link, Other);
        foreach (var path in new[] { file, link })
        {
            var run = shell.Run($"New-SaltEvent a/b @{{ x = 1 }} | Export-SaltEvent '{path}'");
            Assert.Contains("belongs to 12345, who can read what is recorded", Assert.Single(run.Warnings), StringComparison.Ordinal);
        }

        Assert.Empty(shell.Run($"New-SaltEvent a/b @{{ x = 1 }} | Export-SaltEvent '{Path.Combine(home, "own.jsonl")}'").Warnings);
    }

    [NeedsTheory(What = "a Unix system")]
    [InlineData("-NKeyFile", 0b110_100_100, true)]
    [InlineData("-CredentialFile", 0b110_100_000, true)]
    [InlineData("-NKeyFile", 0b110_000_000, false)]
    [InlineData("-CredentialFile", 0b100_000_000, false)]
    public void A_key_file_that_other_accounts_may_read_is_a_warning_once(string parameter, int mode, bool warns)
    {
        Skip.If(OperatingSystem.IsWindows(), "Windows has no file modes");
        var file = Path.Combine(home, "user.nk");
        File.WriteAllText(file, "no key");
        File.SetUnixFileMode(file, (UnixFileMode)mode);
        var script = $"Watch-SaltEvent -Uri nats://127.0.0.1:1 {parameter} '{file}'";
        var warnings = shell.Run(script).Warnings;
        Assert.Equal(warns ? [$"{file} holds a private key, and its mode 0{Convert.ToString(mode, 8)} lets other accounts use it. Run chmod 600 on it."] : [], warnings);
        Assert.Empty(shell.Run(script).Warnings);
    }

    private static void Own(string path, string owner) => ChildProcess.Run("/usr/bin/env", ["chown", "-h", owner, path]).Good();

    // Test-SaltEventBus says it, and a command that fires, once.
    private void Expect(string? what, string path, string? who)
    {
        var test = shell.Run("Test-SaltEventBus -SockDir $run -Fire").Single;
        var advice = string.Join(" ", ((IEnumerable)test.Advice).Cast<object>());
        var warnings = shell.Run("Send-SaltEvent t x -SockDir $run").Good().Warnings;
        Assert.Empty(shell.Run("Send-SaltEvent t x -SockDir $run").Good().Warnings);
        Assert.Equal(what is null, test.Ok);
        if (what is null)
        {
            Assert.Empty(warnings);
            return;
        }

        foreach (var text in new[] { advice, Assert.Single(warnings) })
        {
            Assert.Contains($"the {what} {path} belongs to ", text, StringComparison.Ordinal);
            Assert.Contains(who!, text, StringComparison.Ordinal);
        }
    }
}
