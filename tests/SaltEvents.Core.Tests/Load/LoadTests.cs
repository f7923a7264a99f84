using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.Versioning;
using System.Threading.Tasks;
using SaltEvents.Core.Client;
using SaltEvents.Core.Events;
using SaltEvents.Core.Framing;
using SaltEvents.Core.Tests.Server;
using SaltEvents.Core.Tests.Support;
using Xunit;

namespace SaltEvents.Core.Tests.Load;

/// <summary>Many and large events, with fixed counts: what must hold however fast or slow the computer is.</summary>
public abstract class LoadTests<TPlace> : BusTests<TPlace>
    where TPlace : BusPlace, new()
{
    [Fact]
    public async Task A_hundred_thousand_events_reach_eight_subscribers_in_order_and_none_is_lost_under_Block()
    {
        const int Count = 100_000;
        const int Subscribers = 8;
        const int AtOnce = 1000;
        await using var bus = await StartAsync(o => o with { Overflow = SaltOverflow.Block, QueueSize = AtOnce });
        using var client = new EventBusClient(
            bus.Endpoint,
            new EventBusClientOptions { Overflow = SaltOverflow.Block, QueueSize = AtOnce }
        );
        var subscriptions = await Task.WhenAll(UpTo(Subscribers).Select(_ => client.SubscribeAsync()));
        var reading = subscriptions.Select(s => Task.Run(() => ReadInOrderAsync(s, Count))).ToArray();
        using var sender = await RawPeer.ConnectAsync(bus.Endpoint.Pull);

        foreach (var first in UpTo(Count / AtOnce).Select(i => i * AtOnce))
        {
            await sender.SendAsync(Frames.Join(UpTo(AtOnce).Select(i => Numbered(first + i))));
        }

        Assert.All(await Task.WhenAll(reading), read => Assert.Equal(Count, read));
        Assert.Equal((Count, (long)Count * Subscribers, 0), (bus.Counters.EventsIn, bus.Counters.EventsOut, bus.Counters.Dropped));
        foreach (var subscription in subscriptions)
        {
            await subscription.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_stopped_subscriber_costs_a_fast_one_nothing_and_the_bus_its_queue()
    {
        const int Rounds = 400;
        const int AtOnce = 50;
        const int EventBytes = 4 * 1024;
        const int QueueSize = 500;
        await using var bus = await StartAsync(o => o with { QueueSize = QueueSize, StopTimeout = TimeSpan.FromMilliseconds(50) });
        using var stopped = await RawPeer.ConnectAsync(bus.Endpoint.Pub);
        using var fast = await RawPeer.ConnectAsync(bus.Endpoint.Pub);
        using var sender = await RawPeer.ConnectAsync(bus.Endpoint.Pull);
        var frames = UpTo(AtOnce).Select(i => Numbered(i, EventBytes)).ToList();
        var stream = Frames.Join(frames);
        var before = GC.GetTotalMemory(forceFullCollection: true);

        foreach (var round in UpTo(Rounds))
        {
            await sender.SendAsync(stream); // 80 MB in all
            Assert.Equal(UpTo(AtOnce), await ReadNumbersAsync(fast, last: AtOnce - 1));
        }

        await Eventually.True(() => bus.Subscribers.Any(s => s.EventsOut == Rounds * AtOnce));
        await Eventually.True(() => GC.GetTotalMemory(forceFullCollection: true) - before <= 2L * QueueSize * EventBytes);
        var slow = Assert.Single(bus.Subscribers, s => s.EventsOut < Rounds * AtOnce);
        Assert.Equal((QueueSize, bus.Counters.Dropped), (slow.Queued, slow.Dropped));
    }

    [Fact]
    public async Task Events_of_ten_megabytes_pass_among_small_ones()
    {
        const int Big = 10 * 1024 * 1024;
        const int Count = 60;
        const int Every = 15;
        await using var bus = await StartAsync();
        using var client = new EventBusClient(bus.Endpoint, new EventBusClientOptions { MaxEventBytes = 2 * Big });
        await using var subscription = await client.SubscribeAsync();
        using var raw = await RawPeer.ConnectAsync(bus.Endpoint.Pub);
        var sending = Task.Run(async () =>
        {
            foreach (var i in UpTo(Count))
            {
                await client.FireAsync("n/" + i, new PayloadMap { { "pad", Pad(i, i % Every == 7 ? Big : i) } });
            }
        });

        foreach (var i in UpTo(Count))
        {
            Assert.Equal([i], await ReadNumbersAsync(subscription, 1, AssertPad));
            Assert.Equal(i, NumberOf((await raw.ReadBodyAsync())!));
        }

        await sending.Soon();

        void AssertPad(SaltEvent saltEvent)
        {
            var number = NumberOf(saltEvent);
            Assert.True(saltEvent.Fields.TryGetValue("pad", out var pad));
            Assert.True(Pad(number, ((byte[])pad!).Length).AsSpan().SequenceEqual((byte[])pad));
            Assert.Equal(number % Every == 7 ? Big : number, ((byte[])pad).Length);
        }
    }

    [Fact]
    public async Task Four_processes_fire_at_once_and_no_frame_is_torn()
    {
        const int Each = 500;
        await using var bus = await StartAsync(o => o with { Overflow = SaltOverflow.Block });
        using var client = new EventBusClient(bus.Endpoint, new EventBusClientOptions { Overflow = SaltOverflow.Block });
        await using var subscription = await client.SubscribeAsync();
        var processes = new List<FiringProcess>();
        try
        {
            foreach (var i in UpTo(4))
            {
                processes.Add(await FiringProcess.StartAsync(bus.Endpoint, "p" + i, Each, (FrameFormat)(i % 2)));
            }

            processes.ForEach(p => p.Go());
            var next = processes.ToDictionary(p => p.Name, _ => 0);
            for (var read = 0; read < processes.Count * Each && await subscription.WaitToReadAsync().AsTask().Soon();)
            {
                for (; subscription.TryRead(out var saltEvent); read++)
                {
                    var (name, number) = FiringProcess.Check(saltEvent!);
                    Assert.Equal(next[name]++, number);
                }
            }

            Assert.All(next.Values, n => Assert.Equal(Each, n));
            Assert.Equal((4L * Each, 0), (bus.Counters.EventsIn, bus.Counters.Malformed));
            await Task.WhenAll(processes.Select(p => p.EndAsync()));
        }
        finally
        {
            processes.ForEach(p => p.Dispose());
        }
    }

    private static byte[] Pad(int seed, int length)
    {
        var pad = new byte[length];
        new Random(seed).NextBytes(pad);
        return pad;
    }

    private static async Task<int> ReadInOrderAsync(EventSubscription subscription, int count)
    {
        var next = 0;
        while (next < count && await subscription.WaitToReadAsync().AsTask().Soon())
        {
            while (subscription.TryRead(out var saltEvent))
            {
                Assert.Equal(next++, NumberOf(saltEvent!));
            }
        }

        return next;
    }

    private static async Task<List<int>> ReadNumbersAsync(EventSubscription subscription, int count, Action<SaltEvent> check)
    {
        var numbers = new List<int>();
        while (numbers.Count < count && await subscription.WaitToReadAsync().AsTask().Soon())
        {
            while (numbers.Count < count && subscription.TryRead(out var saltEvent))
            {
                check(saltEvent!);
                numbers.Add(NumberOf(saltEvent!));
            }
        }

        return numbers;
    }
}

[UnsupportedOSPlatform("windows")]
[Collection(GlobalState.Name)]
public sealed class LoadOverUnixTests : LoadTests<UnixPlace>;

[Collection(GlobalState.Name)]
public sealed class LoadOverTcpTests : LoadTests<TcpPlace>;
