using System;
using System.Collections.Generic;
using System.Linq;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using SaltEvents.Core.Client;
using SaltEvents.Core.Events;
using SaltEvents.Core.Framing;
using SaltEvents.Core.Protocols;
using SaltEvents.Core.Tests.Support;
using SaltEvents.Core.Transport;
using Xunit;

namespace SaltEvents.Core.Tests.Client;

/// <summary>
/// A client whose bus sends what no bus should: bad events are skipped or kept as bytes, nothing hangs, memory stays bounded.
/// </summary>
[Collection(GlobalState.Name)]
public sealed class HostileBusTests : IDisposable
{
    private readonly Socket listener;
    private readonly BusEndpoint endpoint;

    public HostileBusTests()
    {
        (listener, var pub) = RawPeer.Listen(new TcpBusAddress(TcpBusAddress.Loopback, 0));
        endpoint = new BusEndpoint(pub, pub);
    }

    public static TheoryData<string> Announcements => new(
        "7FFFFFFF", // a length of 2 GiB less one
        "82A46865616480A4626F6479C680000000", // bin32 of 2 GiB
        "82A46865616480A4626F6479DBFFFFFFFF",
        "82A468656164DD80000000",
        "82A468656164DFFFFFFFFF",
        "DFFFFFFFFF81");

    public void Dispose() => listener.Dispose();

    [Theory]
    [MemberData(nameof(Announcements))]
    public async Task An_announced_length_is_neither_waited_for_nor_allocated(string hex)
    {
        var (subscription, bus) = await SubscribeAsync();
        await using var s = subscription;
        using var b = bus;
        var before = GC.GetTotalAllocatedBytes(precise: true);
        await bus.SendAsync(Convert.FromHexString(hex));

        Assert.False(await subscription.WaitToReadAsync().AsTask().Soon());

        Assert.InRange(GC.GetTotalAllocatedBytes(precise: true) - before, 0, 1_000_000);
        Assert.Throws<FrameFormatException>(subscription.ThrowIfBroken);
    }

