using System;
using System.Collections.Generic;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using SaltEvents.Core.Client;
using SaltEvents.Core.Events;
using SaltEvents.Core.Protocols;
using SaltEvents.Core.Tests.Support;
using SaltEvents.Core.Transport;
using Xunit;

namespace SaltEvents.Core.Tests.Client;

/// <summary>Subscriptions whose bus goes away and comes back.</summary>
public sealed class ReconnectTests : IDisposable
{
    private static readonly EventBusClientOptions Reconnecting = new() { Reconnect = true, ReportsStatus = true };
    private readonly Socket listener;
    private readonly BusEndpoint endpoint;

    public ReconnectTests()
    {
        (listener, var pub) = RawPeer.Listen(new TcpBusAddress(TcpBusAddress.Loopback, 0));
        endpoint = new BusEndpoint(pub, pub);
    }

    public void Dispose() => listener.Dispose();

    [Fact]
    public async Task Events_go_on_and_the_gap_is_reported_in_its_place()
    {
        var (subscription, bus) = await SubscribeAsync(Reconnecting);
        await using var s = subscription;
        await bus.SendAsync(Frames.Event("before"));
        bus.Dispose();
        using var again = await RawPeer.AcceptAsync(listener);
        await again.SendAsync(Frames.Event("after"));

        Assert.Equal(["(Connected)", "before", "(Disconnected)", "(Reconnected)", "after"], await ReadAsync(subscription, 5));
        Assert.Equal(SubscriptionEndReason.None, subscription.EndReason);
    }

    [Fact]
    public async Task A_change_of_the_connection_is_reported_though_the_full_queue_drops_it()
    {
        var (subscription, bus) = await SubscribeAsync(Reconnecting with { QueueSize = 2 });
        await using var s = subscription;
        bus.Dispose();
        using var again = await RawPeer.AcceptAsync(listener);
        await again.SendAsync(Frames.Join(Frames.Event("1"), Frames.Event("2"), Frames.Event("3")));
        await Eventually.True(() => subscription.Received == 3);

        Assert.Equal(["(Connected)", "(Disconnected)", "(Reconnected)", "2", "3"], await ReadAsync(subscription, 5));
        Assert.Equal(1, subscription.Dropped);
    }

    [Fact]
    public async Task A_frame_cut_off_by_the_end_of_the_bus_is_not_part_of_what_follows()
    {
        var (subscription, bus) = await SubscribeAsync(Reconnecting with { ReportsStatus = false });
        await using var s = subscription;
        await bus.SendAsync(Frames.Event("cut")[..^3]);
        bus.Dispose();
        using var again = await RawPeer.AcceptAsync(listener);
        await again.SendAsync(Frames.Event("whole"));

        Assert.Equal(["whole"], await ReadAsync(subscription, 1));
    }

    [Fact]
    public async Task A_stream_that_cannot_be_resynchronised_is_connected_again()
    {
        var (subscription, bus) = await SubscribeAsync(Reconnecting with { ReportsStatus = false });
        await using var s = subscription;
        await bus.SendAsync(Frames.Join(Frames.Event("good"), [0xC1, 0xC1, 0xC1, 0xC1]));
        using var again = await RawPeer.AcceptAsync(listener);
        await again.SendAsync(Frames.Event("fine"));

        Assert.Equal(["good", "fine"], await ReadAsync(subscription, 2));
        bus.Dispose();
    }

    [Fact]
    public async Task A_peer_that_never_was_a_bus_is_an_error_at_once()
    {
        var (subscription, bus) = await SubscribeAsync(Reconnecting with { ReportsStatus = false });
        await using var s = subscription;
        using var b = bus;
        await bus.SendAsync("HTTP/1.1 400 Bad Request\r\n\r\n"u8.ToArray());

        Assert.False(await subscription.WaitToReadAsync().AsTask().Soon());
        Assert.Equal(SubscriptionEndReason.Malformed, subscription.EndReason);
    }

    [Fact]
    public async Task Reconnecting_gives_up_after_its_timeout()
    {
        var (subscription, bus) = await SubscribeAsync(
            Reconnecting with
            {
                ReportsStatus = false,
                ReconnectTimeout = TimeSpan.FromMilliseconds(300),
            }
        );
        await using var s = subscription;
        listener.Dispose();
        bus.Dispose();

        Assert.False(await subscription.WaitToReadAsync().AsTask().Soon());
        BusError.Throws(BusReason.ConnectionLost, subscription.ThrowIfBroken);
    }

