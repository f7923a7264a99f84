using System;
using System.Linq;
using System.Threading.Tasks;
using NATS.Client.Core;
using NATS.Client.JetStream;
using NATS.Client.JetStream.Models;
using SaltEvents.Core.Compat;
using SaltEvents.Core.Events;
using SaltEvents.Core.Nats;
using SaltEvents.Core.Tests.Support;
using SaltEvents.Tests;
using Xunit;

namespace SaltEvents.Core.Tests.Nats;

/// <summary>The limits of an account.</summary>
public sealed class NatsLimitTests
{
    [NeedsFact(What = NatsServer.Needs)]
    public async Task A_limit_that_is_reached_is_told_with_the_setting_that_raises_it()
    {
        using var server = NatsServer.Start("""
            accounts { A { users: [{ user: a, password: a }], jetstream { max_store: 100KB, max_streams: 1, max_consumers: 1 } } }
            no_auth_user: a
            """);
        await using var site = await NatsSite.StartAsync("hq", [server.Uri]);
        await using var other = NatsClients.Create(new NatsBusOptions { Servers = [server.Uri], Stream = "OTHER" });
        var stream = await Assert.ThrowsAsync<NatsBusException>(
            () => other.StartRelayAsync(site.Bus.Endpoint, new EventRelayOptions { Site = "hq" })
        );
        Assert.Contains("max_streams", stream.Message, StringComparison.Ordinal);

        await using var listening = NatsSite.Connect(server.Uri);
        var consumer = await Assert.ThrowsAsync<NatsBusException>(
            () => listening.SubscribeAsync(TagFilter.All, NatsSite.Listening, new NatsReadOptions())
        );
        Assert.Contains("max_consumers", consumer.Message, StringComparison.Ordinal);

        foreach (var n in Enumerable.Range(1, 500))
        {
            await site.FireAsync("t", n);
        }

        await Eventually.True(() => site.Relay.Problem?.Contains("max_age", StringComparison.Ordinal) == true);
        Assert.Equal(0, site.Relay.Counters.Dropped);
    }

    [NeedsFact(What = NatsServer.Needs)]
    public async Task A_server_that_refuses_a_connection_is_not_taken_for_one_that_cannot_be_reached()
    {
        using var server = NatsServer.Start("max_connections: 1");
        await using var first = NatsSite.Connect(server.Uri);
        await first.ConnectAsync();
        await using var second = NatsSite.Connect(server.Uri);
        var error = await Assert.ThrowsAsync<NatsBusException>(() => second.ConnectAsync());
        Assert.Contains("refuses the connection: maximum connections exceeded", error.Message, StringComparison.Ordinal);
    }

    [NeedsFact(What = NatsServer.Needs)]
    public async Task A_stream_of_another_name_says_that_the_subjects_are_taken()
    {
        using var server = NatsServer.Start();
        await using var site = await NatsSite.StartAsync("hq", [server.Uri]);
        await using var other = NatsClients.Create(new NatsBusOptions { Servers = [server.Uri], Stream = "OTHER" });
        var error = await Assert.ThrowsAsync<NatsBusException>(
            () => other.StartRelayAsync(site.Bus.Endpoint, new EventRelayOptions { Site = "hq" })
        );
        Assert.Contains("-Stream", error.Message, StringComparison.Ordinal);
    }

    [NeedsFact(What = NatsServer.Needs)]
    public async Task A_stream_without_the_site_that_is_read_says_so()
    {
        using var server = NatsServer.Start();
        await using var raw = new NatsConnection(new NatsOpts { Url = server.Uri.ToString() });
        await new NatsJSContext(raw).CreateStreamAsync(new StreamConfig("SALT", ["salt.hq.>"]));
        await using var listening = NatsSite.Connect(server.Uri);
        var error = await Assert.ThrowsAsync<NatsBusException>(
            () => listening.SubscribeAsync(TagFilter.All, NatsSite.Listening, new NatsReadOptions { Sites = ["east"] })
        );
        Assert.Contains("-Stream", error.Message, StringComparison.Ordinal);
    }

    [NeedsTheory(What = NatsServer.Needs)]
    [InlineData("salt.hq.>")]
    [InlineData("salt.hq.>", "salt.other.>")]
    public async Task A_stream_of_some_sites_is_read_with_a_filter_of_tags(params string[] subjects)
    {
        using var server = NatsServer.Start();
        await using var raw = new NatsConnection(new NatsOpts { Url = server.Uri.ToString() });
        await new NatsJSContext(raw).CreateStreamAsync(new StreamConfig("SALT", subjects));
        await using var site = await NatsSite.StartAsync("hq", [server.Uri]);
        await site.FireAsync("other/tag", 1);
        await site.FireAsync("my/tag", 2);
        await Eventually.True(() => site.Relay.Counters.Acknowledged == 2);
        await using var listening = NatsSite.Connect(server.Uri);
        using var events = await listening.SubscribeAsync(new TagFilter(["my/"]), NatsSite.Listening, new NatsReadOptions { Last = 5 });
        Assert.Equal("my/tag", (await NatsSite.NextAsync(events)).Tag);
    }

    [NeedsFact(What = NatsServer.Needs)]
    public async Task MaxAge_may_become_shorter_than_the_server_remembers_ids_and_longer_again()
    {
        using var server = NatsServer.Start();
        await using var site = await NatsSite.StartAsync("hq", [server.Uri]);
        foreach (var age in new[] { TimeSpan.FromSeconds(30), TimeSpan.FromHours(1) })
        {
            await using var listening = NatsSite.Connect(server.Uri);
            await site.Relay.DisposeAsync();
            await site.StartRelayAsync(o => o with { MaxAge = age });
            Assert.Contains($"kept for {age}", await listening.CheckAsync(), StringComparison.Ordinal);
        }
    }
}
