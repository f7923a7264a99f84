using System;
using System.Collections.Generic;
using System.Linq;
using System.Net.Sockets;
using System.Runtime.Versioning;
using System.Threading.Tasks;
using SaltEvents.Core.Server;
using SaltEvents.Core.Tests.Support;
using SaltEvents.Core.Transport;
using Xunit;

namespace SaltEvents.Core.Tests.Server;

/// <summary>Peers that do what no sender and no subscriber should: the bus goes on for the others, and what they cost is bounded.</summary>
public abstract class HostilePeerTests<TPlace> : BusTests<TPlace>
    where TPlace : BusPlace, new()
{
    private const int ReadBuffer = 64 * 1024;

    public static TheoryData<string> Announcements => new(
        "7FFFFFFF", // a length of 2 GiB less one
        "82A46865616480A4626F6479C67FFFFFFF",
        "82A46865616480A4626F6479C680000000", // bin32 of 2 GiB
        "82A46865616480A4626F6479DBFFFFFFFF",
        "82A468656164DD80000000",
        "82A468656164DFFFFFFFFF",
        "DF80000000",
        "DFFFFFFFFF81");

    [Theory]
    [MemberData(nameof(Announcements))]
    public async Task An_announced_length_is_neither_waited_for_nor_allocated(string hex)
    {
        await using var bus = await StartAsync();
        await AssertRelaysAsync(bus, 1);
        var before = Allocated();
        using var peer = await RawPeer.ConnectAsync(bus.Endpoint.Pull);
        await peer.SendAsync(Convert.FromHexString(hex));

        Assert.Null(await peer.ReadBodyAsync());

        Assert.InRange(Allocated() - before, long.MinValue, 1_000_000);
        Assert.Equal(1, bus.Counters.Malformed);
        await AssertRelaysAsync(bus, 2);
    }

    [Theory]
    [InlineData(true, 0)]
    [InlineData(true, 10)]
    [InlineData(false, 0)]
    [InlineData(false, 10)] // of a frame
    public async Task A_thousand_connections_opened_and_dropped_leave_nothing(bool pull, int bytes)
    {
        const int Count = 1000;
        await using var bus = await StartAsync();
        await DropConnectionsAsync(bus, pull, bytes, 20); // what the runtime makes once
        var sockets = ProcessState.OpenSockets;
        var memory = GC.GetTotalMemory(forceFullCollection: true);

        await DropConnectionsAsync(bus, pull, bytes, Count);

        await Eventually.True(() => ProcessState.OpenSockets <= sockets);
        await Eventually.True(() => GC.GetTotalMemory(forceFullCollection: true) - memory <= 20 * ReadBuffer); // of 1,000
        await AssertRelaysAsync(bus, 1);
        await Eventually.True(() => bus.Subscribers.Count == 0);
    }

    [Fact]
    public async Task Senders_that_die_anywhere_in_a_frame_tear_no_other_frame()
    {
        await using var bus = await StartAsync();
        using var subscriber = await RawPeer.ConnectAsync(bus.Endpoint.Pub);
        using var good = await RawPeer.ConnectAsync(bus.Endpoint.Pull);
        var frame = Numbered(-1, 5);
        for (var cut = 1; cut < frame.Length; cut++)
        {
            using (var dying = await RawPeer.ConnectAsync(bus.Endpoint.Pull))
            {
                await dying.SendAsync(frame[..cut]);
                Abort(dying, cut % 2 == 0);
            }

            await good.SendAsync(Numbered(cut, cut));
            Assert.Equal(cut, NumberOf((await subscriber.ReadBodyAsync())!));
            await Eventually.True(() => bus.Counters.Senders == 1);
        }

        Assert.Equal(frame.Length - 1, bus.Counters.EventsIn);
        // A reset can throw away what was sent before it, so that there was no frame to cut off.
        Assert.InRange(bus.Counters.Malformed, frame.Length / 2, frame.Length - 1);
    }

    [Fact]
    public async Task A_sender_that_sends_a_byte_at_a_time_holds_up_nobody_and_costs_no_more_than_its_frame()
    {
        await using var bus = await StartAsync();
        using var subscriber = await RawPeer.ConnectAsync(bus.Endpoint.Pub);
        using var slow = await RawPeer.ConnectAsync(bus.Endpoint.Pull);
        using var good = await RawPeer.ConnectAsync(bus.Endpoint.Pull);
        var frame = Frames.Prefixed(Numbered(-1, 30));
        var others = Numbered(0);
        var before = Allocated();
        foreach (var i in UpTo(frame.Length))
        {
            // The next byte once the bus has this one and, meanwhile, another's event has come through.
            await slow.SendAsync([frame[i]]);
            await Eventually.True(() => bus.Counters.BytesIn == i + 1 + (i * others.Length));
            if (i < frame.Length - 1)
            {
                await good.SendAsync(others);
                Assert.Equal(0, NumberOf((await subscriber.ReadBodyAsync())!));
            }
        }

        Assert.Equal(-1, NumberOf((await subscriber.ReadBodyAsync())!));
        Assert.InRange(Allocated() - before, long.MinValue, 40_000L * frame.Length);
    }

    [Fact]
    public async Task Senders_that_say_nothing_cost_their_read_buffer_and_do_not_delay_the_stop()
    {
        const int Count = 200;
        await using var bus = await StartAsync(o => o with { StopTimeout = Eventually.Limit });
        await AssertRelaysAsync(bus, 1);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var silent = new List<SocketConnection>();
        foreach (var i in UpTo(Count))
        {
            silent.Add(await ConnectAsync(bus.Endpoint.Pull));
            await silent[^1].SendAllAsync(new ArraySegment<byte>([0x82]), default);
        }

        await Eventually.True(() => bus.Counters is { Senders: Count, BytesIn: > Count });
        await Eventually.True(() => GC.GetTotalMemory(forceFullCollection: true) - before <= 2L * Count * ReadBuffer);
        await AssertRelaysAsync(bus, 2);

        await bus.DisposeAsync().AsTask().Soon();

        Assert.Equal(0, bus.Counters.Senders);
        silent.ForEach(s => s.Dispose());
    }

    [Fact]
    public async Task A_subscriber_that_says_that_it_will_say_nothing_more_is_taken_to_be_gone()
    {
        await using var bus = await StartAsync();
        using var half = await RawPeer.ConnectAsync(bus.Endpoint.Pub);
        await AssertRelaysAsync(bus, 1);
        await Eventually.True(() => half.Socket.Available > 0);

        half.Socket.Shutdown(SocketShutdown.Send);

        await Eventually.True(() => bus.Counters.Subscribers == 0);
        Assert.Equal(1, NumberOf((await half.ReadBodyAsync())!)); // what it had is its own
        Assert.Null(await half.ReadBodyAsync());
    }

    [Fact]
    public async Task Junk_is_counted_and_not_relayed()
    {
        const int Count = 50;
        await using var bus = await StartAsync(o => o with { MaxFrameBytes = 100_000 });
        using var subscriber = await RawPeer.ConnectAsync(bus.Endpoint.Pub);
        var random = new Random(1);
        foreach (var i in UpTo(Count))
        {
            using var peer = await RawPeer.ConnectAsync(bus.Endpoint.Pull);
            var junk = new byte[random.Next(5, 10_000)];
            random.NextBytes(junk);
            _ = await Record.ExceptionAsync(() => peer.SendAsync(junk)); // the bus may have closed it already
            Abort(peer, reset: false);
        }

        await Eventually.True(() => bus.Counters.Malformed == Count);
        await AssertRelaysAsync(bus, 1);
        Assert.Equal(1, NumberOf((await subscriber.ReadBodyAsync())!));
    }

    [Fact]
    public async Task Maps_a_million_deep_pass_like_any_payload()
    {
        const int Depth = 1_000_000;
        await using var bus = await StartAsync();
        using var subscriber = await RawPeer.ConnectAsync(bus.Endpoint.Pub);
        using var sender = await RawPeer.ConnectAsync(bus.Endpoint.Pull);
        var body = Frames.Join(Frames.Utf8("deep\n\n"), Enumerable.Repeat((byte)0x81, Depth).ToArray(), new byte[Depth + 1]);

        await sender.SendAsync(Frames.Of(body));

        var relayed = await subscriber.ReadBodyAsync();
        Assert.True(body.AsSpan().SequenceEqual(relayed));
        Assert.Equal(0, bus.Counters.Malformed);
    }

    private async Task DropConnectionsAsync(EventBusServer bus, bool pull, int bytes, int count)
    {
        var had = pull ? bus.Counters.Malformed : bus.Subscribers.Count;
        foreach (var i in UpTo(count))
        {
            using var connection = await ConnectAsync(pull ? bus.Endpoint.Pull : bus.Endpoint.Pub);
            if (bytes > 0)
            {
                await connection.SendAllAsync(new ArraySegment<byte>(Numbered(i), 0, bytes), default);
            }
        }

        await Eventually.True(() =>
            bus.Counters is { Senders: 0, Subscribers: 0 } && (!pull || bytes == 0 || bus.Counters.Malformed == had + count)
        );
        await AssertRelaysAsync(bus, -1); // all that waited at the listeners have been taken in before
        await Eventually.True(() => bus.Counters is { Senders: 0, Subscribers: 0 });
    }

    // By the whole process, but for the waiting here.
    private static long Allocated() => GC.GetTotalAllocatedBytes(precise: true) - Eventually.Allocated;

    private static Task<SocketConnection> ConnectAsync(BusAddress address) => BusConnector.ConnectAsync(address, Eventually.Limit, default);

    private static async Task AssertRelaysAsync(EventBusServer bus, int number)
    {
        using var subscriber = await RawPeer.ConnectAsync(bus.Endpoint.Pub);
        using var sender = await RawPeer.ConnectAsync(bus.Endpoint.Pull);
        await sender.SendAsync(Numbered(number));
        Assert.Equal(number, NumberOf((await subscriber.ReadBodyAsync())!));
    }

    // Over TCP an end can also be a reset, as of a process that is killed with bytes unread.
    private static void Abort(RawPeer peer, bool reset)
    {
        if (reset && peer.Socket.AddressFamily != AddressFamily.Unix)
        {
            peer.Socket.LingerState = new LingerOption(enable: true, seconds: 0);
        }

        peer.Dispose();
    }
}

[UnsupportedOSPlatform("windows")]
[Collection(GlobalState.Name)]
public sealed class HostilePeerOverUnixTests : HostilePeerTests<UnixPlace>;

[Collection(GlobalState.Name)]
public sealed class HostilePeerOverTcpTests : HostilePeerTests<TcpPlace>;
