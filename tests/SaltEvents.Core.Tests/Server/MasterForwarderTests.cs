using System;
using System.Linq;
using System.Net.Sockets;
using System.Runtime.Versioning;
using System.Threading.Tasks;
using SaltEvents.Core.Client;
using SaltEvents.Core.Events;
using SaltEvents.Core.Framing;
using SaltEvents.Core.Protocols;
using SaltEvents.Core.Server;
using SaltEvents.Core.Tests.Support;
using SaltEvents.Core.Transport;
using Xunit;

namespace SaltEvents.Core.Tests.Server;

/// <summary>A minion's bus that sends events on to its master's.</summary>
public abstract class MasterForwarderTests<TPlace> : BusTests<TPlace>
    where TPlace : BusPlace, new()
{
    // The format is given where a plain socket plays the master, which must get only the events.
    private Task<EventBusServer> StartMinionAsync(
        BusEndpoint master,
        int queueSize = 10_000,
        long queueBytes = long.MaxValue,
        TimeSpan? stopTimeout = null,
        FrameFormat? format = FrameFormat.Map
    ) =>
        StartAsync(o =>
            o with
            {
                Forwarding = new MasterForwarding(master, "web01") { QueueSize = queueSize, QueueBytes = queueBytes, Format = format },
                StopTimeout = stopTimeout ?? TimeSpan.FromSeconds(1),
            }
        );

    private static byte[] Envelope(int number) => Frames.Of(EnvelopeBody(number));

    private static byte[] EnvelopeBody(int number) =>
        FireMasterEvent.Encode("n/" + number, new PayloadMap(), DateTime.UtcNow, int.MaxValue, out _);

    [Fact]
    public async Task An_event_for_the_master_is_on_both_buses()
    {
        await using var master = await StartAsync();
        await using var minion = await StartMinionAsync(master.Endpoint);
        using var masterClient = new EventBusClient(master.Endpoint);
        using var minionClient = new EventBusClient(minion.Endpoint);
        await using var onMaster = await masterClient.SubscribeAsync();
        await using var onMinion = await minionClient.SubscribeAsync();

        await minionClient.FireMasterAsync("my/tag", new PayloadMap { { "n", 1 } });
        await minionClient.FireAsync("local", new PayloadMap());

        await onMinion.WaitToReadAsync().AsTask().Soon();
        Assert.True(onMinion.TryRead(out var envelope));
        Assert.Equal("fire_master", envelope!.Tag);
        var sent = (PayloadMap)envelope.Fields.Decode()!;
        Assert.Equal(
            """{"tag": "my/tag", "data": {"n": 1}, "events": nil, "pretag": nil, "_stamp": """ + PayloadText.Of(sent["_stamp"]) + "}",
            PayloadText.Of(sent)
        );

        await onMaster.WaitToReadAsync().AsTask().Soon();
        Assert.True(onMaster.TryRead(out var arrived));
        var wrapped = (PayloadMap)arrived!.Fields.Decode()!;
        Assert.Equal("my/tag", arrived.Tag);
        Assert.Equal(
            """{"id": "web01", "cmd": "_minion_event", "pretag": nil, "data": {"n": 1}, "tag": "my/tag", "_stamp": """
                + PayloadText.Of(wrapped["_stamp"])
                + "}",
            PayloadText.Of(wrapped)
        );
        await Eventually.True(() => minion.Counters is { Forwarded: 1, ForwardQueued: 0, ForwardDropped: 0, EventsIn: 2 });
        Assert.Equal(1, master.Counters.EventsIn);
    }

    [Theory]
    [InlineData(FrameFormat.Map)]
    [InlineData(FrameFormat.LengthPrefixed)]
    public async Task The_format_that_a_master_reads_is_detected(FrameFormat accepts)
    {
        await using var master = await StartAsync(o => o with { Accepts = accepts });
        await using var minion = await StartMinionAsync(master.Endpoint, format: null);
        using var masterClient = new EventBusClient(master.Endpoint);
        using var minionClient = new EventBusClient(minion.Endpoint);
        await using var onMaster = await masterClient.SubscribeAsync();

        await minionClient.FireMasterAsync("my/tag", new PayloadMap());

        await onMaster.WaitToReadAsync().AsTask().Soon();
        Assert.True(onMaster.TryRead(out var arrived));
        Assert.Equal("my/tag", arrived!.Tag);
        await Eventually.True(() => minion.Counters is { Forwarded: 1, ForwardQueued: 0 });
    }

    [Fact]
    public async Task A_list_goes_on_flat_and_what_is_refused_is_counted()
    {
        await using var master = await StartAsync();
        await using var minion = await StartMinionAsync(master.Endpoint);
        using var subscriber = await RawPeer.ConnectAsync(master.Endpoint.Pub);
        using var sender = await RawPeer.ConnectAsync(minion.Endpoint.Pull);
        object?[] items =
        [
            .. UpTo(3).Select(i => new PayloadMap { { "tag", "n/" + i }, { "data", new PayloadMap() } }),
            new PayloadMap { { "tag", "salt/key" }, { "data", new PayloadMap() } },
        ];

        await sender.SendAsync(Frames.Event("fire_master", ("tag", null), ("data", null), ("events", items), ("pretag", null)));

        Assert.Equal([0, 1, 2], await ReadNumbersAsync(subscriber, last: 2));
        await Eventually.True(() => minion.Counters is { Forwarded: 3, ForwardDropped: 1 });
    }

    [Fact]
    public async Task While_the_master_is_away_events_wait_in_order()
    {
        const int Count = 200;
        var place = await FreeEndpointAsync();
        await using var minion = await StartMinionAsync(place);
        using var sender = await RawPeer.ConnectAsync(minion.Endpoint.Pull);
        await sender.SendAsync(Frames.Join(UpTo(Count).Select(Envelope)));
        await Eventually.True(() => minion.Counters.ForwardQueued == Count);
        Assert.Equal(0, minion.Counters.Forwarded);

        var (listener, _) = Listen(place);
        using (listener)
        {
            using var master = await RawPeer.AcceptAsync(listener);
            Assert.Equal(UpTo(Count), await ReadNumbersAsync(master, last: Count - 1));
        }

        await Eventually.True(() => minion.Counters is { Forwarded: Count, ForwardQueued: 0, ForwardDropped: 0 });
    }

    [Fact]
    public async Task When_the_master_comes_back_the_next_events_reach_it()
    {
        var master = await StartAsync();
        await using var minion = await StartMinionAsync(master.Endpoint);
        using var sender = await RawPeer.ConnectAsync(minion.Endpoint.Pull);
        foreach (var i in UpTo(3))
        {
            using var subscriber = await RawPeer.ConnectAsync(master.Endpoint.Pub);
            await sender.SendAsync(Frames.Join(Envelope(2 * i), Envelope((2 * i) + 1)));
            Assert.Equal([2 * i, (2 * i) + 1], await ReadNumbersAsync(subscriber, last: (2 * i) + 1));
            await Eventually.True(() => minion.Counters.Forwarded == (2 * i) + 2); // a bus that goes away sooner may not have it
            await master.DisposeAsync();
            master = await EventBusServer.StartAsync(new EventBusServerOptions(master.Endpoint));
        }

        await master.DisposeAsync();
        Assert.True(minion.Counters is { Forwarded: 6, ForwardDropped: 0 });
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_queue_is_bounded_in_events_and_bytes_and_each_drop_is_counted(bool isBoundedInBytes)
    {
        const int Count = 100;
        const int QueueSize = 10;
        var place = await FreeEndpointAsync();
        var limit = isBoundedInBytes ? QueueSize * EnvelopeBody(Count).Length : long.MaxValue;
        await using var minion = await StartMinionAsync(place, isBoundedInBytes ? 10_000 : QueueSize, limit);
        using var sender = await RawPeer.ConnectAsync(minion.Endpoint.Pull);
        await sender.SendAsync(Envelope(0));
        await Eventually.True(() => minion.Counters.ForwardQueued == 1);
        await sender.SendAsync(Frames.Join(Enumerable.Range(1, Count).Select(Envelope)));
        await Eventually.True(() => minion.Counters.ForwardDropped + minion.Counters.ForwardQueued == Count + 1);
        var dropped = minion.Counters.ForwardDropped;

        var (listener, _) = Listen(place);
        using (listener)
        {
            using var master = await RawPeer.AcceptAsync(listener);
            var numbers = await ReadNumbersAsync(master, last: Count);
            // The queue, and one event before it that was already being sent; on a busy computer that need not be the first.
            Assert.Equal(Enumerable.Range(Count - QueueSize + 1, QueueSize), numbers.Skip(numbers.Count - QueueSize));
            Assert.InRange(numbers.Count, QueueSize, QueueSize + 1);
            Assert.Equal(Count + 1 - dropped, numbers.Count);
            await Eventually.True(() => minion.Counters.Forwarded == numbers.Count && minion.Counters.ForwardQueued == 0);
        }

        Assert.Equal(dropped, minion.Counters.ForwardDropped);
    }

    [Fact]
    public async Task Waiting_events_are_sent_before_the_bus_stops()
    {
        const int Count = 500;
        await using var master = await StartAsync();
        await using var minion = await StartMinionAsync(master.Endpoint, stopTimeout: Eventually.Limit);
        using var subscriber = await RawPeer.ConnectAsync(master.Endpoint.Pub);
        using var sender = await RawPeer.ConnectAsync(minion.Endpoint.Pull);
        await sender.SendAsync(Frames.Join(UpTo(Count).Select(Envelope)));
        await Eventually.True(() => minion.Counters.EventsIn == Count);

        await minion.DisposeAsync().AsTask().Soon();

        Assert.Equal(UpTo(Count), await ReadNumbersAsync(subscriber, last: Count - 1));
        Assert.Equal((Count, 0), (minion.Counters.Forwarded, minion.Counters.ForwardDropped));
    }

    [Fact]
    public async Task Each_event_of_a_list_that_is_dropped_is_counted()
    {
        var place = await FreeEndpointAsync();
        await using var minion = await StartMinionAsync(place, queueSize: 1, stopTimeout: TimeSpan.Zero);
        using var sender = await RawPeer.ConnectAsync(minion.Endpoint.Pull);
        object?[] items = [.. UpTo(3).Select(i => new PayloadMap { { "tag", "n/" + i }, { "data", new PayloadMap() } })];
        var list = Frames.Event("fire_master", ("tag", null), ("data", null), ("events", items), ("pretag", null));
        await sender.SendAsync(list);
        await Eventually.True(() => minion.Counters.ForwardQueued == 3); // they are being sent now

        await sender.SendAsync(Frames.Join(list, Envelope(3)));
        await Eventually.True(() => minion.Counters.ForwardDropped == 3); // the list that waited
        await minion.DisposeAsync().AsTask().Soon();

        Assert.Equal((7, 0, 0), (minion.Counters.ForwardDropped, minion.Counters.ForwardQueued, minion.Counters.Forwarded));
    }

    [Fact]
    public async Task Events_that_cannot_be_sent_before_the_stop_are_counted_as_dropped()
    {
        await using var minion = await StartMinionAsync(await FreeEndpointAsync(), stopTimeout: TimeSpan.FromMilliseconds(50));
        using var sender = await RawPeer.ConnectAsync(minion.Endpoint.Pull);
        await sender.SendAsync(Frames.Join(UpTo(7).Select(Envelope)));
        await Eventually.True(() => minion.Counters.ForwardQueued == 7);

        await minion.DisposeAsync().AsTask().Soon();

        Assert.Equal((7, 0, 0), (minion.Counters.ForwardDropped, minion.Counters.ForwardQueued, minion.Counters.Forwarded));
    }

    [Fact]
    public async Task An_event_that_fails_for_an_unforeseen_reason_is_counted_as_dropped_and_the_next_is_tried()
    {
        var noPort = new TcpBusAddress(TcpBusAddress.Loopback, 65536); // an ArgumentException
        await using var minion = await StartMinionAsync(new BusEndpoint(noPort, noPort));
        using var sender = await RawPeer.ConnectAsync(minion.Endpoint.Pull);
        await sender.SendAsync(Frames.Join(UpTo(2).Select(Envelope)));

        await Eventually.True(() => minion.Counters is { ForwardDropped: 2, ForwardQueued: 0 });
        await minion.DisposeAsync().AsTask().Soon();
    }

    [Fact]
    public async Task Events_that_a_master_never_read_are_counted_as_unconfirmed()
    {
        var place = await FreeEndpointAsync();
        await using var minion = await StartMinionAsync(place);
        using var sender = await RawPeer.ConnectAsync(minion.Endpoint.Pull);
        var (listener, _) = Listen(place);
        using (listener)
        {
            using (await RawPeer.AcceptAsyncAfter(listener, () => sender.SendAsync(Frames.Join(UpTo(3).Select(Envelope)))))
            {
                await Eventually.True(() => minion.Counters.Forwarded == 3);
            }

            // It went with three events unread.
            using var master = await RawPeer.AcceptAsyncAfter(listener, () => sender.SendAsync(Envelope(3)));
            Assert.Equal([3], await ReadNumbersAsync(master, last: 3));
            await Eventually.True(() => minion.Counters is { ForwardUnconfirmed: 3, Forwarded: 4 });
        }
    }

    /// <summary>Addresses of which the test itself will listen on pull.</summary>
    private async Task<BusEndpoint> FreeEndpointAsync()
    {
        var bus = await StartAsync();
        await bus.DisposeAsync();
        return bus.Endpoint;
    }

    private static (Socket Listener, BusAddress Address) Listen(BusEndpoint endpoint)
    {
        if (endpoint.Pull is UnixBusAddress unix)
        {
            System.IO.Directory.CreateDirectory(System.IO.Path.GetDirectoryName(unix.Path)!);
        }

        return RawPeer.Listen(endpoint.Pull);
    }
}

[UnsupportedOSPlatform("windows")]
public sealed class MasterForwarderOverUnixTests : MasterForwarderTests<UnixPlace>;

public sealed class MasterForwarderOverTcpTests : MasterForwarderTests<TcpPlace>;
