using System;
using System.IO;
using System.Linq;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using System.Threading.Tasks;
using SaltEvents.Core.Client;
using SaltEvents.Core.Events;
using SaltEvents.Core.Server;
using SaltEvents.Core.Tests.Support;
using SaltEvents.Core.Transport;
using SaltEvents.Core.ZeroMq;
using SaltEvents.Tests;
using Xunit;

namespace SaltEvents.Core.Tests.ZeroMq;

/// <summary>Our bus with listeners and senders of libzmq, over TCP and over ipc://.</summary>
public sealed class OwnBusTests : ZeroMqTests
{
    [NeedsTheory(What = "python3-zmq")]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Ten_thousand_events_go_through_to_libzmq(bool ipc)
    {
        ZeroMqPeer.SkipWithout();
        await using var bus = await StartOwnBusAsync(ipc, o => o with { Overflow = SaltOverflow.Block });
        await using var listener = await ListenAsync(bus.Endpoint, SaltTagForm.Delimited, "many/");
        await using var sender = ZeroMqPeer.Fire(bus.Endpoint.Pull, SaltTagForm.Delimited);
        var sending = Task.Run(async () =>
        {
            for (var i = 0; i < Many; i++)
            {
                await sender.SendAsync("many/" + i, i);
            }
        });
        for (var i = 0; i < Many; i++)
        {
            Assert.Equal("many/" + i, (await listener.ReadEventAsync()).Tag);
        }

        await sending.Soon();
    }

    [NeedsTheory(What = "python3-zmq")]
    [MemberData(nameof(Lengths))]
    public async Task A_body_is_relayed_as_it_came(int length, SaltTagForm form)
    {
        ZeroMqPeer.SkipWithout();
        await using var bus = await StartOwnBusAsync(ipc: true);
        await using var listener = await ListenAsync(bus.Endpoint, form, "a");
        await using var sender = ZeroMqPeer.Fire(bus.Endpoint.Pull, form);
        await sender.SendAsync(Tag(length), "a text");
        await sender.SendAsync(Tag(length), new JsonObject { ["a"] = 1 });
        foreach (var kind in new[] { System.Text.Json.JsonValueKind.String, System.Text.Json.JsonValueKind.Object })
        {
            var (tag, data) = await listener.ReadEventAsync();
            Assert.Equal((Tag(length), kind), (tag, data.ValueKind));
        }
    }

    [Fact]
    public async Task A_connected_subscriber_misses_nothing()
    {
        await using var bus = await StartOwnBusAsync(ipc: true);
        using var client = new EventBusClient(bus.Endpoint, Options);
        await client.ConnectPullAsync();
        for (var i = 1; i <= 50; i++)
        {
            // The event is fired before the bus can know what the listener wants.
            var socket = await BusConnector.ConnectAsync(bus.Endpoint.Pub, Eventually.Limit, default);
            await Eventually.True(() => bus.Counters.Subscribers == 1);
            await client.FireAsync("n/" + i, new PayloadMap());
            await Eventually.True(() => bus.Counters.EventsIn == i);
            using (var listener = new ZeroMqConnection(socket, ZeroMqRole.Subscribe, ["x"u8.ToArray(), "n/"u8.ToArray()]))
            {
                Assert.StartsWith(
                    "n/" + i + "\n\n",
                    System.Text.Encoding.Latin1.GetString((await listener.ReadMessageAsync().Soon())!),
                    StringComparison.Ordinal
                );
            }

            await Eventually.True(() => bus.Counters.Subscribers == 0);
        }
    }

    [Fact]
    public async Task The_bus_counts_what_goes_in_and_out()
    {
        await using var bus = await StartOwnBusAsync(ipc: true);
        using var client = new EventBusClient(bus.Endpoint, Options with { TagForm = SaltTagForm.Padded });
        await using var some = await client.SubscribeAsync(new TagFilter(["x/"]));
        await using var all = await client.SubscribeAsync();
        var (events, bytes) = (bus.Counters.EventsIn, bus.Counters.BytesIn);
        foreach (var tag in new[] { "x/1", "y/1", "x/2" })
        {
            await client.FireAsync(tag, new PayloadMap());
        }

        Assert.Equal(["x/1", "y/1", "x/2"], (await ReadAsync(all, 3)).Select(e => e.Tag));
        Assert.Equal(["x/1", "x/2"], (await ReadAsync(some, 2)).Select(e => e.Tag));
        Assert.Equal((events + 3, bytes + (3 * 21)), (bus.Counters.EventsIn, bus.Counters.BytesIn)); // 20 of tag, 1 of payload
        await Eventually.True(() => bus.Subscribers.Count == 2 && bus.Subscribers[0].EventsOut >= 2 && bus.Subscribers[1].EventsOut >= 3);
        Assert.All(bus.Subscribers, s => Assert.Equal(21 * s.EventsOut, s.BytesOut)); // a probe has 21 bytes as well
        Assert.Equal((2, 0L, 0L), (bus.Counters.Subscribers, bus.Counters.Dropped, bus.Counters.Malformed));
        await Eventually.True(() => bus.Counters.Senders == 1);
    }

