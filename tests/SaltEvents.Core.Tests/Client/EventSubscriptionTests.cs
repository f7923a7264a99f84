using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Net.Sockets;
using System.Threading.Tasks;
using SaltEvents.Core.Client;
using SaltEvents.Core.Events;
using SaltEvents.Core.Framing;
using SaltEvents.Core.Protocols;
using SaltEvents.Core.Tests.Support;
using SaltEvents.Core.Transport;
using Xunit;

namespace SaltEvents.Core.Tests.Client;

/// <summary>A subscription against a peer that writes whatever it likes.</summary>
public sealed class EventSubscriptionTests : IDisposable
{
    private readonly Socket listener;
    private readonly BusEndpoint endpoint;

    public EventSubscriptionTests()
    {
        (listener, var pub) = RawPeer.Listen(new TcpBusAddress(TcpBusAddress.Loopback, 0));
        endpoint = new BusEndpoint(pub, pub);
    }

    public void Dispose() => listener.Dispose();

    private async Task<(EventSubscription Subscription, RawPeer Bus)> SubscribeAsync(
        EventBusClientOptions? options = null,
        TagFilter? filter = null
    )
    {
        using var client = new EventBusClient(endpoint, options);
        return (await client.SubscribeAsync(filter), await RawPeer.AcceptAsync(listener));
    }

    private static byte[] Numbered(int number, int bytes = 0) =>
        Frames.Event("n/" + number.ToString(CultureInfo.InvariantCulture), ("pad", new byte[bytes]));

    private static async Task<List<string>> DrainAsync(EventSubscription subscription)
    {
        var tags = new List<string>();
        while (await subscription.WaitToReadAsync().AsTask().Soon())
        {
            while (subscription.TryRead(out var saltEvent))
            {
                tags.Add(saltEvent!.Tag);
            }
        }

        return tags;
    }

    private static IEnumerable<string> Tags(int first, int count) => Enumerable.Range(first, count).Select(i => "n/" + i);

    [Theory]
    [InlineData(10, int.MaxValue)]
    [InlineData(10_000, 170_000)] // bytes of ten of these events, and not of eleven
    public async Task A_subscription_drains_its_socket_even_if_nobody_reads(int queueSize, long queueBytes)
    {
        const int Count = 2000;
        var (subscription, bus) = await SubscribeAsync(new EventBusClientOptions { QueueSize = queueSize, QueueBytes = queueBytes });
        await using var s = subscription;
        using var b = bus;

        await bus.SendAsync(Frames.Join(Enumerable.Range(0, Count).Select(i => Numbered(i, 16_000)))).Soon(); // 32 MB

        await Eventually.True(() => subscription.Received == Count);
        Assert.Equal((Count, Count - 10, 10), (subscription.Matched, subscription.Dropped, subscription.Queued));
    }

    [Fact]
    public async Task DropOldest_keeps_the_newest()
    {
        var (subscription, bus) = await SubscribeAsync(new EventBusClientOptions { QueueSize = 10 });
        await using var s = subscription;
        await bus.SendAsync(Frames.Join(Enumerable.Range(0, 100).Select(i => Numbered(i))));
        await Eventually.True(() => subscription.Received == 100);
        bus.Dispose();

        Assert.Equal(Tags(90, 10), await DrainAsync(subscription));
        Assert.Equal(90, subscription.Dropped);
    }

    [Fact]
    public async Task DropNewest_keeps_the_oldest()
    {
        var (subscription, bus) = await SubscribeAsync(new EventBusClientOptions { QueueSize = 10, Overflow = SaltOverflow.DropNewest });
        await using var s = subscription;
        await bus.SendAsync(Frames.Join(Enumerable.Range(0, 100).Select(i => Numbered(i))));
        await Eventually.True(() => subscription.Received == 100);
        bus.Dispose();

        Assert.Equal(Tags(0, 10), await DrainAsync(subscription));
        Assert.Equal(90, subscription.Dropped);
    }

    [Fact]
    public async Task Block_stops_reading_and_loses_nothing()
    {
        const int Count = 1000;
        var (subscription, bus) = await SubscribeAsync(new EventBusClientOptions { QueueSize = 10, Overflow = SaltOverflow.Block });
        await using var s = subscription;
        var sending = bus.SendAsync(Frames.Join(Enumerable.Range(0, Count).Select(i => Numbered(i, 32_000))));
        await Eventually.True(() => subscription.Queued == 10);
        Assert.False(sending.IsCompleted);
        var draining = DrainAsync(subscription);
        await sending.Soon();
        bus.Dispose();

        Assert.Equal(Tags(0, Count), await draining.Soon());
        Assert.Equal(0, subscription.Dropped);
    }

    [Fact]
    public async Task Disconnect_ends_it_with_its_reason_and_keeps_what_was_queued()
    {
        var (subscription, bus) = await SubscribeAsync(new EventBusClientOptions { QueueSize = 10, Overflow = SaltOverflow.Disconnect });
        await using var s = subscription;
        using var b = bus;
        await bus.SendAsync(Frames.Join(Enumerable.Range(0, 100).Select(i => Numbered(i))));

        await Eventually.True(() => subscription.EndReason == SubscriptionEndReason.Overflow);
        Assert.Equal(Tags(0, 10), await DrainAsync(subscription));
        Assert.Contains("queue", BusError.Throws(BusReason.ConnectionLost, subscription.ThrowIfBroken).Message, StringComparison.Ordinal);
        Assert.Null(await bus.ReadBodyAsync()); // the bus sees it too
    }

