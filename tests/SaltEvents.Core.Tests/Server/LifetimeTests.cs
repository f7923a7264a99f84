using System;
using System.Linq;
using System.Net.Sockets;
using System.Runtime.Versioning;
using System.Threading.Tasks;
using SaltEvents.Core.Client;
using SaltEvents.Core.Events;
using SaltEvents.Core.Server;
using SaltEvents.Core.Tests.Support;
using SaltEvents.Core.Transport;
using Xunit;

namespace SaltEvents.Core.Tests.Server;

public abstract class LifetimeTests<TPlace> : BusTests<TPlace>
    where TPlace : BusPlace, new()
{
    [Fact]
    public async Task A_live_bus_at_the_address_is_an_error_and_goes_on()
    {
        await using var bus = await StartAsync();

        var error = await BusError.ThrowsAsync(BusReason.InUse, () => EventBusServer.StartAsync(new EventBusServerOptions(bus.Endpoint)));

        Assert.Equal(bus.Endpoint.Pub, error.Address);
        Assert.Contains(bus.Endpoint.Pub.ToString()!, error.Message, StringComparison.Ordinal);
        using var client = new EventBusClient(bus.Endpoint);
        await using var subscription = await client.SubscribeAsync();
        await client.FireAsync("n/1", new PayloadMap());
        Assert.Equal([1], await ReadNumbersAsync(subscription, 1));
    }

    [Fact]
    public async Task An_address_is_free_again_after_the_stop_with_connections_open()
    {
        var bus = await StartAsync();
        foreach (var i in UpTo(3))
        {
            using var subscriber = await RawPeer.ConnectAsync(bus.Endpoint.Pub);
            using var sender = await RawPeer.ConnectAsync(bus.Endpoint.Pull);
            await sender.SendAsync(Numbered(1));
            _ = await subscriber.ReadBodyAsync();
            await bus.DisposeAsync();
            bus = await EventBusServer.StartAsync(new EventBusServerOptions(bus.Endpoint));
        }

        await bus.DisposeAsync();
    }

    [Fact]
    public async Task After_the_stop_nothing_listens_and_every_peer_sees_the_end()
    {
        await using var bus = await StartAsync();
        using var subscriber = await RawPeer.ConnectAsync(bus.Endpoint.Pub);
        using var sender = await RawPeer.ConnectAsync(bus.Endpoint.Pull);
        await sender.SendAsync(Numbered(1));
        Assert.Equal(1, NumberOf((await subscriber.ReadBodyAsync())!));
        Assert.True(bus.IsRunning);

        await bus.DisposeAsync().AsTask().Soon();

        Assert.False(bus.IsRunning);
        Assert.Null(await subscriber.ReadBodyAsync());
        Assert.Empty(await sender.ReadAsync(1));
        await Assert.ThrowsAnyAsync<SocketException>(() => RawPeer.ConnectAsync(bus.Endpoint.Pub));
        await Assert.ThrowsAnyAsync<SocketException>(() => RawPeer.ConnectAsync(bus.Endpoint.Pull));
        Assert.Equal(1, bus.Counters.EventsIn); // its counters can still be read
        await bus.DisposeAsync();
    }

    [Fact]
    public async Task Subscribers_get_what_is_queued_for_them_before_the_bus_is_gone()
    {
        const int Count = 300;
        await using var bus = await StartAsync(o => o with { StopTimeout = Eventually.Limit });
        using var subscriber = await RawPeer.ConnectAsync(bus.Endpoint.Pub, receiveBuffer: 10_000);
        using (var sender = await RawPeer.ConnectAsync(bus.Endpoint.Pull))
        {
            await sender.SendAsync(Frames.Join(UpTo(Count).Select(i => Numbered(i, 50_000))));
        }

        await Eventually.True(() => bus.Counters.EventsIn == Count);
        var stop = bus.DisposeAsync().AsTask();
        Assert.Equal(UpTo(Count), await ReadNumbersAsync(subscriber));
        await stop.Soon();
    }

    [Fact]
    public async Task An_event_fired_right_before_the_stop_is_relayed()
    {
        foreach (var i in UpTo(50))
        {
            await using var bus = await StartAsync(o => o with { StopTimeout = Eventually.Limit });
            using var subscriber = await RawPeer.ConnectAsync(bus.Endpoint.Pub);
            using var client = new EventBusClient(bus.Endpoint);
            await client.FireAsync("n/" + i, new PayloadMap());

            await bus.DisposeAsync().AsTask().Soon();

            Assert.Equal([i], await ReadNumbersAsync(subscriber));
        }
    }

    [Fact]
    public async Task Events_of_senders_that_had_to_wait_are_relayed()
    {
        await using var bus = await StartAsync(o =>
            o with
            {
                Overflow = SaltOverflow.Block,
                QueueSize = 10,
                StopTimeout = Eventually.Limit,
            }
        );
        using var subscriber = await RawPeer.ConnectAsync(bus.Endpoint.Pub, receiveBuffer: 10_000);
        using var flood = await RawPeer.ConnectAsync(bus.Endpoint.Pull);
        var flooding = Record.ExceptionAsync(() => flood.SendAsync(Frames.Join(UpTo(600).Select(_ => Numbered(0, 64 * 1024)))));
        await Eventually.True(() => bus.Subscribers.Any(s => s.Queued > 10));
        using var sender = await RawPeer.ConnectAsync(bus.Endpoint.Pull);
        await sender.SendAsync(Numbered(1));
        await Eventually.True(() => bus.Counters.Senders == 2);
        await sender.SendAsync(Numbered(2)); // stays in the socket: the bus waits for room with the first

        var stop = bus.DisposeAsync().AsTask();
        var numbers = await ReadNumbersAsync(subscriber);

        Assert.Equal([1, 2], numbers.Where(n => n > 0));
        await stop.Soon();
        flood.Dispose();
        await flooding.Soon();
    }

    [Fact]
    public async Task A_sender_that_never_pauses_delays_the_stop_no_longer_than_allowed()
    {
        await using var bus = await StartAsync(o => o with { StopTimeout = TimeSpan.FromMilliseconds(100) });
        using var flood = await RawPeer.ConnectAsync(bus.Endpoint.Pull);
        var frames = Frames.Join(UpTo(1000).Select(i => Numbered(i)));
        var flooding = Task.Run(() => Record.ExceptionAsync(async () =>
        {
            while (true)
            {
                await flood.SendAsync(frames);
            }
        }));
        await Eventually.True(() => bus.Counters.EventsIn > 1000);

        await bus.DisposeAsync().AsTask().Soon();

        Assert.IsType<SocketException>(await flooding.Soon());
    }

    [Fact]
    public async Task A_stopped_subscriber_delays_the_stop_no_longer_than_allowed()
    {
        await using var bus = await StartAsync(o => o with { StopTimeout = TimeSpan.FromMilliseconds(100) });
        using var stopped = await RawPeer.ConnectAsync(bus.Endpoint.Pub);
        using var sender = await RawPeer.ConnectAsync(bus.Endpoint.Pull);
        await sender.SendAsync(Frames.Join(UpTo(200).Select(i => Numbered(i, 64 * 1024))));

        await bus.DisposeAsync().AsTask().Soon();
    }

    [Fact]
    public async Task Many_can_stop_it_at_once()
    {
        await using var bus = await StartAsync();

        await Task.WhenAll(UpTo(10).Select(_ => Task.Run(() => bus.DisposeAsync().AsTask()))).Soon();
    }

    [Fact]
    public async Task Two_hundred_starts_and_stops_leave_no_file_and_no_thread()
    {
        foreach (var i in UpTo(10))
        {
            await CycleAsync(); // what the runtime opens once
        }

        GC.Collect();
        GC.WaitForPendingFinalizers();
        var before = ProcessState.OpenFiles;
        foreach (var i in UpTo(200))
        {
            await CycleAsync();
        }

        // Two more may be the test host's own; one leaked by each cycle would be 200.
        await Eventually.True(() => ProcessState.OpenFiles <= before + 2);
        await Eventually.True(() => !ProcessState.BusThreads.Any());
    }

    private async Task CycleAsync()
    {
        await using var bus = await StartAsync();
        Assert.NotEmpty(ProcessState.BusThreads);
        using var client = new EventBusClient(bus.Endpoint);
        await using var subscription = await client.SubscribeAsync();
        await client.FireAsync("n/1", new PayloadMap());
        Assert.Equal([1], await ReadNumbersAsync(subscription, 1));
        await bus.DisposeAsync();
    }
}

[UnsupportedOSPlatform("windows")]
[Collection(GlobalState.Name)]
public sealed class LifetimeOverUnixTests : LifetimeTests<UnixPlace>;

[Collection(GlobalState.Name)]
public sealed class LifetimeOverTcpTests : LifetimeTests<TcpPlace>;
