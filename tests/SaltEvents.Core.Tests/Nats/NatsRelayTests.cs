using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using SaltEvents.Core.Client;
using SaltEvents.Core.Events;
using SaltEvents.Core.Nats;
using SaltEvents.Core.Tests.Support;
using SaltEvents.Tests;
using Xunit;

namespace SaltEvents.Core.Tests.Nats;

public sealed class NatsRelayTests
{
    [NeedsFact(What = NatsServer.Needs)]
    public async Task Events_come_byte_for_byte_with_their_site()
    {
        using var server = NatsServer.Start();
        await using var site = await NatsSite.StartAsync("hq", [server.Uri]);
        using var events = await NatsSite.Connect(server.Uri).SubscribeAsync(TagFilter.All, NatsSite.Listening, new NatsReadOptions());
        var sent = new List<SaltEvent>();
        foreach (var tag in new[] { "salt/job/1/ret/web01", "a.b c*>%", "//", new string('x', 5000) })
        {
            sent.Add(await site.FireAsync(tag, sent.Count));
        }

        foreach (var expected in sent)
        {
            var read = await NatsSite.NextAsync(events);
            Assert.Equal(expected.Body.ToArray(), read.Body.ToArray());
            Assert.Equal("hq", read.Site);
        }

        await Eventually.True(() => site.Relay.Counters.Acknowledged == 4);
        Assert.Equal(new EventRelayCounters(4, 4, 4, 0, 0, 0, 0, 0, 0, 0), site.Relay.Counters);
    }

    [NeedsFact(What = NatsServer.Needs)]
    public async Task Equal_events_are_each_one_event_and_two_relays_of_a_site_publish_each_once()
    {
        using var server = NatsServer.Start();
        await using var site = await NatsSite.StartAsync("hq", [server.Uri]);
        await using var second = await NatsSite
            .Connect(server.Uri)
            .StartRelayAsync(site.Bus.Endpoint, new EventRelayOptions { Site = "hq" });
        var body = EventCodec.Encode("same", new PayloadMap { { "n", 1 } }, stamp: null);
        for (var i = 0; i < 10; i++)
        {
            await site.Client.FireBodyAsync(body);
        }

        await Eventually.True(() => site.Relay.Counters.Acknowledged == 10 && second.Counters.Acknowledged == 10);
        await Eventually.True(() => site.Relay.Counters.Duplicates + second.Counters.Duplicates == 10);
        await using var listener = await NatsListener.StartAsync(
            [server.Uri],
            new NatsReadOptions { Since = DateTime.UtcNow.AddHours(-1) }
        );
        await site.FireAsync("last", 2);
        await Eventually.True(() => listener.Last.GetValueOrDefault("hq") == 2);
        Assert.Equal(11, listener.Count("hq"));
    }

    [NeedsFact(What = NatsServer.Needs)]
    public async Task An_event_that_equals_one_from_before_the_relay_was_started_again_is_another_event()
    {
        using var server = NatsServer.Start();
        await using var site = await NatsSite.StartAsync("hq", [server.Uri]);
        await using var listener = await NatsListener.StartAsync([server.Uri]);
        var body = EventCodec.Encode("same", new PayloadMap { { "n", 1 } }, stamp: null);
        await site.Client.FireBodyAsync(body);
        await site.Client.FireBodyAsync(body);
        await Eventually.True(() => site.Relay.Counters.Acknowledged == 2);
        await site.Relay.DisposeAsync();
        await site.StartRelayAsync();
        for (var n = 2; n < 300; n++)
        {
            await site.Client.FireBodyAsync(n % 100 == 2 ? body : EventCodec.Encode("other", new PayloadMap { { "n", n } }, stamp: null));
        }

        await Eventually.True(() => site.Relay.Counters.Acknowledged == 298);
        await Eventually.True(() => listener.Last.GetValueOrDefault("hq") == 299);
        Assert.Equal(300, listener.Count("hq"));
        Assert.Equal(5, listener.Numbers["hq"].Count(n => n == 1));
        Assert.True(listener.HasSeen(StreamState.Gap));
        Assert.Equal(listener.Numbers["hq"].Where(n => n > 1).Order(), listener.Numbers["hq"].Where(n => n > 1));
    }

