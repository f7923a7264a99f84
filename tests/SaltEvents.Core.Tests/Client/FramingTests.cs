using System.Collections.Generic;
using System.Linq;
using System.Runtime.Versioning;
using System.Threading.Tasks;
using SaltEvents.Core.Client;
using SaltEvents.Core.Events;
using SaltEvents.Core.Framing;
using SaltEvents.Core.Protocols;
using SaltEvents.Core.Server;
using SaltEvents.Core.Tests.Server;
using SaltEvents.Core.Tests.Support;
using SaltEvents.Core.Transport;
using Xunit;

namespace SaltEvents.Core.Tests.Client;

/// <summary>Firing on a bus when it is not known which format it accepts.</summary>
public abstract class FramingTests<TPlace> : BusTests<TPlace>
    where TPlace : BusPlace, new()
{
    private static readonly EventBusClientOptions Unknown = new() { Format = null };

    public static IEnumerable<object?[]> Dialects =>
        from accepts in new FrameFormat?[] { null, FrameFormat.Map, FrameFormat.LengthPrefixed }
        from publishes in new[] { FrameFormat.Map, FrameFormat.LengthPrefixed }
        select new object?[] { accepts, publishes };

    [Theory]
    [MemberData(nameof(Dialects))]
    public async Task An_event_arrives_once_on_a_bus_of_any_dialect(FrameFormat? accepts, FrameFormat publishes)
    {
        await using var bus = await StartAsync(o => o with { Accepts = accepts, Format = publishes });
        using var listener = new EventBusClient(bus.Endpoint);
        await using var subscription = await listener.SubscribeAsync();
        using var client = new EventBusClient(bus.Endpoint, Unknown);

        await client.FireAsync("a", new PayloadMap()).Soon();
        await client.FireAsync("b", new PayloadMap()).Soon();
        Assert.True(await client.CompleteAsync(Eventually.Limit));

        Assert.False(client.IsFormatUnknown);
        Assert.Equal(["a", "b"], await ReadTagsAsync(subscription, 2));
        Assert.False(subscription.TryRead(out _));
    }

    [Fact]
    public async Task The_answer_is_remembered_for_other_clients()
    {
        await using var bus = await StartAsync(o => o with { Accepts = FrameFormat.LengthPrefixed });
        using (var first = new EventBusClient(bus.Endpoint, Unknown))
        {
            await first.FireAsync("a", new PayloadMap()).Soon();
            Assert.True(await first.CompleteAsync(Eventually.Limit));
        }

        var asked = bus.Counters.EventsIn;
        using var second = new EventBusClient(bus.Endpoint, Unknown);
        await second.FireAsync("b", new PayloadMap()).Soon();
        Assert.True(await second.CompleteAsync(Eventually.Limit));

        Assert.Equal(asked + 1, bus.Counters.EventsIn);
    }

    [Fact]
    public async Task A_bus_that_came_back_as_another_version_is_asked_again()
    {
        var endpoint = (await StartAndStopAsync()).Endpoint;
        using var client = new EventBusClient(endpoint, Unknown);
        await using (await EventBusServer.StartAsync(new EventBusServerOptions(endpoint) { Accepts = FrameFormat.Map }))
        {
            await client.FireAsync("old", new PayloadMap()).Soon();
        }

        await using var upgraded = await EventBusServer.StartAsync(
            new EventBusServerOptions(endpoint) { Accepts = FrameFormat.LengthPrefixed }
        );
        using var listener = new EventBusClient(endpoint);
        await using var subscription = await listener.SubscribeAsync();
        await client.FireAsync("new", new PayloadMap()).Soon();

        Assert.Equal(["new"], await ReadTagsAsync(subscription, 1));
    }

    [Fact]
    public async Task A_client_knows_the_next_bus_at_an_address_from_the_one_before_that_another_client_asked()
    {
        var endpoint = (await StartAndStopAsync()).Endpoint;
        foreach (var accepts in new[] { FrameFormat.Map, FrameFormat.LengthPrefixed, FrameFormat.Map })
        {
            await using var bus = await EventBusServer.StartAsync(new EventBusServerOptions(endpoint) { Accepts = accepts });
            using var listener = new EventBusClient(endpoint);
            await using var subscription = await listener.SubscribeAsync();
            using var client = new EventBusClient(endpoint, Unknown);
            await client.FireAsync(accepts.ToString(), new PayloadMap()).Soon();
            Assert.True(await client.CompleteAsync(Eventually.Limit));

            Assert.Equal([accepts.ToString()], await ReadTagsAsync(subscription, 1));
        }
    }

    [Fact]
    public async Task A_session_finds_it_out_though_it_is_notified_of_its_connection()
    {
        await using var bus = await StartAsync(o => o with { Accepts = FrameFormat.LengthPrefixed });
        await using var session = await EventSession.OpenAsync(
            bus.Endpoint,
            TagFilter.All,
            Unknown with
            {
                ReportsStatus = true,
                Reconnect = true,
                QueueSize = 1,
            }
        );

        await session.Client!.FireAsync("a", new PayloadMap()).Soon();

        Assert.False(session.Client.IsFormatUnknown);
        await Eventually.True(() => session.Queued == 1);
    }

    [Fact]
    public async Task A_bus_that_publishes_in_another_way_is_asked_again()
    {
        using var bus = new RelayByHand(Place.Free());
        using var client = new EventBusClient(bus.Endpoint, Unknown);
        await client.FireAsync("a", new PayloadMap()).Soon();
        Assert.Equal(["probe", "a"], await bus.ReadTagsAsync(2));
        bus.Format = FrameFormat.LengthPrefixed;
        using var listener = new EventBusClient(bus.Endpoint);
        await using var subscription = await listener.SubscribeAsync();

        await client.FireAsync("b", new PayloadMap()).Soon();
        Assert.Equal(["b"], await ReadTagsAsync(subscription, 1)); // by now it has been seen
        await client.FireAsync("c", new PayloadMap()).Soon();

        Assert.Equal(["b", "probe", "c"], await bus.ReadTagsAsync(3));
    }

    [Fact]
    public async Task A_bus_that_returns_nothing_is_reported_and_gets_bare_frames()
    {
        await using var bus = await StartAsync();
        var (silent, pub) = RawPeer.Listen(new TcpBusAddress(TcpBusAddress.Loopback, 0));
        using var listening = silent;
        using var client = new EventBusClient(new BusEndpoint(pub, bus.Endpoint.Pull), Unknown);

        await client.FireAsync("a", new PayloadMap()).Soon();

        Assert.True(client.IsFormatUnknown);
        Assert.True(await client.CompleteAsync(Eventually.Limit));
        Assert.Equal(3, bus.Counters.EventsIn); // both questions and the event
    }

    [Fact]
    public async Task Without_a_pub_port_nothing_is_asked()
    {
        await using var bus = await StartAsync();
        using var client = new EventBusClient(new BusEndpoint(BusAddress.Unknown, bus.Endpoint.Pull), Unknown);

        await client.FireAsync("a", new PayloadMap()).Soon();

        Assert.True(client.IsFormatUnknown);
        Assert.True(await client.CompleteAsync(Eventually.Limit));
        Assert.Equal(1, bus.Counters.EventsIn);
    }

    // An address that is free, with its ports chosen.
    private async Task<EventBusServer> StartAndStopAsync()
    {
        var bus = await StartAsync();
        await bus.DisposeAsync();
        return bus;
    }

    private static async Task<List<string>> ReadTagsAsync(EventSubscription subscription, int count)
    {
        var tags = new List<string>();
        while (tags.Count < count && await subscription.WaitToReadAsync().AsTask().Soon())
        {
            while (subscription.TryRead(out var saltEvent))
            {
                tags.Add(saltEvent!.Tag);
            }
        }

        return tags;
    }
}

[UnsupportedOSPlatform("windows")]
public sealed class UnixFramingTests : FramingTests<UnixPlace>
{
}

public sealed class TcpFramingTests : FramingTests<TcpPlace>
{
}
