using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using SaltEvents.Core.Client;
using SaltEvents.Core.Events;
using SaltEvents.Core.Tests.Support;
using SaltEvents.Core.Transport;
using Xunit;

namespace SaltEvents.Core.Tests.ZeroMq;

/// <summary>Peers that speak something else, or ZeroMQ wrongly: they end their own connection at the most.</summary>
public sealed class HostileZeroMqPeerTests : ZeroMqTests
{
    private static readonly byte[] Signature = [0xFF, 0, 0, 0, 0, 0, 0, 0, 1, 0x7F];
    private static readonly byte[] Greeting = [.. Signature, 3, 0, .. "NULL"u8, .. new byte[16 + 32]];
    private static readonly byte[] Ready = [4, 25, 5, .. "READY"u8, 11, .. "Socket-Type"u8, 0, 0, 0, 4, .. "PUSH"u8];

    private static IEnumerable<byte[]> Hostile()
    {
        yield return [.. Signature];
        yield return [.. Signature, 0xFF, 0xFF];
        foreach (var version in new byte[] { 0, 1, 2, 3, 4, 0x80 })
        {
            yield return [.. Signature, version, .. Enumerable.Repeat((byte)0xAA, 80)];
            yield return [.. Signature, version, 8, 0, 0];
            yield return [.. Signature, version, 8, 0, 0, 0, 5, .. "hello"u8];
        }

        yield return [.. Signature, 3, 0, .. "CURVE"u8, .. new byte[15 + 32], .. Ready];
        yield return [.. Signature, 3, 0, .. "PLAIN"u8, .. new byte[15 + 32], .. Ready];
        yield return [.. Greeting, 4, 0];
        yield return [.. Greeting, 4, 1, 0];
        yield return [.. Greeting, 4, 5, 200, .. "READ"u8];
        yield return [.. Greeting, 4, 25, 5, .. "READY"u8, 255, .. "Socket-Type"u8, 0, 0, 0, 4, .. "PUSH"u8];
        yield return [.. Greeting, 4, 25, 5, .. "READY"u8, 11, .. "Socket-Type"u8, 0xFF, 0xFF, 0xFF, 0xFF, .. "PUSH"u8];
        yield return [.. Greeting, 4, 25, 5, .. "READY"u8, 11, .. "Socket-Type"u8, 0, 0, 0, 4, .. "REQ\0"u8];
        yield return [.. Greeting, 6, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF];
        yield return [.. Greeting, .. Ready, 2, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF];
        yield return [.. Greeting, .. Ready, 2, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1];
        yield return [.. Greeting, .. Ready, 2, 0, 0, 0, 0, 0x7F, 0xFF, 0xFF, 0xFF, 1];
        yield return [.. Greeting, .. Ready, 0xFF, 0xFF, 0xFF];
        yield return [.. Greeting, .. Ready, 4, 4, 4, .. "PIN"u8];
        yield return [.. Greeting, .. Ready, 4, 5, 4, .. "PING"u8];
        yield return [.. Greeting, .. Ready, 4, 7, 4, .. "PING"u8, 0, 0];
        yield return [.. Greeting, .. Ready, 0, 0, 0, 1, 1, 0, 1, 0, 1, 1, 2, 0, 1, 9];
        yield return [.. Greeting, .. Ready, 1, 1, .. "x"u8, 1, 1, .. "y"u8]; // parts of a message that never ends
        yield return [1, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF];
        yield return [1, 0, 0xFF, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        yield return [1, 0, 0, 0, 0, 0];
        yield return [1, 5, 5, 5, 5, 5, 5, 5];
        yield return [.. "GET / HTTP/1.1\r\nHost: x\r\n\r\n"u8];
        yield return Frames.Event("a/stream");
    }

    [Fact]
    public async Task Nobody_else_notices_them()
    {
        await using var bus = await StartOwnBusAsync(ipc: true);
        using var client = new EventBusClient(bus.Endpoint, Options);
        await using var subscription = await client.SubscribeAsync(new TagFilter(["good"]));
        var random = new Random(42);
        var all = Hostile().Concat(Enumerable.Range(0, 100).Select(i => Noise(random, i))).ToArray();
        foreach (var bytes in all)
        {
            foreach (var address in new[] { bus.Endpoint.Pub.Socket, bus.Endpoint.Pull.Socket })
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
    public async Task A_listener_survives_a_hostile_bus()
    {
        var (listener, address) = RawPeer.Listen(new TcpBusAddress(TcpBusAddress.Loopback, 0));
        using var l = listener;
        var endpoint = new BusEndpoint(new ZeroMqBusAddress(address), ZeroMqTcp(0));
        using var client = new EventBusClient(endpoint, Options with { ConnectTimeout = TimeSpan.FromMilliseconds(100) });
        foreach (var bytes in Hostile())
        {
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
                // Told apart at once.
            }
        }
    }

    private static byte[] Noise(Random random, int i)
    {
        var bytes = new byte[random.Next(1, 300)];
        random.NextBytes(bytes);
        return i % 3 == 0 ? [.. Signature, .. bytes] : i % 3 == 1 ? [.. Greeting, .. Ready, .. bytes] : [.. Signature, 3, .. bytes];
    }
}