    [Fact]
    public async Task Only_matching_events_take_room()
    {
        var (subscription, bus) = await SubscribeAsync(new EventBusClientOptions { QueueSize = 3 }, new TagFilter(["n/1"]));
        await using var s = subscription;
        await bus.SendAsync(Frames.Join(Enumerable.Range(0, 13).Select(i => Numbered(i))));
        await Eventually.True(() => subscription.Received == 13);
        bus.Dispose();

        Assert.Equal((4, 1), (subscription.Matched, subscription.Dropped));
        Assert.Equal(["n/10", "n/11", "n/12"], await DrainAsync(subscription));
    }

    [Fact]
    public async Task A_frame_that_is_not_an_event_is_counted_and_the_stream_goes_on()
    {
        var (subscription, bus) = await SubscribeAsync();
        await using var s = subscription;
        Assert.Null(subscription.LastMalformed);
        await bus.SendAsync(
            Frames.Join(Numbered(1), Frames.Of(Frames.Utf8("no blank line")), Frames.Of(Frames.Utf8("\n\nx")), Numbered(2))
        );
        await Eventually.True(() => subscription.Received == 4);
        bus.Dispose();

        Assert.Equal(["n/1", "n/2"], await DrainAsync(subscription));
        Assert.Equal(2, subscription.Malformed);
        Assert.Contains("\\x0a\\x0ax", subscription.LastMalformed, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bytes_that_are_not_a_frame_end_it_after_the_events_before_them()
    {
        var (subscription, bus) = await SubscribeAsync();
        await using var s = subscription;
        using var b = bus;
        await bus.SendAsync(Frames.Join(Numbered(1), [0xFF, 0, 0, 0, 0]));

        Assert.Equal(["n/1"], await DrainAsync(subscription));
        Assert.Equal(SubscriptionEndReason.Malformed, subscription.EndReason);
        Assert.Contains("ZeroMQ", Assert.Throws<FrameFormatException>(subscription.ThrowIfBroken).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_limit_of_a_frame_is_an_option()
    {
        var (subscription, bus) = await SubscribeAsync(new EventBusClientOptions { MaxFrameBytes = 1000 });
        await using var s = subscription;
        using var b = bus;
        await bus.SendAsync(Frames.Join(Numbered(1, 900), Numbered(2, 1000)));

        Assert.Equal(["n/1"], await DrainAsync(subscription));
        Assert.Equal(SubscriptionEndReason.Malformed, subscription.EndReason);
    }

    [Theory]
    [InlineData(FrameFormat.Map, true)]
    [InlineData(FrameFormat.LengthPrefixed, false)]
    [InlineData(FrameFormat.LengthPrefixed, true)]
    public async Task Every_form_of_a_frame_is_read(FrameFormat format, bool isStr)
    {
        var (subscription, bus) = await SubscribeAsync();
        await using var s = subscription;
        var bodies = Enumerable.Range(0, 3).Select(i => Frames.Body("n/" + i, ("x", "\u00e9")));
        await bus.SendAsync(Frames.Join(bodies.Select(b => isStr ? Frames.OfStr(b, format) : Frames.Of(b, format))));
        await Eventually.True(() => subscription.Received == 3);
        bus.Dispose();

        Assert.Equal(Tags(0, 3), await DrainAsync(subscription));
    }

    [Fact]
    public async Task An_event_is_delivered_when_it_is_complete()
    {
        var (subscription, bus) = await SubscribeAsync();
        await using var s = subscription;
        using var b = bus;
        var frame = Numbered(1);
        var reading = subscription.WaitToReadAsync().AsTask();
        foreach (var i in Enumerable.Range(0, frame.Length - 1))
        {
            await bus.SendAsync([frame[i]]);
        }

        Assert.False(reading.IsCompleted);
        await bus.SendAsync([frame[^1]]);
        Assert.True(await reading.Soon());
    }

    [Fact]
    public async Task The_end_of_the_bus_is_distinguished_from_disposal()
    {
        var (ended, bus) = await SubscribeAsync();
        bus.Dispose();
        Assert.Empty(await DrainAsync(ended));
        Assert.Equal(SubscriptionEndReason.BusClosed, ended.EndReason);
        _ = BusError.Throws(BusReason.ConnectionLost, ended.ThrowIfBroken);
        await ended.DisposeAsync();
        Assert.Equal(SubscriptionEndReason.BusClosed, ended.EndReason); // the first reason wins

        var (disposed, second) = await SubscribeAsync();
        var reading = DrainAsync(disposed);
        await disposed.DisposeAsync();
        await disposed.DisposeAsync();
        Assert.Empty(await reading.Soon());
        Assert.Equal(SubscriptionEndReason.Disposed, disposed.EndReason);
        disposed.ThrowIfBroken();
        Assert.Null(await second.ReadBodyAsync());
        second.Dispose();
    }

    [Fact]
    public async Task A_blocked_subscription_can_be_disposed()
    {
        var (subscription, bus) = await SubscribeAsync(new EventBusClientOptions { QueueSize = 1, Overflow = SaltOverflow.Block });
        using var b = bus;
        await bus.SendAsync(Frames.Join(Numbered(1), Numbered(2), Numbered(3)));
        await Eventually.True(() => subscription.Queued == 1);

        await subscription.DisposeAsync().AsTask().Soon();
    }
}
