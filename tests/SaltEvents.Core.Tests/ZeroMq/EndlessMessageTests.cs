using System;
using System.Linq;
using System.Threading.Tasks;
using SaltEvents.Core.Client;
using SaltEvents.Core.Events;
using SaltEvents.Core.Framing;
using SaltEvents.Core.Master;
using SaltEvents.Core.Protocols;
using SaltEvents.Core.Tests.Support;
using SaltEvents.Core.Transport;
using SaltEvents.Core.ZeroMq;
using Xunit;

namespace SaltEvents.Core.Tests.ZeroMq;

/// <summary>
/// Peers that greet correctly and then send the parts of a message that never ends, or far too much: their connection ends, and nobody holds
/// what they sent.
/// </summary>
public sealed class EndlessMessageTests : ZeroMqTests
{
    // What the system holds between two ends, and what is read at once.
    private const long MaxSent = 64 * 1024 * 1024;

    public static TheoryData<byte[]> Parts => new()
    {
        new byte[] { 1, 1, (byte)'x' },
        new byte[] { 1, 0 },
        new byte[] { 3, 0, 0, 0, 0, 0, 0, 1, 0 }.Concat(new byte[256]).ToArray(),
        new byte[] { 2, 0, 0, 0, 0, 0x7F, 0, 0, 0 }, // a frame of 2 GiB
    };

    [Theory]
    [MemberData(nameof(Parts))]
    public async Task A_bus_ends_the_connection_of_such_a_sender_and_counts_it(byte[] part)
    {
        await using var bus = await StartOwnBusAsync(ipc: false);
        using var client = new EventBusClient(bus.Endpoint, Options);
        await using var subscription = await client.SubscribeAsync();
        using var hostile = await RawPeer.ConnectAsync(bus.Endpoint.Pull);
        Assert.InRange(await HostileZeroMq.SendForeverAsync(hostile, "PUSH", part), 0, MaxSent);
        await Eventually.True(() => bus.Counters.Malformed == 1);

        await client.FireAsync("good", new PayloadMap());
        Assert.Equal("good", (await ReadAsync(subscription, 1))[0].Tag);
        await Eventually.True(() => bus.Counters.Senders == 1);
    }

    [Fact]
    public async Task Messages_before_an_endless_one_are_relayed()
    {
        await using var bus = await StartOwnBusAsync(ipc: false);
        using var client = new EventBusClient(bus.Endpoint, Options);
        await using var subscription = await client.SubscribeAsync();
        using var sender = await RawPeer.ConnectAsync(bus.Endpoint.Pull);
        await sender.SendAsync(
            HostileZeroMq.Greeted(
                "PUSH",
                [0, 4, .. "a\n\n"u8, 0x80, 0, 4, .. "b\n\n"u8, 0x80, 1, 4, .. "c\n\n"u8, 0x80, 0, 4, .. "d\n\n"u8, 0x80]
            )
        );

        Assert.Equal(["a", "b"], (await ReadAsync(subscription, 2)).Select(e => e.Tag));
        await Eventually.True(() => bus.Counters.Malformed == 1);
    }

    [Theory]
    [MemberData(nameof(Parts))]
    public async Task A_listener_ends_its_connection_to_such_a_bus(byte[] part)
    {
        var (listener, address) = RawPeer.Listen(new TcpBusAddress(TcpBusAddress.Loopback, 0));
        using var l = listener;
        using var client = new EventBusClient(new BusEndpoint(address, BusAddress.Unknown, BusProtocol.ZeroMq), Options);
        var subscribing = client.SubscribeAsync();
        using var hostile = await RawPeer.AcceptAsync(listener);
        var sending = HostileZeroMq.SendForeverAsync(hostile, "PUB", part);
        await using var subscription = await subscribing.Soon();
        Assert.False(await subscription.WaitToReadAsync().AsTask().Soon());
        Assert.Equal(SubscriptionEndReason.Malformed, subscription.EndReason);
        Assert.Throws<FrameFormatException>(subscription.ThrowIfBroken);
        Assert.InRange(await sending.Soon(), 0, MaxSent);
    }

    [Theory]
    [MemberData(nameof(Parts))]
    public async Task A_sender_ends_its_connection_to_such_a_bus(byte[] part)
    {
        var (listener, address) = RawPeer.Listen(new TcpBusAddress(TcpBusAddress.Loopback, 0));
        using var l = listener;
        var connecting = ZeroMqConnector.ConnectAsync(address, ZeroMqRole.Push, null, Eventually.Limit, default);
        using var hostile = await RawPeer.AcceptAsync(listener);
        var sending = HostileZeroMq.SendForeverAsync(hostile, "PULL", part);
        using var connection = await connecting.Soon();
        await Eventually.True(() => connection.Poll() != PeerState.Open);
        Assert.InRange(await sending.Soon(), 0, MaxSent);
    }

    [Theory]
    [MemberData(nameof(Parts))]
    public async Task Such_a_masters_answer_is_an_error_at_once(byte[] part)
    {
        var (listener, address) = RawPeer.Listen(new TcpBusAddress(TcpBusAddress.Loopback, 0));
        using var l = listener;
        using var requests = new MasterRequests((TcpBusAddress)address, MasterTransport.ZeroMq, System.Threading.Timeout.InfiniteTimeSpan);
        var asking = requests.AskAsync(new PayloadMap(), string.Empty, default);
        using var hostile = await RawPeer.AcceptAsync(listener);
        var sending = HostileZeroMq.SendForeverAsync(hostile, "ROUTER", part);
        var error = await Assert.ThrowsAsync<MasterRequestException>(() => asking.Soon());
        Assert.Equal(MasterRequestReason.UnexpectedAnswer, error.Reason);
        Assert.Contains("1048576 bytes", error.Message, StringComparison.Ordinal);
        Assert.InRange(await sending.Soon(), 0, MaxSent);
    }

    [Fact]
    public async Task A_listener_that_asks_for_ever_more_is_let_go()
    {
        await using var bus = await StartOwnBusAsync(ipc: false);
        foreach (
            var wish in new byte[][]
            {
                [1, 1, 1],
                [1, 0],
                [2, 0, 0, 0, 0, 0x7F, 0, 0, 0],
                [0, 5, 1, .. "wish"u8],
                [2, 0, 0, 0, 0, 0, 0, 2, 1, 1, .. new byte[512]],
            }
        )
        {
            using var hostile = await RawPeer.ConnectAsync(bus.Endpoint.Pub);
            Assert.InRange(await HostileZeroMq.SendForeverAsync(hostile, "SUB", wish), 0, MaxSent);
        }

        await Eventually.True(() => bus.Counters.Subscribers == 0);
    }
}
