using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using SaltEvents.Core.Client;
using SaltEvents.Core.Events;
using SaltEvents.Core.Server;
using SaltEvents.Core.Tests.Support;
using SaltEvents.Core.Transport;
using Xunit;

namespace SaltEvents.Core.Tests.Client;

public sealed class EventSessionTests : IAsyncLifetime
{
    private static readonly TagFilter A = new(["a/"]);
    private readonly BusPlace place = BusPlace.Usual();
    private EventBusServer bus = null!;
    private EventBusClient sender = null!;

    public async Task InitializeAsync()
    {
        bus = await EventBusServer.StartAsync(new EventBusServerOptions(place.Free()));
        sender = new EventBusClient(bus.Endpoint);
    }

    public async Task DisposeAsync()
    {
        sender.Dispose();
        await bus.DisposeAsync();
        place.Dispose();
    }

    private Task<EventSession> OpenAsync(EventBusClientOptions? options = null, TagFilter? filter = null) =>
        EventSession.OpenAsync(bus.Endpoint, filter ?? TagFilter.All, options ?? EventBusClientOptions.Default);

    private async Task FireAsync(params IEnumerable<string> tags)
    {
        foreach (var tag in tags)
        {
            await sender.FireAsync(tag, new PayloadMap());
        }
    }

    private static async Task<string?> NextAsync(IEventSource source)
    {
        while (await source.WaitToReadAsync().AsTask().Soon())
        {
            if (source.TryRead(out var saltEvent))
            {
                return saltEvent!.Tag;
            }
        }

        return null;
    }

    [Fact]
    public async Task A_session_keeps_what_arrives_between_two_reads()
    {
        await using var session = await OpenAsync();
        await FireAsync("a/1", "b/1", "a/2");
        await Eventually.True(() => session.Queued == 3);

        Assert.Equal("a/1", await NextAsync(session.Matching(A)));
        Assert.Equal("a/2", await NextAsync(session.Matching(A)));
        Assert.False(session.Matching(A).TryRead(out _));
        Assert.Equal("b/1", await NextAsync(session.Matching(TagFilter.All)));
        await Eventually.True(() => (session.Queued, session.Received, session.Dropped) == (0, 3, 0));
    }

    [Fact]
    public async Task Its_own_filter_decides_what_is_kept()
    {
        await using var session = await OpenAsync(filter: A);
        await FireAsync("b/1", "a/1");

        Assert.Equal("a/1", await NextAsync(session.Matching(TagFilter.All)));
        await Eventually.True(() => session.Received == 2); // raised last, when it is known what became of the event
        Assert.Equal(0, session.Queued);
    }

    [Fact]
    public async Task Readers_that_wait_get_their_events_when_they_come()
    {
        await using var session = await OpenAsync();
        var a = NextAsync(session.Matching(A));
        var b = NextAsync(session.Matching(new TagFilter(["b/"])));

        await FireAsync("c/1", "b/1", "a/1");

        Assert.Equal("a/1", await a.Soon());
        Assert.Equal("b/1", await b.Soon());
        Assert.Equal("c/1", await NextAsync(session.Matching(TagFilter.All)));
    }

    [Fact]
    public async Task Five_hundred_kept_are_read_in_order()
    {
        await using var session = await OpenAsync();
        var tags = Enumerable.Range(0, 500).Select(i => "a/" + i).ToList();
        await FireAsync(tags);
        foreach (var tag in tags)
        {
            Assert.Equal(tag, await NextAsync(session.Matching(A)));
        }
    }

    [Theory]
    [InlineData(SaltOverflow.DropOldest, "a/90")]
    [InlineData(SaltOverflow.DropNewest, "a/0")]
    public async Task A_session_is_bounded_and_counts_what_it_drops(SaltOverflow policy, string first)
    {
        await using var session = await OpenAsync(new EventBusClientOptions { QueueSize = 10, Overflow = policy });
        await FireAsync(Enumerable.Range(0, 100).Select(i => "a/" + i));
        await Eventually.True(() => session.Dropped == 90);

        await Eventually.True(() => (session.Queued, session.Received) == (10, 100));
        Assert.Equal(first, await NextAsync(session.Matching(A)));
        Assert.Equal(90, session.Matching(A).Dropped);
    }

    [Fact]
    public async Task Under_Block_nothing_is_lost()
    {
        await using var session = await OpenAsync(new EventBusClientOptions { QueueSize = 5, Overflow = SaltOverflow.Block });
        var tags = Enumerable.Range(0, 1000).Select(i => "a/" + i).ToList();
        await FireAsync(tags);
        foreach (var tag in tags)
        {
            Assert.Equal(tag, await NextAsync(session.Matching(A)));
        }

        Assert.Equal(0, session.Dropped);
    }

    [Fact]
    public async Task Under_Disconnect_it_ends_when_it_is_full_and_keeps_what_it_has()
    {
        await using var session = await OpenAsync(new EventBusClientOptions { QueueSize = 5, Overflow = SaltOverflow.Disconnect });
        await FireAsync(Enumerable.Range(0, 20).Select(i => "a/" + i));

        await Eventually.True(() => session.EndReason == SubscriptionEndReason.Overflow);
        await Eventually.True(() => bus.Counters.Subscribers == 0);
        Assert.Equal(5, session.Queued);
        _ = BusError.Throws(BusReason.ConnectionLost, session.Matching(A).ThrowIfBroken);
    }

    [Fact]
    public async Task When_the_bus_ends_what_is_kept_is_read_and_then_the_reason_is_reported()
    {
        await using var session = await OpenAsync();
        await FireAsync("a/1");
        await Eventually.True(() => session.Queued == 1);
        var waiting = NextAsync(session.Matching(new TagFilter(["never"])));

        await bus.DisposeAsync();

        Assert.Null(await waiting.Soon());
        Assert.Equal(SubscriptionEndReason.BusClosed, session.EndReason);
        Assert.Equal("a/1", await NextAsync(session.Matching(A)));
        Assert.Null(await NextAsync(session.Matching(A)));
        _ = BusError.Throws(BusReason.ConnectionLost, session.Matching(A).ThrowIfBroken);
    }

    [Fact]
    public async Task Disposing_ends_its_connections_and_notifies_its_readers()
    {
        var session = await OpenAsync();
        await session.Client!.FireAsync("a/1", new PayloadMap());
        var waiting = NextAsync(session.Matching(new TagFilter(["never"])));
        await Eventually.True(() => bus.Counters is { Subscribers: 1, Senders: 1 });

        await session.DisposeAsync().AsTask().Soon();

        Assert.Null(await waiting.Soon());
        BusError.Throws(BusReason.ConnectionLost, session.Matching(A).ThrowIfBroken);
        await Eventually.True(() => bus.Counters is { Subscribers: 0, Senders: 0 });
        await session.DisposeAsync();
    }

    [Fact]
    public async Task A_session_that_is_full_under_Block_can_be_disposed()
    {
        var session = await OpenAsync(new EventBusClientOptions { QueueSize = 1, Overflow = SaltOverflow.Block });
        await FireAsync(Enumerable.Range(0, 50).Select(i => "a/" + i));
        await Eventually.True(() => session.Queued == 1);

        await session.DisposeAsync().AsTask().Soon();
    }

    [Fact]
    public async Task Without_a_bus_there_is_no_session() =>
        await BusError.ThrowsAsync(
            BusReason.NotFound,
            () => EventSession.OpenAsync(place.Free(), TagFilter.All, EventBusClientOptions.Default)
        );
}
