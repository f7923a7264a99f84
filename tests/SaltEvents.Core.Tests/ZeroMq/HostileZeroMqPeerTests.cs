using System;
using System.Linq;
using System.Threading.Tasks;
using SaltEvents.Core.Client;
using SaltEvents.Core.Events;
using SaltEvents.Core.Protocols;
using SaltEvents.Core.Tests.Support;
using SaltEvents.Core.Transport;
using Xunit;

namespace SaltEvents.Core.Tests.ZeroMq;

/// <summary>Peers that speak something else, or ZeroMQ wrongly: they end their own connection at the most.</summary>
public sealed class HostileZeroMqPeerTests : ZeroMqTests
{
    [Fact]
    public async Task Other_peers_are_not_affected()
    {
        await using var bus = await StartOwnBusAsync(ipc: true);
        using var client = new EventBusClient(bus.Endpoint, Options);
        await using var subscription = await client.SubscribeAsync(new TagFilter(["good"]));
        foreach (var (address, socketType) in new[] { (bus.Endpoint.Pub, "SUB"), (bus.Endpoint.Pull, "PUSH") })
        {
            byte[][] wishes =
            [
                [0, 0],
                [0, 1, 2],
                [1, 1, 1, 0, 1, 1],
                [2, 0, 0, 0, 0, 0, 0, 0, 0],
            ];
            foreach (
                var bytes in HostileZeroMq
                    .Greetings(socketType)
                    .Concat(HostileZeroMq.Noise(socketType, 100))
                    .Concat(wishes.Select(w => HostileZeroMq.Greeted(socketType, w)))
            )
            {
                using var peer = await RawPeer.ConnectAsync(address);
                await peer.SendAsync(bytes);
                _ = await peer.ReadAsync(10);
            }
        }

        await client.FireAsync("good", new PayloadMap());
        Assert.Equal("good", (await ReadAsync(subscription, 1))[0].Tag);
        await Eventually.True(() => bus.Counters is { Subscribers: 1, Senders: 1 });
    }

    [Fact]
    public async Task A_listener_survives_a_hostile_bus() =>
        await Task.WhenAll(HostileZeroMq.Greetings("PUB").Concat(HostileZeroMq.Noise("PUB", 50)).Select(SurviveAsync));

    private async Task SurviveAsync(byte[] bytes)
    {
        var (listener, address) = RawPeer.Listen(new TcpBusAddress(TcpBusAddress.Loopback, 0));
        using var l = listener;
        var endpoint = new BusEndpoint(address, BusAddress.Unknown, BusProtocol.ZeroMq);
        using var client = new EventBusClient(endpoint, Options with { ConnectTimeout = TimeSpan.FromSeconds(1) });
        var subscribing = client.SubscribeAsync();
        using (var peer = await RawPeer.AcceptAsync(listener))
        {
            await peer.SendAsync(bytes);
            _ = await peer.ReadAsync(1);
        }

        try
        {
            await using var subscription = await subscribing.Soon();
            while (await subscription.WaitToReadAsync().AsTask().Soon())
            {
                while (subscription.TryRead(out _))
                {
                }
            }
        }
        catch (SaltEventException)
        {
            // Recognized at once.
        }
    }
}