    [Fact]
    public async Task A_message_that_is_not_an_event_is_passed_on_and_counted()
    {
        await using var bus = await StartOwnBusAsync(ipc: false);
        using var client = new EventBusClient(bus.Endpoint, Options);
        await using var subscription = await client.SubscribeAsync();
        using var listener = await ZeroMqConnector.ConnectAsync(
            bus.Endpoint.Pub,
            ZeroMqRole.Subscribe,
            ["no"u8.ToArray()],
            Eventually.Limit,
            default
        );
        var raw = listener.ReadMessageAsync();
        using var sender = await ZeroMqConnector.ConnectAsync(bus.Endpoint.Pull, ZeroMqRole.Push, null, Eventually.Limit, default);
        await sender.SendMessagesAsync(Frames.Utf8("no event"), [], Frames.Body("event"));
        Assert.Equal("event", (await ReadAsync(subscription, 1))[0].Tag);
        Assert.Equal((2, 2), (bus.Counters.Malformed, subscription.Malformed));
        Assert.Equal("no event", System.Text.Encoding.ASCII.GetString((await raw.Soon())!));
    }

    [Theory]
    [InlineData(SaltOverflow.DropOldest, 2000)]
    [InlineData(SaltOverflow.Block, 2000)]
    public async Task A_listener_that_does_not_read_loses_events_and_they_are_counted(SaltOverflow overflow, int count)
    {
        await using var bus = await StartOwnBusAsync(
            ipc: false,
            o => o with { Overflow = overflow, QueueSize = 10, StopTimeout = TimeSpan.FromMilliseconds(100) }
        );
        using var stopped = await ZeroMqConnector.ConnectAsync(
            bus.Endpoint.Pub,
            ZeroMqRole.Subscribe,
            [
                [],
            ],
            Eventually.Limit,
            default
        );
        using var client = new EventBusClient(bus.Endpoint, Options with { QueueSize = 100_000 });
        await using var listener = await client.SubscribeAsync(new TagFilter(["big/"]));
        var sending = Task.Run(async () =>
        {
            for (var i = 0; i < count; i++)
            {
                await client.FireAsync("big/" + i, new PayloadMap { { "pad", new byte[20_000] } });
            }
        });
        if (overflow == SaltOverflow.Block)
        {
            // Both read: nothing is lost.
            _ = Task.Run(() => stopped.WaitForEndAsync(default));
            Assert.Equal(count, (await ReadAsync(listener, count)).Count);
            Assert.Equal(0, bus.Counters.Dropped);
        }
        else
        {
            await sending.Soon();
            await Eventually.True(() => bus.Counters.EventsIn >= count && bus.Counters.Dropped > 0);
            // What is on its way to a listener is bounded: the queue, NetMQ's share at each end, and the sockets' buffers.
            Assert.True(bus.Subscribers[0].EventsOut < count);
        }
    }

    [Theory]
    [InlineData(SaltTagForm.Padded)]
    [InlineData(SaltTagForm.Delimited)]
    public async Task A_minions_bus_sends_on_to_its_master(SaltTagForm form)
    {
        await using var master = await StartOwnBusAsync(ipc: false);
        await using var minion = await StartOwnBusAsync(
            ipc: true,
            o => o with { Forwarding = new MasterForwarding(master.Endpoint, "web1") { TagForm = form } }
        );
        using var listening = new EventBusClient(master.Endpoint, Options);
        await using var subscription = await listening.SubscribeAsync(new TagFilter(["my/tag"]));
        using var client = new EventBusClient(minion.Endpoint, Options with { TagForm = form });
        await client.FireMasterAsync("my/tag", new PayloadMap { { "a", 1L } });
        var received = (await ReadAsync(subscription, 1))[0];
        Assert.Equal("web1", received.Fields.TryGetValue("id", out var id) ? id : null);
        await Eventually.True(() => minion.Counters.Forwarded == 1);
    }

    [Fact]
    public async Task Its_sockets_are_private_and_gone_after_the_stop()
    {
        var bus = await StartOwnBusAsync(ipc: true);
        var path = ((UnixBusAddress)bus.Endpoint.Pull).Path;
        Assert.True(OperatingSystem.IsWindows() || File.GetUnixFileMode(path) == (UnixFileMode.UserRead | UnixFileMode.UserWrite));
        await BusError.ThrowsAsync(BusReason.InUse, () => StartOwnBusAsync(ipc: true));
        await bus.DisposeAsync();
        Assert.False(File.Exists(path));
        await using var onTcp = await StartOwnBusAsync(ipc: false);
        Assert.True(((TcpBusAddress)onTcp.Endpoint.Pub).Port > 0);
        await onTcp.DisposeAsync();
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await Assert.ThrowsAnyAsync<SocketException>(() => socket.ConnectAsync("127.0.0.1", ((TcpBusAddress)onTcp.Endpoint.Pub).Port));
    }
}
