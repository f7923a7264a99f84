using System;
using System.Collections.Generic;
using System.Linq;
using System.Net.Sockets;
using System.Runtime.Versioning;
using System.Threading.Tasks;
using SaltEvents.Core.Server;
using SaltEvents.Core.Tests.Support;
using Xunit;

namespace SaltEvents.Core.Tests.Server;

/// <summary>A subscriber that stops reading, under each policy. Events are so big that no socket buffer holds the rest.</summary>
public abstract class OverflowTests<TPlace> : BusTests<TPlace>
    where TPlace : BusPlace, new()
{
    private const int Count = 600;
    private const int EventBytes = 64 * 1024;
    private const int QueueSize = 50;

    private Task<EventBusServer> StartAsync(SaltOverflow policy) =>
        StartAsync(o => o with { QueueSize = QueueSize, Overflow = policy, StopTimeout = TimeSpan.FromMilliseconds(50) });

    private static async Task FloodAsync(EventBusServer bus, int first = 0, int count = Count)
    {
        using var sender = await RawPeer.ConnectAsync(bus.Endpoint.Pull);
        foreach (var i in Enumerable.Range(first, count))
        {
            await sender.SendAsync(Numbered(i, EventBytes));
        }

        sender.Socket.Shutdown(SocketShutdown.Send);
        Assert.Empty(await sender.ReadAsync(1)); // the bus ends the connection once all is published
    }

    [Fact]
    public async Task DropOldest_keeps_the_newest_events()
    {
        await using var bus = await StartAsync(SaltOverflow.DropOldest);
        using var stopped = await RawPeer.ConnectAsync(bus.Endpoint.Pub, receiveBuffer: EventBytes);
        await FloodAsync(bus);
        Assert.Equal(Count, bus.Counters.EventsIn);
        Assert.InRange(Assert.Single(bus.Subscribers).Queued, 0, QueueSize);

        var numbers = await ReadNumbersAsync(stopped, last: Count - 1);

        Assert.Equal(numbers.Order().Distinct(), numbers);
        Assert.Equal(Enumerable.Range(Count - QueueSize, QueueSize), numbers.Skip(numbers.Count - QueueSize));
        Assert.Equal(Count, numbers.Count + bus.Counters.Dropped);
        Assert.Equal(bus.Counters.Dropped, Assert.Single(bus.Subscribers).Dropped);
        Assert.True(bus.Counters.Dropped > 0);
    }

    [Fact]
    public async Task DropNewest_keeps_the_oldest_events()
    {
        await using var bus = await StartAsync(SaltOverflow.DropNewest);
        using var stopped = await RawPeer.ConnectAsync(bus.Endpoint.Pub, receiveBuffer: EventBytes);
        await FloodAsync(bus);
        Assert.Equal(Count, bus.Counters.EventsIn);
        Assert.InRange(Assert.Single(bus.Subscribers).Queued, 0, QueueSize);
        var kept = Count - (int)bus.Counters.Dropped;
        Assert.InRange(kept, QueueSize, Count - 1);

        var numbers = new List<int>();
        while (numbers.Count < kept)
        {
            numbers.Add(NumberOf((await stopped.ReadBodyAsync())!));
        }

        Assert.Equal(numbers.Order().Distinct(), numbers);
        Assert.Equal(UpTo(QueueSize), numbers.Take(QueueSize));

        await FloodAsync(bus, Count, 1);
        Assert.Equal(Count, NumberOf((await stopped.ReadBodyAsync())!)); // nothing else was kept
    }

    [Fact]
    public async Task Disconnect_ends_the_subscriber_and_nobody_else()
    {
        await using var bus = await StartAsync(SaltOverflow.Disconnect);
        using var stopped = await RawPeer.ConnectAsync(bus.Endpoint.Pub, receiveBuffer: EventBytes);
        using var reading = await RawPeer.ConnectAsync(bus.Endpoint.Pub);
        using var sender = await RawPeer.ConnectAsync(bus.Endpoint.Pull);
        foreach (var i in UpTo(Count))
        {
            await sender.SendAsync(Numbered(i, EventBytes));
            Assert.Equal(i, NumberOf((await reading.ReadBodyAsync())!)); // in step: this one never overflows
        }

        await Eventually.True(() => bus.Counters.Subscribers == 1);
        var dropped = bus.Counters.Dropped;
        Assert.True(dropped > QueueSize);
        var numbers = await ReadNumbersAsync(stopped);
        Assert.Equal(UpTo(numbers.Count), numbers);
        Assert.True(numbers.Count < Count - QueueSize);
    }

    [Fact]
    public async Task Block_makes_senders_wait_and_drops_nothing()
    {
        await using var bus = await StartAsync(SaltOverflow.Block);
        using var stopped = await RawPeer.ConnectAsync(bus.Endpoint.Pub, receiveBuffer: EventBytes);
        var flood = FloodAsync(bus);
        await Eventually.True(() => bus.Subscribers.Any(s => s.Queued > QueueSize));
        Assert.True(bus.Counters.EventsIn < Count);
        Assert.False(flood.IsCompleted);

        Assert.Equal(UpTo(Count), await ReadNumbersAsync(stopped, last: Count - 1));
        await flood.Soon();
        Assert.Equal(0, bus.Counters.Dropped);
    }

    [Fact]
    public async Task Block_lets_senders_go_on_when_the_stopped_subscriber_goes()
    {
        await using var bus = await StartAsync(SaltOverflow.Block);
        using var stopped = await RawPeer.ConnectAsync(bus.Endpoint.Pub, receiveBuffer: EventBytes);
        var flood = FloodAsync(bus);
        await Eventually.True(() => bus.Subscribers.Any(s => s.Queued > QueueSize));

        stopped.Dispose();

        await flood.Soon();
        await Eventually.True(() => bus.Counters is { EventsIn: Count, Subscribers: 0 });
    }

    [Fact]
    public async Task A_bus_stops_while_senders_wait_under_Block()
    {
        await using var bus = await StartAsync(SaltOverflow.Block);
        using var stopped = await RawPeer.ConnectAsync(bus.Endpoint.Pub, receiveBuffer: EventBytes);
        var floods = UpTo(3).Select(_ => Record.ExceptionAsync(() => FloodAsync(bus))).ToArray();
        await Eventually.True(() => bus.Subscribers.Any(s => s.Queued > QueueSize));

        await bus.DisposeAsync().AsTask().Soon();

        await Task.WhenAll(floods).Soon();
        Assert.Equal(0, bus.Counters.Senders);
    }

    [Theory]
    [InlineData(SaltOverflow.DropOldest)]
    [InlineData(SaltOverflow.DropNewest)]
    public async Task A_stopped_subscriber_costs_its_own_queue_and_nothing_else(SaltOverflow policy)
    {
        await using var bus = await StartAsync(policy);
        using var stopped = await RawPeer.ConnectAsync(bus.Endpoint.Pub, receiveBuffer: EventBytes);
        using var reading = await RawPeer.ConnectAsync(bus.Endpoint.Pub);
        using var sender = await RawPeer.ConnectAsync(bus.Endpoint.Pull);
        foreach (var i in UpTo(Count))
        {
            await sender.SendAsync(Numbered(i, EventBytes));
            Assert.Equal(i, NumberOf((await reading.ReadBodyAsync())!));
        }

        await Eventually.True(() => bus.Subscribers.Any(s => s.EventsOut == Count));
        var slow = Assert.Single(bus.Subscribers, s => s.EventsOut < Count);
        Assert.Equal(QueueSize, slow.Queued);
        Assert.Equal(bus.Counters.Dropped, slow.Dropped);
    }

    [Fact]
    public async Task The_queue_is_bounded_in_bytes_too()
    {
        await using var bus = await StartAsync(o => o with { QueueBytes = 10 * EventBytes, StopTimeout = TimeSpan.FromMilliseconds(50) });
        using var stopped = await RawPeer.ConnectAsync(bus.Endpoint.Pub, receiveBuffer: EventBytes);
        await FloodAsync(bus);

        Assert.InRange(Assert.Single(bus.Subscribers).Queued, 0, 10);
        Assert.True(bus.Counters.Dropped > 0);
        var numbers = await ReadNumbersAsync(stopped, last: Count - 1);
        Assert.Equal(Count, numbers.Count + bus.Counters.Dropped);
    }

    [Fact]
    public async Task One_event_above_the_bound_in_bytes_still_arrives()
    {
        await using var bus = await StartAsync(o => o with { QueueBytes = 10 });
        using var subscriber = await RawPeer.ConnectAsync(bus.Endpoint.Pub);
        await FloodAsync(bus, count: 1);

        Assert.Equal(0, NumberOf((await subscriber.ReadBodyAsync())!));
    }
}

[UnsupportedOSPlatform("windows")]
public sealed class OverflowOverUnixTests : OverflowTests<UnixPlace>;

public sealed class OverflowOverTcpTests : OverflowTests<TcpPlace>;
