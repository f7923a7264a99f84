using System;
using System.Linq;
using System.Net.Sockets;
using System.Runtime.Versioning;
using System.Threading.Tasks;
using SaltEvents.Core.Tests.Support;
using Xunit;

namespace SaltEvents.Core.Tests.Server;

public abstract class MalformedFrameTests<TPlace> : BusTests<TPlace>
    where TPlace : BusPlace, new()
{
    [Theory]
    [InlineData("7FFFFFFF")] // 2 GiB announced
    [InlineData("40000000")] // 1 GiB
    [InlineData("DFFFFFFFFF")]
    [InlineData("FF00000000000000017F")]
    [InlineData("474554202F20485454502F312E310D0A")]
    [InlineData("81A4626F6479C403610A62")] // no blank line
    [InlineData("81A4626F6479C4030A0A80")] // empty tag
    [InlineData("81A4626F647905")]
    [InlineData("81A468656164C0")]
    public async Task A_malformed_frame_is_counted_and_only_its_connection_is_closed(string hex)
    {
        await using var bus = await StartAsync();
        using var subscriber = await RawPeer.ConnectAsync(bus.Endpoint.Pub);
        using var good = await RawPeer.ConnectAsync(bus.Endpoint.Pull);
        using var bad = await RawPeer.ConnectAsync(bus.Endpoint.Pull);
        await good.SendAsync(Numbered(1));
        Assert.Equal(1, NumberOf((await subscriber.ReadBodyAsync())!));

        await bad.SendAsync(Frames.Join(Numbered(2), Convert.FromHexString(hex), Numbered(-1)));

        Assert.Null(await bad.ReadBodyAsync());
        Assert.Equal(2, NumberOf((await subscriber.ReadBodyAsync())!)); // what was good before it counts
        await good.SendAsync(Numbered(3));
        Assert.Equal(3, NumberOf((await subscriber.ReadBodyAsync())!));
        Assert.Equal((1, 3), (bus.Counters.Malformed, bus.Counters.EventsIn));
    }

    [Fact]
    public async Task A_frame_that_its_sender_cuts_off_is_counted_and_not_relayed()
    {
        await using var bus = await StartAsync();
        using var subscriber = await RawPeer.ConnectAsync(bus.Endpoint.Pub);
        using var sender = await RawPeer.ConnectAsync(bus.Endpoint.Pull);
        await sender.SendAsync(Frames.Join(Numbered(1), Numbered(2)[..^1]));
        sender.Socket.Shutdown(SocketShutdown.Send);
        Assert.Null(await sender.ReadBodyAsync());

        using var next = await RawPeer.ConnectAsync(bus.Endpoint.Pull);
        await next.SendAsync(Numbered(3));

        Assert.Equal([1, 3], await ReadNumbersAsync(subscriber, last: 3));
        Assert.Equal(1, bus.Counters.Malformed);
    }

    [Fact]
    public async Task The_limit_of_a_frame_is_an_option()
    {
        await using var bus = await StartAsync(o => o with { MaxFrameBytes = 1000 });
        using var subscriber = await RawPeer.ConnectAsync(bus.Endpoint.Pub);
        using var sender = await RawPeer.ConnectAsync(bus.Endpoint.Pull);

        await sender.SendAsync(Frames.Join(Numbered(1, 900), Numbered(2, 1000)));

        Assert.Equal(1, NumberOf((await subscriber.ReadBodyAsync())!));
        Assert.Null(await sender.ReadBodyAsync());
        Assert.Equal(1, bus.Counters.Malformed);
    }

    [Fact]
    public async Task A_big_frame_in_small_pieces_costs_a_few_times_its_size()
    {
        const int Size = 8 * 1024 * 1024;
        await using var bus = await StartAsync();
        using var subscriber = await RawPeer.ConnectAsync(bus.Endpoint.Pub);
        using var sender = await RawPeer.ConnectAsync(bus.Endpoint.Pull);
        await sender.SendAsync(Numbered(1));
        _ = await subscriber.ReadBodyAsync();
        var frame = Numbered(2, Size);
        var before = GC.GetTotalAllocatedBytes(precise: true) - Eventually.Allocated;

        var sent = 0L;
        foreach (
            var piece in Enumerable
                .Range(0, (frame.Length / 16_000) + 1)
                .Select(i => frame.AsMemory(i * 16_000, Math.Min(16_000, frame.Length - (i * 16_000))))
        )
        {
            await sender.Socket.SendAsync(piece);
            sent += piece.Length;
            await Eventually.True(() => bus.Counters.BytesIn >= sent); // so that each piece is one read
        }

        await Eventually.True(() => bus.Counters.EventsIn == 2);
        Assert.InRange(GC.GetTotalAllocatedBytes(precise: true) - Eventually.Allocated - before, Size, 12L * Size);
    }
}

[UnsupportedOSPlatform("windows")]
[Collection(GlobalState.Name)]
public sealed class MalformedFrameOverUnixTests : MalformedFrameTests<UnixPlace>;

[Collection(GlobalState.Name)]
public sealed class MalformedFrameOverTcpTests : MalformedFrameTests<TcpPlace>;