    [Fact]
    public async Task Without_reconnecting_it_ends()
    {
        var (subscription, bus) = await SubscribeAsync(new EventBusClientOptions());
        await using var s = subscription;
        bus.Dispose();

        Assert.False(await subscription.WaitToReadAsync().AsTask().Soon());
        Assert.Equal(SubscriptionEndReason.BusClosed, subscription.EndReason);
    }

    [Fact]
    public async Task Disposing_ends_the_wait_for_a_bus()
    {
        var (subscription, bus) = await SubscribeAsync(Reconnecting);
        listener.Dispose();
        bus.Dispose();
        Assert.Equal(["(Connected)", "(Disconnected)"], await ReadAsync(subscription, 2));

        await subscription.DisposeAsync().AsTask().Soon();

        Assert.Equal(SubscriptionEndReason.Disposed, subscription.EndReason);
    }

    [Fact]
    public async Task A_session_keeps_what_came_before_and_after_the_gap()
    {
        var accepting = RawPeer.AcceptAsync(listener);
        await using var session = await EventSession.OpenAsync(endpoint, TagFilter.All, Reconnecting);
        var bus = await accepting;
        await bus.SendAsync(Frames.Event("before"));
        bus.Dispose();
        using var again = await RawPeer.AcceptAsync(listener);
        await again.SendAsync(Frames.Event("after"));
        await Eventually.True(() => session.Queued == 2);

        var source = session.Matching(TagFilter.All);
        var seen = new List<string>();
        for (var isMore = true; isMore;)
        {
            isMore = source.TryReadStatus(out var status);
            seen.AddRange(isMore ? [status!.State.ToString()] : []);
            isMore |= source.TryRead(out var saltEvent);
            seen.AddRange(saltEvent is null ? [] : [saltEvent.Tag]);
        }

        Assert.Equal(["Connected", "before", "Disconnected", "Reconnected", "after"], seen);
    }

    [Fact]
    public async Task A_bus_that_ends_and_still_has_its_listener_is_not_back()
    {
        var (subscription, bus) = await SubscribeAsync(Reconnecting);
        await using var s = subscription;
        bus.Dispose();
        await Eventually.True(() => listener.Poll(0, SelectMode.SelectRead)); // the subscription waits to be taken in
        listener.Dispose();
        using var next = RawPeer.Listen(endpoint.Pub).Listener;
        using var again = await RawPeer.AcceptAsync(next);

        Assert.Equal(["(Connected)", "(Disconnected)", "(Reconnected)"], await ReadAsync(subscription, 3)); // and no event was needed to see it
        await again.SendAsync(Frames.Event("after"));
        Assert.Equal(["after"], await ReadAsync(subscription, 1));
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("localhost")]
    [InlineData("")]
    public void Pauses_before_a_local_bus_stay_short(string host)
    {
        var backoff = new Backoff(host.Length > 0 ? new TcpBusAddress(host, 4510) : new UnixBusAddress("/run/x"));
        for (var i = 0; i < 100; i++)
        {
            Assert.InRange(backoff.Next().TotalSeconds, 0.05, 0.1);
        }
    }

    [Fact]
    public void Pauses_before_a_remote_one_grow_to_five_seconds_and_never_agree()
    {
        var backoff = new Backoff(new TcpBusAddress("salt.example", 4510));
        for (var wanted = 0.1; wanted < 100; wanted *= 2)
        {
            Assert.InRange(backoff.Next().TotalSeconds, Math.Min(wanted, 5) / 2, Math.Min(wanted, 5));
        }

        backoff.Reset();
        Assert.InRange(backoff.Next().TotalSeconds, 0.05, 0.1);
    }

    private async Task<(EventSubscription Subscription, RawPeer Bus)> SubscribeAsync(EventBusClientOptions options)
    {
        using var client = new EventBusClient(endpoint, options);
        return (await client.SubscribeAsync(), await RawPeer.AcceptAsync(listener));
    }

    // Tags, and changes of the connection in brackets.
    private static async Task<List<string>> ReadAsync(EventSubscription subscription, int count)
    {
        using var limit = new CancellationTokenSource(Eventually.Limit);
        var read = new List<string>();
        while (read.Count < count && await subscription.WaitToReadAsync(limit.Token))
        {
            if (subscription.TryReadStatus(out var status))
            {
                read.Add($"({status!.State})");
            }
            else if (subscription.TryRead(out var saltEvent))
            {
                read.Add(saltEvent!.Tag);
            }
        }

        return read;
    }
}