    [Fact]
    public async Task Bad_events_among_good_ones_are_kept_as_far_as_they_have_a_tag()
    {
        const int Depth = 1_000_000;
        byte[] deep = [.. "deep\n\n"u8, .. Enumerable.Repeat((byte)0x81, Depth), .. new byte[Depth + 1]];
        var (subscription, bus) = await SubscribeAsync();
        await using var s = subscription;
        using var b = bus;
        await bus.SendAsync(Frames.Join(
            Frames.Event("first"),
            Frames.Of("no delimiter"u8.ToArray()),
            Frames.Of([0xFF, 0xC0, (byte)'/', .. "x\n\n"u8, 0x80]),
            Frames.Of([.. "no/msgpack\n\n"u8, 0xC1, 0xFF]),
            Frames.Of("no/payload\n\n"u8.ToArray()),
            Frames.Of(deep),
            Frames.Event("last")));

        var events = await ReadAsync(subscription, 6);

        Assert.Equal(["first", "\uFFFD\uFFFD/x", "no/msgpack", "no/payload", "deep", "last"], events.Select(e => e.Tag));
        Assert.Equal([true, true, false, false, false, true], events.Select(e => e.Fields.IsDecodable));
        Assert.All(events.Where(e => !e.Fields.IsDecodable), e => Assert.Throws<EventFormatException>(() => e.Fields.Decode()));
        Assert.Equal(1, subscription.Malformed);
        Assert.Contains("\"no delimiter\"", subscription.LastMalformed, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_tag_that_is_not_UTF_8_can_be_matched_and_fired_again_as_it_was()
    {
        var (subscription, bus) = await SubscribeAsync(filter: new TagFilter(["?/x"]));
        await using var s = subscription;
        using var b = bus;
        byte[] body = [0xC3, (byte)'/', .. "x\n\n"u8, 0x80];
        await bus.SendAsync(Frames.Of(body));

        var saltEvent = Assert.Single(await ReadAsync(subscription, 1));

        Assert.Equal(body, EventCodec.Encode(saltEvent.Tag, saltEvent, stamp: null));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(20)] // in the middle of a frame
    public async Task A_bus_that_falls_silent_can_be_left_at_once(int bytes)
    {
        var (subscription, bus) = await SubscribeAsync();
        using var b = bus;
        await bus.SendAsync(Frames.Join(Frames.Event("first"), Frames.Event("second")[..bytes]));
        Assert.Equal("first", Assert.Single(await ReadAsync(subscription, 1)).Tag);
        var waiting = subscription.WaitToReadAsync().AsTask();
        Assert.False(waiting.IsCompleted);

        await subscription.DisposeAsync().AsTask().Soon();

        Assert.False(await waiting.Soon());
    }

    [Fact]
    public async Task One_wait_ends_in_time_however_much_else_arrives()
    {
        using var client = new EventBusClient(endpoint);
        var wait = client.GetEventAsync("never", TimeSpan.FromMilliseconds(200));
        using var bus = await RawPeer.AcceptAsync(listener);
        var other = Frames.Join(Enumerable.Repeat(Frames.Event("other"), 100));
        var flood = Task.Run(() => Record.ExceptionAsync(async () =>
        {
            while (!wait.IsCompleted)
            {
                await bus.SendAsync(other);
            }
        }));

        Assert.Null(await wait.Soon());
        await flood.Soon();
    }

    [Fact]
    public async Task A_bus_that_sends_junk_after_each_event_is_connected_to_again_each_time_and_costs_no_memory()
    {
        const int Rounds = 8;
        var (subscription, bus) = await SubscribeAsync(new EventBusClientOptions { Reconnect = true });
        await using var s = subscription;
        var files = 0;
        for (var i = 0; i < Rounds; i++)
        {
            await bus.SendAsync(Frames.Join(Frames.Event("n/" + i), [0xC1, 0xC1, 0xC1, 0xC1]));
            Assert.Equal("n/" + i, Assert.Single(await ReadAsync(subscription, 1)).Tag);
            var next = await RawPeer.AcceptAsync(listener);
            bus.Dispose();
            bus = next;
            files = i == 0 ? ProcessState.OpenFiles : files;
        }

        await Eventually.True(() => ProcessState.OpenFiles <= files + 2);
        Assert.Equal((Rounds, 0), (subscription.Received, subscription.Malformed));
        bus.Dispose();
    }

    [Fact]
    public async Task A_bus_that_sends_ever_longer_frames_costs_the_longest_and_no_more()
    {
        const int Longest = 8 * 1024 * 1024;
        var (subscription, bus) = await SubscribeAsync(new EventBusClientOptions { QueueSize = 2, MaxFrameBytes = Longest });
        await using var s = subscription;
        using var b = bus;
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var count = 0;
        for (var size = 1024; size < Longest; size *= 2, count++)
        {
            await bus.SendAsync(Frames.Event("n", ("pad", new byte[size])));
        }

        await bus.SendAsync(Frames.Event("small"));
        await Eventually.True(() => subscription.Received == count + 1);

        // The longest one that waits to be read, and the buffer that one is read into.
        await Eventually.True(() => GC.GetTotalMemory(forceFullCollection: true) - before <= 2 * Longest);
        _ = await Record.ExceptionAsync(() => bus.SendAsync(Frames.Event("n", ("pad", new byte[Longest])))); // refused at its head
        await Eventually.True(() => subscription.EndReason == SubscriptionEndReason.Malformed);
    }

    [Fact]
    public async Task A_server_that_sends_on_its_pull_socket_is_not_a_bus_and_keeps_no_sender_waiting()
    {
        using var client = new EventBusClient(endpoint);
        await client.FireAsync("first", new PayloadMap()).Soon();
        using var bus = await RawPeer.AcceptAsync(listener);
        using var stop = new CancellationTokenSource();
        var talk = Task.Run(() => Record.ExceptionAsync(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                await bus.Socket.SendAsync(new byte[10_000].AsMemory(), SocketFlags.None, stop.Token);
            }
        }));

        await Assert.ThrowsAsync<FrameFormatException>(async () =>
        {
            await client.FireAsync("second", new PayloadMap());
            await client.CompleteAsync(Eventually.Limit);
        }).Soon();

        await stop.CancelAsync();
        await talk.Soon();
    }

    private async Task<(EventSubscription Subscription, RawPeer Bus)> SubscribeAsync(
        EventBusClientOptions? options = null,
        TagFilter? filter = null
    )
    {
        using var client = new EventBusClient(endpoint, options);
        return (await client.SubscribeAsync(filter), await RawPeer.AcceptAsync(listener));
    }

    private static async Task<List<SaltEvent>> ReadAsync(EventSubscription subscription, int count)
    {
        var events = new List<SaltEvent>();
        while (events.Count < count && await subscription.WaitToReadAsync().AsTask().Soon())
        {
            while (events.Count < count && subscription.TryRead(out var saltEvent))
            {
                events.Add(saltEvent!);
            }
        }

        return events;
    }
}
