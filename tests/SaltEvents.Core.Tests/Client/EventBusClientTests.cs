using System;
using System.Linq;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using SaltEvents.Core.Client;
using SaltEvents.Core.Events;
using SaltEvents.Core.Protocols;
using SaltEvents.Core.Server;
using SaltEvents.Core.Tests.Support;
using SaltEvents.Core.Transport;
using Xunit;

namespace SaltEvents.Core.Tests.Client;

/// <summary>Salt's own tests of get_event and fire_event, against an embedded bus.</summary>
public sealed class EventBusClientTests : IAsyncLifetime
{
    private static readonly TimeSpan Long = Eventually.Limit;
    private readonly BusPlace place = BusPlace.Usual();
    private EventBusServer bus = null!;
    private EventBusClient client = null!;

    public async Task InitializeAsync()
    {
        bus = await EventBusServer.StartAsync(new EventBusServerOptions(place.Free()));
        client = new EventBusClient(bus.Endpoint);
    }

    public async Task DisposeAsync()
    {
        client.Dispose();
        await bus.DisposeAsync();
        place.Dispose();
    }

    private async Task<SaltEvent> FireAsync(string tag, long n = 0) =>
        EventCodec.Decode(await client.FireAsync(tag, new PayloadMap { { "n", n } }));

    /// <summary>Starts a wait for an event and returns when its subscription is on the bus.</summary>
    private async Task<Task<SaltEvent?>> WaitingAsync(string? tag, TimeSpan wait, CancellationToken token = default)
    {
        var before = bus.Counters.Subscribers;
        var waiting = client.GetEventAsync(tag, wait, token);
        await Eventually.True(() => bus.Counters.Subscribers > before);
        return waiting;
    }

    [Fact]
    public async Task An_event_with_the_tag_is_received()
    {
        var waiting = await WaitingAsync("ev", Long);
        await FireAsync("other", 1);
        await FireAsync("evt/1", 2);

        var got = await waiting.Soon();

        Assert.Equal("evt/1", got!.Tag);
        Assert.True(got.Fields.TryGetValue("n", out var n));
        Assert.Equal(2L, n);
    }

    [Theory]
    [InlineData("")]
    [InlineData(null)]
    public async Task Without_a_tag_any_event_is_received(string? tag)
    {
        var waiting = await WaitingAsync(tag, Long);
        await FireAsync("anything");

        Assert.Equal("anything", (await waiting.Soon())!.Tag);
    }

    [Fact]
    public async Task A_pattern_must_match_the_whole_tag()
    {
        var waiting = await WaitingAsync("*/ret/*", Long);
        await FireAsync("a/ret");
        await FireAsync("a/ret/b");

        Assert.Equal("a/ret/b", (await waiting.Soon())!.Tag);
    }

    [Fact]
    public async Task Nothing_in_time_is_null()
    {
        var waiting = await WaitingAsync("never", TimeSpan.FromMilliseconds(300));
        await FireAsync("other");

        Assert.Null(await waiting.Soon());
    }

    [Fact]
    public async Task A_wait_without_end_waits()
    {
        var waiting = await WaitingAsync("late", Timeout.InfiniteTimeSpan);
        Assert.Null(await client.GetEventAsync("never", TimeSpan.FromMilliseconds(100))); // time passes
        Assert.False(waiting.IsCompleted);

        await FireAsync("late");

        Assert.Equal("late", (await waiting.Soon())!.Tag);
    }

