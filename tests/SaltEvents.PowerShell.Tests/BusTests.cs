using System;
using System.IO;
using System.Linq;
using System.Management.Automation;
using System.Net;
using System.Net.Sockets;
using Xunit;

namespace SaltEvents.Tests;

/// <summary>Starting, listing and stopping buses.</summary>
public sealed class BusTests : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private readonly Shell shell = new();

    [Fact]
    public void A_bus_without_parameters_has_a_private_directory_that_goes_with_it()
    {
        var bus = shell.Run("$bus = Start-SaltEventBus; $bus").Single;
        string directory = bus.SockDir;
        Assert.Equal(OwnerOnly | UnixFileMode.UserExecute, Mode(directory));
        Assert.Equal(
            [".lock", "master_event_pub.ipc", "master_event_pull.ipc"],
            Directory.GetFileSystemEntries(directory).Select(Path.GetFileName).Order()
        );
        Assert.All(Directory.GetFiles(directory), f => Assert.Equal(OwnerOnly, Mode(f)));
        Assert.Equal("Master", (string)bus.Node.ToString());
        Assert.Null((object?)bus.MinionId);
        Assert.Equal("Running", (string)bus.State);
        shell.Run("Stop-SaltEventBus").Good();
        Assert.False(Directory.Exists(directory));
        Assert.Equal("Stopped", (string)bus.State);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-PubPort 0 -PullPort 0")]
    [InlineData("-Transport ZeroMq")]
    public void Connections_above_the_limit_are_refused_counted_and_reported_once(string place)
    {
        var bus = shell.Run($"$bus = Start-SaltEventBus {place} -MaxConnections 3; $bus").Single;
        Assert.Equal(3, (int)bus.MaxConnections);
        EndPoint pull = bus.SockDir is string directory
            ? new UnixDomainSocketEndPoint(directory + "/master_event_pull.ipc")
            : new IPEndPoint(IPAddress.Loopback, (int)bus.PullPort);
        var peers = Enumerable
            .Range(0, 8)
            .Select(_ => new Socket(pull.AddressFamily, SocketType.Stream, ProtocolType.Unspecified))
            .ToArray();
        Array.ForEach(peers, p => p.Connect(pull));
        Until.True(() => (long)bus.Refused == 5, "the bus has refused the others");
        var warning = Assert.Single(shell.Run("$null = Get-SaltEventBus").Good().Warnings);
        Assert.Contains("refused 5 connections", warning, StringComparison.Ordinal);
        Assert.Contains("-MaxConnections", warning, StringComparison.Ordinal);
        Assert.Empty(shell.Run("$null = Get-SaltEventBus; Stop-SaltEventBus").Good().Warnings);
        Array.ForEach(peers, p => p.Dispose());
    }

    [Fact]
    public void A_directory_that_is_made_for_it_is_private_and_goes_with_it()
    {
        var bus = shell.Run("Start-SaltEventBus -SockDir \"$dir/new/run\"").Single;
        Assert.Equal(OwnerOnly | UnixFileMode.UserExecute, Mode(shell.Directory + "/new/run"));
        Assert.Equal(shell.Directory + "/new/run", (string)bus.SockDir);
        shell.Run("Stop-SaltEventBus").Good();
        Assert.False(Directory.Exists(shell.Directory + "/new/run"));
    }

    [Fact]
    public void A_directory_that_was_there_stays_as_it_was()
    {
        File.WriteAllText(shell.Directory + "/other", "text");
        var mode = Mode(shell.Directory);
        shell.StartBus();
        Assert.Equal(mode, Mode(shell.Directory));
        shell.Run("Stop-SaltEventBus").Good();
        Assert.Equal(["other"], Directory.GetFileSystemEntries(shell.Directory).Select(Path.GetFileName));
    }

    [Theory]
    [InlineData("-PubPort 0")]
    [InlineData("-PullPort 0")]
    [InlineData("-PubPort 0 -PullPort 0")]
    [InlineData("-HostName 127.0.0.1")]
    public void Port_0_takes_free_ports_and_reports_them(string parameters)
    {
        var bus = shell.Run("$bus = Start-SaltEventBus " + parameters + "; $bus").Single;
        Assert.InRange((int)bus.PubPort, 1, 65535);
        Assert.NotEqual((int)bus.PubPort, (int)bus.PullPort);
        Assert.Null((object?)bus.SockDir);
        Assert.Equal("127.0.0.1:" + (int)bus.PubPort, (string)bus.PubAddress);
        shell.Run("$s = New-SaltEventSession -PubPort $bus.PubPort; Send-SaltEvent my/tag x -PullPort $bus.PullPort").Good();
        Assert.Equal(["my/tag"], shell.Run("Get-SaltEvent -Session $s").Good().Tags());
        shell.Run("Stop-SaltEventBus").Good();
        Assert.StartsWith(
            "BusNotFound",
            shell.Fails($"Get-SaltEvent -PubPort {(int)bus.PubPort}").FullyQualifiedErrorId,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Given_ports_are_used_and_localhost_finds_them()
    {
        var (pub, pull) = FreePorts();
        var bus = shell.Run($"Start-SaltEventBus -PubPort {pub} -PullPort {pull}").Single;
        Assert.Equal((pub, pull), ((int)bus.PubPort, (int)bus.PullPort));
        shell
            .Run(
                $"$s = New-SaltEventSession -HostName localhost -PubPort {pub}; Send-SaltEvent my/tag x -HostName localhost -PullPort {pull}"
            )
            .Good();
        Assert.Equal(["my/tag"], shell.Run("Get-SaltEvent -Session $s").Good().Tags());
    }

    [Fact]
    public void A_port_that_is_taken_is_BusInUse()
    {
        using var taken = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        taken.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        taken.Listen();
        var port = ((IPEndPoint)taken.LocalEndPoint!).Port;
        foreach (var parameter in new[] { "PubPort", "PullPort" })
        {
            var error = shell.Fails($"Start-SaltEventBus -{parameter} {port}");
            Assert.StartsWith("BusInUse,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
            Assert.Equal(ErrorCategory.ResourceExists, error.CategoryInfo.Category);
            Assert.Contains("127.0.0.1:" + port, error.ToString(), StringComparison.Ordinal);
            Assert.Contains("another port", error.ToString(), StringComparison.Ordinal);
        }

        Assert.Empty(shell.Run("Get-SaltEventBus").Good().Output);
    }

    [Fact]
    public void A_directory_where_a_bus_lives_is_BusInUse_and_that_bus_goes_on()
    {
        shell.StartBus();
        var error = shell.Fails("Start-SaltEventBus -SockDir $dir");
        Assert.StartsWith("BusInUse,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains(shell.Directory, error.ToString(), StringComparison.Ordinal);
        Assert.Contains("another directory", error.ToString(), StringComparison.Ordinal);
        using var wire = RawBusClient.Listen(shell.Directory);
        shell.Run("Send-SaltEvent t x").Good();
        Assert.Equal("t", wire.Next().Tag);
    }

    [Fact]
    public void Dead_sockets_are_replaced_and_other_files_are_not()
    {
        using (new FakeBus(Directory.CreateDirectory(shell.Directory + "/old").FullName))
        {
            // Moved away, they stay where their owner closes them.
            foreach (var file in Directory.GetFiles(shell.Directory + "/old"))
            {
                File.Move(file, Path.Combine(shell.Directory, Path.GetFileName(file)));
            }
        }

        shell.StartBus();
        shell.Run("Stop-SaltEventBus").Good();
        File.WriteAllText(shell.Directory + "/master_event_pub.ipc", "precious");
        Assert.StartsWith("BusInUse,", shell.Fails("Start-SaltEventBus -SockDir $dir").FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal("precious", File.ReadAllText(shell.Directory + "/master_event_pub.ipc"));
    }

    [Fact]
    public void A_place_where_nothing_can_be_made_is_BusAccessDenied()
    {
        var error = shell.Fails("Start-SaltEventBus -SockDir /proc/saltevents");
        Assert.StartsWith("BusAccessDenied,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal(ErrorCategory.PermissionDenied, error.CategoryInfo.Category);
        Assert.Contains("/proc/saltevents", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_host_that_is_not_known_is_an_error_with_its_name()
    {
        foreach (
            var script in new[]
            {
                "Start-SaltEventBus -HostName no-such-host.invalid",
                "Get-SaltEvent -HostName no-such-host.invalid -PubPort 4999",
                "Send-SaltEvent t x -HostName no-such-host.invalid -PullPort 4999",
            }
        )
        {
            var error = shell.Fails(script);
            Assert.Matches("^(BusNotFound|BusAddressInvalid),", error.FullyQualifiedErrorId);
            Assert.Contains("no-such-host.invalid", error.ToString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_path_that_is_too_long_for_a_socket_says_so()
    {
        var error = shell.Fails("Start-SaltEventBus -SockDir \"$dir/" + new string('x', 100) + "\"");
        Assert.Contains("shorter path", error.ToString(), StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(shell.Directory));
    }

    [Theory]
    [InlineData("-SockDir $dir -PubPort 0")]
    [InlineData("-SockDir $dir -HostName 127.0.0.1")]
    [InlineData("-Node Master -MinionId web01")]
    [InlineData("-Node Master -Master $dir")]
    [InlineData("-PubPort 4998 -PullPort 4998")]
    public void Parameters_that_contradict_each_other_are_refused(string parameters)
    {
        var error = shell.Fails("Start-SaltEventBus " + parameters);
        Assert.StartsWith("ParametersDisagree,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal(ErrorCategory.InvalidArgument, error.CategoryInfo.Category);
    }

    [Theory]
    [InlineData("Stop-SaltEventBus")]
    [InlineData("Stop-SaltEventBus $bus")]
    [InlineData("$bus | Stop-SaltEventBus")]
    [InlineData("Get-SaltEventBus | Stop-SaltEventBus")]
    [InlineData("Stop-SaltEventBus -Id $bus.Id")]
    [InlineData("Stop-SaltEventBus $bus, $bus; Stop-SaltEventBus $bus; Stop-SaltEventBus")]
    public void There_are_ways_to_say_which_to_stop(string script)
    {
        var bus = shell.StartBus();
        Assert.Empty(shell.Run(script).Good().Output);
        Assert.Equal("Stopped", (string)bus.State);
        Assert.Empty(Directory.GetFileSystemEntries(shell.Directory));
        Assert.Empty(shell.Run("Get-SaltEventBus").Good().Output);
    }

    [Fact]
    public void A_stopped_bus_cannot_be_used()
    {
        shell.StartBus();
        shell.Run("Stop-SaltEventBus").Good();
        var error = shell.Fails("Get-SaltEvent -Bus $bus");
        Assert.StartsWith("TargetClosed,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("Start-SaltEventBus", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_bus_counts_what_it_does()
    {
        var bus = shell.StartBus();
        shell
            .Run(
                "$a = New-SaltEventSession; $b = New-SaltEventSession; 1..10 | Send-SaltEvent t; $null = Get-SaltEvent -Session $a -Count 10; $null = Get-SaltEvent -Session $b -Count 10"
            )
            .Good();
        Until.True(() => (int)bus.Senders == 0, "the sender has gone");
        Assert.Equal(
            (2, 10L, 20L, 0L, 0L),
            ((int)bus.Subscribers, (long)bus.EventsIn, (long)bus.EventsOut, (long)bus.Dropped, (long)bus.Malformed)
        );
        Assert.Equal(2 * (long)bus.BytesIn, (long)bus.BytesOut);
        Assert.Equal(
            [10L, 10L],
            shell.Run("$bus.SubscriberList | ForEach-Object { $_.EventsOut }").Good().Output.Select(n => (long)n.BaseObject)
        );
    }

    [Fact]
    public void A_bus_disconnects_a_subscriber_that_is_too_slow_where_it_is_asked_to()
    {
        var bus = shell.StartBus("-QueueSize 1 -Overflow Disconnect");
        using var slow = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        slow.Connect(new UnixDomainSocketEndPoint(shell.Directory + "/master_event_pub.ipc"));
        shell.Run("1..20 | ForEach-Object { 'x' * 900000 } | Send-SaltEvent t").Good();
        Until.True(() => (int)bus.Subscribers == 0, "it is disconnected");
        Assert.True((long)bus.Dropped > 0);
    }

    public void Dispose() => shell.Dispose();

    private static UnixFileMode Mode(string path) =>
        OperatingSystem.IsWindows() ? throw new PlatformNotSupportedException() : File.GetUnixFileMode(path);

    private static (int Pub, int Pull) FreePorts()
    {
        using var a = new TcpListener(IPAddress.Loopback, 0);
        using var b = new TcpListener(IPAddress.Loopback, 0);
        a.Start();
        b.Start();
        return (((IPEndPoint)a.LocalEndpoint).Port, ((IPEndPoint)b.LocalEndpoint).Port);
    }
}
