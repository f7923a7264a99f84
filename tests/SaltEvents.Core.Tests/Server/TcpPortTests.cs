using System;
using System.Net;
using System.Net.NetworkInformation;
using System.Threading.Tasks;
using SaltEvents.Core.Protocols;
using SaltEvents.Core.Server;
using SaltEvents.Core.Tests.Support;
using SaltEvents.Core.Transport;
using Xunit;

namespace SaltEvents.Core.Tests.Server;

public sealed class TcpPortTests
{
    private static readonly TcpBusAddress Any = new(TcpBusAddress.Loopback, 0);

    [Fact]
    public async Task Port_0_gives_free_ports_that_are_reported()
    {
        await using var bus = await EventBusServer.StartAsync(new EventBusServerOptions(new BusEndpoint(Any, Any)));

        var pub = Assert.IsType<TcpBusAddress>(bus.Endpoint.Pub);
        var pull = Assert.IsType<TcpBusAddress>(bus.Endpoint.Pull);
        Assert.NotEqual(pub.Port, pull.Port);
        Assert.All(new[] { pub, pull }, a => Assert.InRange(a.Port, 1024, 65535));
        using var subscriber = await RawPeer.ConnectAsync(pub);
        using var sender = await RawPeer.ConnectAsync(pull);
    }

    [Fact]
    public async Task Loopback_is_the_only_interface_it_listens_on()
    {
        await using var bus = await EventBusServer.StartAsync(new EventBusServerOptions(new BusEndpoint(Any, Any)));

        foreach (var address in new[] { bus.Endpoint.Pub, bus.Endpoint.Pull })
        {
            var port = ((TcpBusAddress)address).Port;
            var listener = Assert.Single(IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners(), l => l.Port == port);
            Assert.Equal(IPAddress.Loopback, listener.Address);
        }
    }

    [Fact]
    public async Task A_port_of_another_program_is_in_use()
    {
        var (other, taken) = RawPeer.Listen(Any);
        using (other)
        {
            var error = await BusError.ThrowsAsync(
                BusReason.InUse,
                () => EventBusServer.StartAsync(new EventBusServerOptions(new BusEndpoint(Any, taken)))
            );
            Assert.Equal(taken, error.Address);
        }
    }

    [Fact]
    public async Task A_host_that_is_not_this_one_is_an_error()
    {
        foreach (var host in new[] { "192.0.2.1", "no-such-host.invalid" })
        {
            var error = await BusError.ThrowsAsync(BusReason.ConnectionLost, () =>
                EventBusServer.StartAsync(new EventBusServerOptions(new BusEndpoint(new TcpBusAddress(host, 0), Any))));
            Assert.Contains(host, error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Localhost_is_the_loopback_address_of_Salt()
    {
        var local = new TcpBusAddress("localhost", 0);
        await using var bus = await EventBusServer.StartAsync(new EventBusServerOptions(new BusEndpoint(local, local)));

        using var sender = await RawPeer.ConnectAsync(new TcpBusAddress(TcpBusAddress.Loopback, ((TcpBusAddress)bus.Endpoint.Pull).Port));
    }
}
