using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.Versioning;
using System.Threading;
using System.Threading.Tasks;
using SaltEvents.Core.Client;
using SaltEvents.Core.Events;
using SaltEvents.Core.Framing;
using SaltEvents.Core.Tests.Support;
using Xunit;

namespace SaltEvents.Core.Tests.Server;

public abstract class RelayTests<TPlace> : BusTests<TPlace>
    where TPlace : BusPlace, new()
{
    [Fact]
    public async Task Every_subscriber_gets_every_event_in_order()
    {
        const int Count = 10_000;
        await using var bus = await StartAsync(o => o with { QueueSize = Count });
        using var client = new EventBusClient(bus.Endpoint, new EventBusClientOptions { QueueSize = Count });
        await using var first = await client.SubscribeAsync();
        await using var second = await client.SubscribeAsync();
        await using var third = await client.SubscribeAsync();
        using var sender = await RawPeer.ConnectAsync(bus.Endpoint.Pull);

        await sender.SendAsync(Frames.Join(UpTo(Count).Select(i => Numbered(i, i % 50))));

        foreach (var subscription in new[] { first, second, third })
        {
            Assert.Equal(UpTo(Count), await ReadNumbersAsync(subscription, Count));
            Assert.Equal(0, subscription.Dropped);
        }

        Assert.Equal(Count, bus.Counters.EventsIn);
        Assert.Equal(0, bus.Counters.Dropped);
    }

    [Fact]
    public async Task Events_that_are_fired_one_by_one_arrive_one_by_one()
    {
        await using var bus = await StartAsync();
        using var client = new EventBusClient(bus.Endpoint);
        await using var subscription = await client.SubscribeAsync();
        foreach (var i in UpTo(500))
        {
            await client.FireAsync("n/" + i, new PayloadMap());
            Assert.Equal([i], await ReadNumbersAsync(subscription, 1));
        }
    }

    [Theory]
    [InlineData(FrameFormat.Map)]
    [InlineData(FrameFormat.LengthPrefixed)]
    public async Task Bodies_are_relayed_undecoded_in_the_bus_s_own_format(FrameFormat format)
    {
        await using var bus = await StartAsync(o => o with { Format = format });
        using var subscriber = await RawPeer.ConnectAsync(bus.Endpoint.Pub);
        using var sender = await RawPeer.ConnectAsync(bus.Endpoint.Pull);
        // Payloads that are no msgpack, or none at all, are not the bus's business.
        byte[][] bodies =
        [
            Frames.Utf8("a\n\n"),
            [.. Frames.Utf8("b\n\n"), 0xC1, 0xFF, 0x00],
            Frames.Utf8("fire_master\n\nx"),
            [0xFF, (byte)'\n', (byte)'\n'],
            new byte[100_000],
        ];
        Frames.Utf8("big\n\n").CopyTo(bodies[4].AsSpan());

        await sender.SendAsync(Frames.Join(bodies.Select((b, i) => i < 2 ? Frames.Of(b, (FrameFormat)i) : Frames.OfStr(b, (FrameFormat)(i % 2)))));

        var expected = Frames.Join(bodies.Select(b => Frames.Of(b, format)));
        Assert.Equal(expected, await subscriber.ReadAsync(expected.Length));
    }

    [Fact]
    public async Task Recorded_events_of_Salt_pass_byte_for_byte()
    {
        await using var bus = await StartAsync();
        using var subscriber = await RawPeer.ConnectAsync(bus.Endpoint.Pub);
        using var sender = await RawPeer.ConnectAsync(bus.Endpoint.Pull);
        var stream = Frames.Join(RecordedEvent.All.Select(r => r.Frame));

        foreach (var piece in stream.Chunk(4999))
        {
            await sender.SendAsync(piece);
        }

        Assert.Equal(stream, await subscriber.ReadAsync(stream.Length));
    }

    [Fact]
    public async Task Several_senders_mix_and_each_keeps_its_order()
    {
        const int Senders = 4;
        const int Each = 200;
        await using var bus = await StartAsync();
        using var client = new EventBusClient(bus.Endpoint);
        await using var subscription = await client.SubscribeAsync();

        await Task.WhenAll(UpTo(Senders).Select(async s =>
        {
            using var sender = await RawPeer.ConnectAsync(bus.Endpoint.Pull);
            foreach (var i in UpTo(Each))
            {
                await sender.SendAsync(Numbered((s * Each) + i, i % 20 == 0 ? 750_000 / 10 : 10));
            }
        }));

        var numbers = await ReadNumbersAsync(subscription, Senders * Each);
        foreach (var s in UpTo(Senders))
        {
            Assert.Equal(UpTo(Each).Select(i => (s * Each) + i), numbers.Where(n => n / Each == s));
        }
    }

    [Fact]
    public async Task A_subscriber_that_is_connected_before_an_event_is_sent_gets_it()
    {
        await using var bus = await StartAsync();
        using var sender = await RawPeer.ConnectAsync(bus.Endpoint.Pull);
        foreach (var i in UpTo(100))
        {
            using var subscriber = await RawPeer.ConnectAsync(bus.Endpoint.Pub);
            await sender.SendAsync(Numbered(i));
            Assert.Equal(i, NumberOf((await subscriber.ReadBodyAsync())!));
        }
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(0, false)]
    [InlineData(20, true)]
    public async Task Connections_are_served_in_the_order_in_which_they_came(int others, bool ends)
    {
        const int Count = 300;
        await using var bus = await StartAsync();
        using var subscriber = await RawPeer.ConnectAsync(bus.Endpoint.Pub);
        var open = await Task.WhenAll(UpTo(others).Select(_ => RawPeer.ConnectAsync(bus.Endpoint.Pull)));
        foreach (var i in UpTo(Count))
        {
            // Every other event over a connection that has been open for long.
            var peer = others > 0 && i % 2 == 0 ? open[i % others] : await RawPeer.ConnectAsync(bus.Endpoint.Pull);
            await peer.SendAsync(Numbered(i));
            if (ends && !open.Contains(peer))
            {
                peer.Dispose();
            }
        }

        var numbers = new List<int>();
        while (numbers.Count < Count)
        {
            numbers.Add(NumberOf((await subscriber.ReadBodyAsync())!));
        }

        // Between two connections that are both open nothing says which of them sent first.
        var isOrdered = (int n) => others == 0 || n % 2 == 1;
        foreach (var number in UpTo(Count).Where(isOrdered))
        {
            Assert.DoesNotContain(numbers.Skip(numbers.IndexOf(number) + 1), n => n < number);
        }
    }

    [Fact]
    public async Task A_short_connection_with_a_long_event_keeps_its_place_too()
    {
        const int Count = 100;
        await using var bus = await StartAsync();
        using var subscriber = await RawPeer.ConnectAsync(bus.Endpoint.Pub);
        var reading = Task.Run(async () =>
        {
            var numbers = new List<int>();
            while (numbers.Count < Count)
            {
                numbers.Add(NumberOf((await subscriber.ReadBodyAsync())!));
            }

            return numbers;
        });
        foreach (var i in UpTo(Count))
        {
            // Longer than what a receiving TCP socket takes at once.
            using var peer = await RawPeer.ConnectAsync(bus.Endpoint.Pull);
            await peer.SendAsync(Numbered(i, i % 2 == 0 ? 400_000 : 10));
        }

        var received = await reading.Soon();
        // The system may pass on what did not fit at a time of its own, but hardly ever does.
        Assert.InRange(received.Zip(received.Skip(1), (a, b) => a > b).Count(isBefore => isBefore), 0, 3);
    }

    [Fact]
    public async Task A_sender_that_never_pauses_does_not_keep_others_out()
    {
        await using var bus = await StartAsync(o => o with { QueueSize = 10 });
        using var flood = await RawPeer.ConnectAsync(bus.Endpoint.Pull);
        var over = false;
        var frames = Frames.Join(UpTo(1000).Select(i => Numbered(i)));
        var flooding = Task.Run(() =>
        {
            while (!Volatile.Read(ref over))
            {
                flood.Socket.Send(frames);
            }
        });
        await Eventually.True(() => bus.Counters.EventsIn > 10_000);

        using var other = await RawPeer.ConnectAsync(bus.Endpoint.Pull);
        await other.SendAsync(Numbered(-1));
        await Eventually.True(() => bus.Counters.Senders == 2);

        Volatile.Write(ref over, true);
        await flooding.Soon();
    }

    [Fact]
    public async Task Counters_show_what_went_through_in_total_and_for_each_subscriber()
    {
        await using var bus = await StartAsync();
        var frame = Numbered(7, 100);
        using var first = await RawPeer.ConnectAsync(bus.Endpoint.Pub);
        using var second = await RawPeer.ConnectAsync(bus.Endpoint.Pub);
        using var sender = await RawPeer.ConnectAsync(bus.Endpoint.Pull);
        await sender.SendAsync(Frames.Join(frame, frame, frame));
        await Eventually.True(() => bus.Counters.EventsOut == 6);

        var counters = bus.Counters;
        Assert.Equal((3, 3L * frame.Length), (counters.EventsIn, counters.BytesIn));
        Assert.Equal((6, 6L * frame.Length), (counters.EventsOut, counters.BytesOut));
        Assert.Equal((2, 1, 0, 0), (counters.Subscribers, counters.Senders, counters.Dropped, counters.Malformed));
        Assert.Equal([1, 2], bus.Subscribers.Select(s => s.Id).Order());
        Assert.All(bus.Subscribers, s => Assert.Equal((3, 3L * frame.Length, 0, 0), (s.EventsOut, s.BytesOut, s.Queued, s.Dropped)));
        Assert.All(bus.Subscribers, s => Assert.InRange(s.ConnectedAt, DateTime.UtcNow.AddMinutes(-1), DateTime.UtcNow));

        first.Dispose();
        sender.Dispose();
        await Eventually.True(() => bus.Counters is { Subscribers: 1, Senders: 0 });
        Assert.Equal((6, 6L * frame.Length), (bus.Counters.EventsOut, bus.Counters.BytesOut)); // those who have gone count on
        Assert.Single(bus.Subscribers);
    }

    [Fact]
    public async Task Bytes_from_a_subscriber_are_discarded()
    {
        await using var bus = await StartAsync();
        using var subscriber = await RawPeer.ConnectAsync(bus.Endpoint.Pub);
        await subscriber.SendAsync(new byte[300_000]);
        using var sender = await RawPeer.ConnectAsync(bus.Endpoint.Pull);
        await sender.SendAsync(Numbered(1));

        Assert.Equal(1, NumberOf((await subscriber.ReadBodyAsync())!));
        Assert.Equal(0, bus.Counters.Malformed);
    }
}

[UnsupportedOSPlatform("windows")]
public sealed class RelayOverUnixTests : RelayTests<UnixPlace>;

public sealed class RelayOverTcpTests : RelayTests<TcpPlace>;