    [NeedsFact(What = NatsServer.Needs)]
    public async Task Secrets_and_events_of_peers_stay_at_home_and_are_counted()
    {
        using var server = NatsServer.Start();
        await using var site = await NatsSite.StartAsync("hq", [server.Uri], o => o with { IsSecretTag = t => t == "salt/auth/creds" });
        await using var open = await NatsSite
            .Connect(server.Uri)
            .StartRelayAsync(site.Bus.Endpoint, new EventRelayOptions { Site = "open", IncludesSecrets = true });
        await using var listener = await NatsListener.StartAsync([server.Uri]);
        await site.Client.FireAsync("login", new PayloadMap { { "n", 1 }, { "user", new PayloadMap { { "password", "x" } } } });
        await site.Client.FireAsync("salt/auth/creds", new PayloadMap { { "n", 2 } });
        await site.Client.FireAsync("salt/job/1/new", new PayloadMap { { "n", 3 }, { "__peer_id", "master2" } });
        await site.Client.FireAsync("login", new PayloadMap { { "n", 4 }, { "password", "" } });
        await Eventually.True(() => listener.Count("open") == 3 && listener.Count("hq") == 1);
        Assert.Equal([4L], listener.Numbers["hq"]);
        Assert.Equal([1L, 2L, 4L], listener.Numbers["open"]);
        // An event may be read before its relay has the answer of the server.
        await Eventually.True(() => site.Relay.Counters is { Read: 4, Acknowledged: 1, Withheld: 2, OfPeers: 1 });
    }

    [NeedsFact(What = NatsServer.Needs)]
    public async Task While_the_server_is_away_a_bounded_queue_holds_events_and_listeners_see_what_was_dropped()
    {
        using var server = NatsServer.Start();
        await using var site = await NatsSite.StartAsync("hq", [server.Uri], o => o with { QueueSize = 50 });
        await using var listener = await NatsListener.StartAsync([server.Uri]);
        await site.FireAsync("t", 1);
        await Eventually.True(() => listener.Last.GetValueOrDefault("hq") == 1);
        server.Kill();
        await Eventually.True(() => site.Relay.Problem is not null);
        for (var n = 2; n <= 101; n++)
        {
            await site.FireAsync("t", n);
        }

        await Eventually.True(() => site.Relay.Counters is { Read: 101, Waiting: 50, Dropped: 50 });
        Assert.Contains("QueueSize", site.Relay.LastDropped, StringComparison.Ordinal);
        server.Start();
        await Eventually.True(() => listener.Last.GetValueOrDefault("hq") == 101);
        Assert.Equal([1L, .. Enumerable.Range(52, 50)], listener.Numbers["hq"]);
        Assert.Equal(50, Assert.Single(listener.Statuses, s => s.Kind == StreamState.Gap).Count);
        Assert.Equal(
            [StreamState.Connected, StreamState.Disconnected, StreamState.Reconnected, StreamState.Gap],
            listener.Statuses.Select(s => s.Kind)
        );
        Assert.Contains(
            "no event was missed",
            listener.Statuses.Single(s => s.Kind == StreamState.Reconnected).Message,
            StringComparison.Ordinal
        );
        await Eventually.True(() => site.Relay.Counters.Acknowledged == 51 && site.Relay.Problem is null);
    }

