using System;
using System.Linq;
using System.Management.Automation;
using System.Net;
using System.Net.Sockets;
using Xunit;

namespace SaltEvents.Tests;

/// <summary>Starting, listing and stopping buses.</summary>
public sealed class BusTests : IDisposable
{
    private readonly Shell shell = new();

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
    public void A_stopped_bus_cannot_be_used()
    {
        shell.StartBus();
        shell.Run("Stop-SaltEventBus").Good();
        var error = shell.Fails("Get-SaltEvent -Bus $bus");
        Assert.StartsWith("TargetClosed,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("Start-SaltEventBus", error.ToString(), StringComparison.Ordinal);
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

    private static (int Pub, int Pull) FreePorts()
    {
        using var a = new TcpListener(IPAddress.Loopback, 0);
        using var b = new TcpListener(IPAddress.Loopback, 0);
        a.Start();
        b.Start();
        return (((IPEndPoint)a.LocalEndpoint).Port, ((IPEndPoint)b.LocalEndpoint).Port);
    }
}