    [Fact]
    public async Task Cancelling_is_not_a_timeout()
    {
        using var stop = new CancellationTokenSource();
        var waiting = await WaitingAsync("never", Long, stop.Token);
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.Soon());
        await Eventually.True(() => bus.Counters.Subscribers == 0);
    }

    [Fact]
    public async Task A_bus_that_goes_away_ends_the_wait_with_an_error()
    {
        var waiting = await WaitingAsync("never", Timeout.InfiniteTimeSpan);
        await bus.DisposeAsync();

        var error = await BusError.ThrowsAsync(BusReason.ConnectionLost, () => waiting.Soon());
        Assert.Contains("went away", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Several_clients_get_the_same_event()
    {
        var first = await WaitingAsync("evt", Long);
        var second = await WaitingAsync("evt", Long);
        await FireAsync("evt");

        Assert.Equal(["evt", "evt"], (await Task.WhenAll(first, second).Soon()).Select(e => e!.Tag));
        await Eventually.True(() => bus.Counters.Subscribers == 0); // both have closed their sockets
    }

    [Fact]
    public async Task Events_are_read_as_they_come_until_the_reader_ends()
    {
        await using (var reading = client.ReadEventsAsync(["a/", "*/z"]).GetAsyncEnumerator())
        {
            var next = reading.MoveNextAsync().AsTask();
            await Eventually.True(() => bus.Counters.Subscribers == 1);
            foreach (var tag in new[] { "a/1", "b/1", "b/z", "a/2" })
            {
                await FireAsync(tag);
            }

            foreach (var tag in new[] { "a/1", "b/z", "a/2" })
            {
                Assert.True(await next.Soon());
                Assert.Equal(tag, reading.Current.Tag);
                next = tag == "a/2" ? next : reading.MoveNextAsync().AsTask();
            }
        }

        await Eventually.True(() => bus.Counters.Subscribers == 0);
    }

    [Fact]
    public async Task A_bus_that_goes_away_ends_the_reading_with_an_error_after_the_last_event()
    {
        await using var reading = client.ReadEventsAsync().GetAsyncEnumerator();
        var next = reading.MoveNextAsync().AsTask();
        await Eventually.True(() => bus.Counters.Subscribers == 1);
        await FireAsync("last");
        await Eventually.True(() => bus.Counters.EventsIn == 1);
        await bus.DisposeAsync();

        Assert.True(await next.Soon());
        Assert.Equal("last", reading.Current.Tag);
        await BusError.ThrowsAsync(BusReason.ConnectionLost, () => reading.MoveNextAsync().AsTask().Soon());
    }

    [Fact]
    public async Task Firing_returns_the_event_as_it_was_sent()
    {
        using var subscriber = await RawPeer.ConnectAsync(bus.Endpoint.Pub);
        var before = DateTime.UtcNow;

        var sent = await FireAsync("my/tag", 5);

        Assert.Equal(sent.Body.ToArray(), await subscriber.ReadBodyAsync());
        Assert.Equal("my/tag", sent.Tag);
        Assert.InRange(sent.GetTimestamp()!.Value, before.AddMilliseconds(-1), DateTime.UtcNow);
    }

    [Fact]
    public async Task Firing_for_the_master_sends_Salts_envelope_byte_for_byte()
    {
        using var subscriber = await RawPeer.ConnectAsync(bus.Endpoint.Pub);

        var sent = EventCodec.Decode(await client.FireMasterAsync("my/tag", new PayloadMap { { "n", 1 } }));

        var expected = new PayloadMap
        {
            { "tag", "my/tag" },
            { "data", new PayloadMap { { "n", 1 } } },
            { "events", null },
            { "pretag", null },
            { "_stamp", SaltTime.FormatStamp(sent.GetTimestamp()!.Value) },
        };
        Assert.Equal(EventCodec.Encode("fire_master", expected, null), await subscriber.ReadBodyAsync());
    }

    [Fact]
    public async Task An_invalid_event_is_refused_before_a_connection_is_opened()
    {
        using var nowhere = new EventBusClient(place.Free());

        await Assert.ThrowsAsync<InvalidEventException>(async () => await nowhere.FireAsync("", new PayloadMap()));
        await Assert.ThrowsAsync<InvalidEventException>(async () => await nowhere.FireMasterAsync("a\n\nb", new PayloadMap()));
        await Assert.ThrowsAsync<InvalidEventException>(async () => await nowhere.FireAsync("t", new PayloadMap { { "x", new object() } }));
        await Assert.ThrowsAsync<EventFormatException>(async () => await nowhere.FireBodyAsync(Frames.Utf8("no tag")));
        await BusError.ThrowsAsync(BusReason.NotFound, () => nowhere.FireAsync("t", new PayloadMap()));
        await BusError.ThrowsAsync(BusReason.NotFound, () => nowhere.ConnectPullAsync());
        await BusError.ThrowsAsync(BusReason.NotFound, () => nowhere.GetEventAsync("t", Long));
    }

    [Fact]
    public async Task Large_data_are_trimmed_to_the_option()
    {
        using var small = new EventBusClient(bus.Endpoint, new EventBusClientOptions { MaxEventBytes = 1000 });

        var sent = EventCodec.Decode(await small.FireAsync("t", new PayloadMap { { "x", new string('x', 5000) } }));

        Assert.True(sent.Fields.TryGetValue("x", out var value));
        Assert.Equal("VALUE_TRIMMED", value);
    }

    [Fact]
    public async Task A_client_that_only_sends_never_opens_pub()
    {
        var (pub, pubAddress) = RawPeer.Listen(new TcpBusAddress(TcpBusAddress.Loopback, 0));
        var (pull, pullAddress) = RawPeer.Listen(new TcpBusAddress(TcpBusAddress.Loopback, 0));
        using (pub)
        using (pull)
        using (var sender = new EventBusClient(new BusEndpoint(pubAddress, pullAddress)))
        {
            await sender.ConnectPullAsync();
            await sender.FireAsync("a", new PayloadMap());
            await sender.FireMasterAsync("b", new PayloadMap());
            using var peer = await RawPeer.AcceptAsync(pull);
            Assert.Equal("a", EventCodec.Decode((await peer.ReadBodyAsync())!).Tag);
            Assert.Equal("fire_master", EventCodec.Decode((await peer.ReadBodyAsync())!).Tag);

            Assert.False(pub.Poll(0, SelectMode.SelectRead));
        }
    }

    [Fact]
    public async Task A_client_that_only_listens_never_opens_pull()
    {
        await using var subscription = await client.SubscribeAsync();
        await Eventually.True(() => bus.Counters.Subscribers == 1);

        Assert.Equal(0, bus.Counters.Senders);
    }
}