    [NeedsFact(What = NatsServer.Needs)]
    public async Task A_full_server_is_the_relays_problem_until_there_is_room()
    {
        using var server = NatsServer.Start(maxFile: "2MB");
        await using var site = await NatsSite.StartAsync("hq", [server.Uri]);
        await using var listener = await NatsListener.StartAsync([server.Uri]);
        for (var n = 1; n <= 60; n++)
        {
            await site.Client.FireAsync("big", new PayloadMap { { "n", n }, { "text", new string('x', 50_000) } });
        }

        await Eventually.True(() => site.Relay.Problem?.Contains("does not store events", StringComparison.Ordinal) == true);
        Assert.Contains("raise max_file_store", site.Relay.Problem, StringComparison.Ordinal);
        await Eventually.True(() => site.Relay.Counters.Read == 60);
        Assert.InRange(site.Relay.Counters.Acknowledged, 1, 59);
        await using (var admin = (Core.Nats.JetStream.NatsBus)NatsSite.Connect(server.Uri))
        {
            await admin.ConnectAsync();
            await Eventually.True(() => listener.Count("hq") == site.Relay.Counters.Acknowledged);
            await admin.JetStream.PurgeStreamAsync("SALT", new NATS.Client.JetStream.Models.StreamPurgeRequest());
            await Eventually.True(() => site.Relay.Counters.Acknowledged > 45);
            await Eventually.True(() => listener.Count("hq") == site.Relay.Counters.Acknowledged);
            await admin.JetStream.PurgeStreamAsync("SALT", new NATS.Client.JetStream.Models.StreamPurgeRequest());
        }

        await Eventually.True(() => listener.Last.GetValueOrDefault("hq") == 60);
        Assert.Equal(Enumerable.Range(1, 60).Select(n => (long)n), listener.Numbers["hq"]);
        Assert.Equal(0, site.Relay.Counters.Dropped);
    }

    [NeedsFact(What = NatsServer.Needs)]
    public async Task A_relay_that_is_stopped_while_the_server_is_away_says_that_this_is_why_events_were_dropped()
    {
        using var server = NatsServer.Start();
        await using var site = await NatsSite.StartAsync("hq", [server.Uri]);
        await site.FireAsync("t", 1);
        await Eventually.True(() => site.Relay.Counters.Acknowledged == 1);
        server.Kill();
        await Eventually.True(() => site.Relay.Problem is not null);
        await site.FireAsync("t", 2);
        await Eventually.True(() => site.Relay.Counters.Read == 2);
        Assert.Equal(1, await site.Relay.StopAsync(TimeSpan.Zero));
        Assert.StartsWith("The relay was stopped before", site.Relay.LastDropped, StringComparison.Ordinal);
    }

    [NeedsFact(What = NatsServer.Needs)]
    public async Task An_event_that_is_too_large_for_the_server_is_the_only_one_dropped()
    {
        using var server = NatsServer.Start("max_payload: 100KB");
        await using var site = await NatsSite.StartAsync("hq", [server.Uri]);
        await using var listener = await NatsListener.StartAsync([server.Uri]);
        await site.FireAsync("t", 1);
        await site.Client.FireAsync("big", new PayloadMap { { "n", 2 }, { "text", new string('x', 200_000) } });
        await site.FireAsync("t", 3);
        await Eventually.True(() => listener.Last.GetValueOrDefault("hq") == 3);
        Assert.Equal([1L, 3L], listener.Numbers["hq"]);
        Assert.Equal(1, site.Relay.Counters.Dropped);
        Assert.Contains("200", site.Relay.LastDropped, StringComparison.Ordinal);
        Assert.Single(listener.Statuses, s => s.Kind == StreamState.Gap);
    }

    [NeedsFact(What = NatsServer.Needs)]
    public async Task A_stream_that_does_not_take_the_site_is_refused()
    {
        using var server = NatsServer.Start();
        await using var admin = (Core.Nats.JetStream.NatsBus)NatsSite.Connect(server.Uri);
        await admin.ConnectAsync();
        await admin.JetStream.CreateStreamAsync(new NATS.Client.JetStream.Models.StreamConfig("SALT", ["other.>"]));
        var error = await Assert.ThrowsAsync<NatsBusException>(() => NatsSite.StartAsync("hq", [server.Uri]));
        Assert.Equal(NatsBusReason.StreamMismatch, error.Reason);
    }
}
