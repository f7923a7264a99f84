using System;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using Xunit;

namespace SaltEvents.Tests;

/// <summary>The ways in which a bus ends: nothing is left of it, and no other is disturbed.</summary>
[Collection(GlobalState.Name)]
public sealed class BusLifetimeTests
{
    private const string StartAll =
        """
        $unix = Start-SaltEventBus
        $tcp = Start-SaltEventBus -PubPort 0
        $minion = Start-SaltEventBus -MinionId web01 -SockDir "$dir/new" -Master $unix
        $session = New-SaltEventSession -Bus $unix
        $unix.SockDir, $tcp.PubPort, $tcp.PullPort
        """;

    [Theory]
    [InlineData("Stop-SaltEventBus; Get-SaltEventSession | Remove-SaltEventSession")]
    [InlineData("Remove-Module SaltEvents")]
    public void A_command_ends_all_and_leaves_nothing(string end)
    {
        using var shell = new Shell();
        var started = shell.Run(StartAll).Good();
        Assert.NotEqual(0, Threads());
        shell.Run(end).Good();
        NothingIsLeft(shell, started);
    }

    [Fact]
    public void The_end_of_the_runspace_ends_all_and_leaves_nothing()
    {
        using var shell = new Shell();
        var started = shell.Run(StartAll).Good();
        shell.Runspace.Close();
        NothingIsLeft(shell, started);
    }

    [Fact]
    public void A_runspace_that_closes_while_it_watches_ends_too()
    {
        using var shell = new Shell();
        var started = shell.Run(StartAll).Good();
        using var run = shell.Start("'begun'; Watch-SaltEvent");
        run.Next();
        shell.Runspace.Close();
        NothingIsLeft(shell, started);
    }

    [Theory]
    [InlineData("Stop-SaltEventBus")]
    [InlineData("Remove-Module SaltEvents")]
    [InlineData("")]
    public void Another_runspace_is_not_disturbed(string end)
    {
        using var mine = new Shell();
        mine.StartBus();
        mine.Run("$s = New-SaltEventSession").Good();
        using (var other = new Shell())
        {
            other.StartBus();
            other.Run(end.Length > 0 ? end : "1").Good();
        }

        mine.Run("Send-SaltEvent t x").Good();
        Assert.Equal(["t"], mine.Run("Get-SaltEvent -Session $s").Good().Tags());
    }

    [Fact]
    public void The_files_of_a_killed_process_are_removed_by_the_next_bus()
    {
        using var temporary = new TempDirectory();
        var lines = ChildProcess
            .Engine(
                "$env:TMPDIR = $arguments[0]; Import-Module $manifest; [Console]::WriteLine((Start-SaltEventBus).SockDir); [Console]::WriteLine($dir); [Diagnostics.Process]::GetCurrentProcess().Kill()",
                temporary.Path
            )
            .Lines;
        Assert.NotEmpty(Directory.GetFileSystemEntries(lines[0]));
        Directory.Delete(lines[1]); // the killed process's own
        using var shell = new Shell();
        var before = Environment.GetEnvironmentVariable("TMPDIR");
        try
        {
            Environment.SetEnvironmentVariable("TMPDIR", temporary.Path);
            string mine = shell.Run("Start-SaltEventBus").Single.SockDir;
            Assert.Equal([mine], Directory.GetFileSystemEntries(temporary.Path));
        }
        finally
        {
            Environment.SetEnvironmentVariable("TMPDIR", before);
        }
    }

    [Theory]
    [InlineData("Remove-SaltEventSession (New-SaltEventSession x/ -Bus $bus)")]
    [InlineData("$s = New-SaltEventSession x/ -Bus $bus; Remove-SaltEventSession $s; $kept.Add($s)")]
    public void A_closed_session_keeps_next_to_nothing(string open)
    {
        const int Count = 200;
        using var shell = new Shell();
        var bus = shell.StartBus();
        shell.Run($"$kept = [Collections.Generic.List[object]]::new(); foreach ($i in 1..20) {{ {open} }}").Good();
        var before = GC.GetTotalMemory(forceFullCollection: true);
        shell.Run($"foreach ($i in 1..{Count}) {{ {open} }}").Good();
        Until.True(() => (int)bus.Subscribers == 0, "the bus has let them go");
        Assert.InRange((GC.GetTotalMemory(forceFullCollection: true) - before) / Count, long.MinValue, 32_000); // of 68,000 with its buffer
    }

    [Fact]
    public void A_bus_whose_directory_is_taken_away_can_still_be_stopped()
    {
        using var shell = new Shell();
        string directory = shell.Run("$b = Start-SaltEventBus; $b").Single.SockDir;
        Directory.Delete(directory, recursive: true);
        shell.Run("Stop-SaltEventBus").Good();
        Assert.Equal(0, Threads());
    }

    [Fact]
    public void A_bus_stops_soon_though_a_subscriber_does_not_read()
    {
        using var shell = new Shell();
        shell.StartBus();
        using var slow = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        slow.Connect(new UnixDomainSocketEndPoint(shell.Directory + "/master_event_pub.ipc"));
        shell.Run("1..20 | ForEach-Object { 'x' * 900000 } | Send-SaltEvent t").Good();
        var watch = Stopwatch.StartNew();
        shell.Run("Stop-SaltEventBus").Good();
        Assert.InRange(watch.Elapsed.TotalSeconds, 0, 5);
        Assert.Equal(0, Threads());
    }

    private static void NothingIsLeft(Shell shell, ShellResult started)
    {
        Assert.False(Directory.Exists((string)started.Output[0].BaseObject));
        Assert.Empty(Directory.GetFileSystemEntries(shell.Directory));
        foreach (var port in started.Output.Skip(1).Select(p => (int)p.BaseObject))
        {
            using var socket = new TcpListener(IPAddress.Loopback, port);
            socket.Start();
        }

        Until.True(() => Threads() == 0, "its threads have ended");
    }

    // The bus's own thread has a name; on Linux the system shows its first 15 characters.
    private static int Threads() => Directory.GetDirectories("/proc/self/task")
        .Count(task => Read(Path.Combine(task, "comm")).StartsWith("SaltEvents pub", StringComparison.Ordinal));

    private static string Read(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (IOException)
        {
            return string.Empty; // the thread has just ended
        }
    }
}
