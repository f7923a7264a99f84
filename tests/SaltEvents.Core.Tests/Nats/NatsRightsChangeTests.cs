using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Text.RegularExpressions;
using System.Threading.Tasks;
using SaltEvents.Core.Client;
using SaltEvents.Core.Events;
using SaltEvents.Core.Nats;
using SaltEvents.Core.Server;
using SaltEvents.Core.Tests.Support;
using SaltEvents.Tests;
using Xunit;

namespace SaltEvents.Core.Tests.Nats;

/// <summary>Rights and passwords that change while they are in use.</summary>
public sealed class NatsRightsChangeTests : NatsRightsTestBase
{
    [NeedsFact(What = NatsServer.Needs)]
    public async Task A_relay_whose_password_is_no_longer_accepted_says_so_and_goes_on_when_it_is_again()
    {
        var port = NatsServer.FreePort();
        using var server = NatsServer.Start("include rights.conf", port, environment: Passwords, files: [Rights]);
        using var place = BusPlace.Usual();
        await using var bus = await EventBusServer.StartAsync(new EventBusServerOptions(place.Free()));
        using var client = new EventBusClient(bus.Endpoint);
        await using var relay = await Connect(server, "relay_hq", "relay-secret")
            .StartRelayAsync(bus.Endpoint, new EventRelayOptions { Site = "hq" });
        server.Kill();
        using (
            NatsServer.Start(
                "include rights.conf",
                port,
                environment: new Dictionary<string, string>(Passwords) { ["RELAY_HQ_PASSWORD"] = "another" },
                files: [Rights]
            )
        )
        {
            await client.FireAsync("t", new PayloadMap { { "n", 1 } });
            await Eventually.True(() => relay.Problem?.Contains("refused the user relay_hq", StringComparison.Ordinal) == true);
        }

        server.Start();
        await Eventually.True(() => relay.Counters.Acknowledged == 1 && relay.Problem is null);
    }

    // A server that reads its configuration again ends a subscription that the user may no longer have, and does not bring it back.
    [NeedsFact(What = NatsServer.Needs)]
    public async Task Permissions_to_subscribe_that_are_taken_away_and_given_back_are_reported_and_all_goes_on()
    {
        using var server = Start();
        using var place = BusPlace.Usual();
        await using var bus = await EventBusServer.StartAsync(new EventBusServerOptions(place.Free()));
        using var client = new EventBusClient(bus.Endpoint);
        await using var relay = await Connect(server, "relay_hq", "relay-secret")
            .StartRelayAsync(bus.Endpoint, new EventRelayOptions { Site = "hq", Accepts = new TagFilter(["myco/*"]) });
        using var events = await Connect(server, "listener", "listener-secret")
            .SubscribeAsync(TagFilter.All, NatsSite.Listening, new NatsReadOptions());
        await client.FireAsync("t", new PayloadMap { { "n", 1 } });
        Assert.Equal("t", (await NatsSite.NextAsync(events)).Tag);
        await Eventually.True(() => relay.Counters.Acknowledged == 1);

        var rights = await File.ReadAllTextAsync(Rights);
        server.Reload("rights.conf", Regex.Replace(rights, @"subscribe: \[[^]]*\]", "subscribe: [nothing]"));
        await client.FireAsync("t", new PayloadMap { { "n", 2 } });
        await Eventually.True(() => relay.Problem?.Contains("no permission", StringComparison.Ordinal) == true);
        await WaitForAsync(
            events,
            s =>
                s.State == nameof(StreamState.Disconnected)
                && s.Message.Contains("no permission", StringComparison.Ordinal)
                && s.Message.Contains("\"_INBOX.listener.", StringComparison.Ordinal)
        );

        server.Reload("rights.conf", rights);
        Assert.Equal(2, (await NatsSite.NextAsync(events)).Fields.TryGetValue("n", out var n) ? Convert.ToInt32(n, CultureInfo.InvariantCulture) : 0);
        await Eventually.True(() => relay.Counters.Acknowledged == 2 && relay.Problem is null);
        await using var sender = Connect(server, "sender", "sender-secret");
        await sender.FireAsync("hq", Body("myco/deploy"), TimeSpan.FromSeconds(5));
    }

    [NeedsFact(What = NatsServer.Needs)]
    public async Task Permissions_to_publish_that_are_taken_away_and_given_back_are_reported_and_all_goes_on()
    {
        using var server = Start();
        using var place = BusPlace.Usual();
        await using var bus = await EventBusServer.StartAsync(new EventBusServerOptions(place.Free()));
        using var client = new EventBusClient(bus.Endpoint);
        await using var relay = await Connect(server, "relay_hq", "relay-secret")
            .StartRelayAsync(bus.Endpoint, new EventRelayOptions { Site = "hq" });
        using var events = await Connect(server, "listener", "listener-secret")
            .SubscribeAsync(TagFilter.All, NatsSite.Listening, new NatsReadOptions());
        var rights = await File.ReadAllTextAsync(Rights);
        server.Reload("rights.conf", Regex.Replace(rights, @"publish: \[[^]]*\]", "publish: [nothing]"));
        await client.FireAsync("t", new PayloadMap { { "n", 1 } });
        await Eventually.True(() => relay.Problem?.Contains("no permission to publish", StringComparison.Ordinal) == true);
        await ((Core.Nats.JetStream.StoredSubscription)events).DisconnectAsync();
        await WaitForAsync(
            events,
            s => s.State == nameof(StreamState.Disconnected) && s.Message.Contains("no permission", StringComparison.Ordinal)
        );
        server.Reload("rights.conf", rights);
        Assert.Equal("t", (await NatsSite.NextAsync(events)).Tag);
        await Eventually.True(() => relay.Counters.Acknowledged == 1 && relay.Problem is null);
    }

    [NeedsFact(What = NatsServer.Needs)]
    public async Task A_listener_whose_password_is_no_longer_accepted_says_so_and_goes_on_when_it_is_again()
    {
        var port = NatsServer.FreePort();
        using var server = NatsServer.Start("include rights.conf", port, environment: Passwords, files: [Rights]);
        using var place = BusPlace.Usual();
        await using var bus = await EventBusServer.StartAsync(new EventBusServerOptions(place.Free()));
        await using var relay = await Connect(server, "relay_hq", "relay-secret")
            .StartRelayAsync(bus.Endpoint, new EventRelayOptions { Site = "hq" });
        using var events = await Connect(server, "listener", "listener-secret")
            .SubscribeAsync(TagFilter.All, NatsSite.Listening, new NatsReadOptions());
        server.Kill();
        using (
            NatsServer.Start(
                "include rights.conf",
                port,
                environment: new Dictionary<string, string>(Passwords) { ["LISTENER_PASSWORD"] = "another" },
                files: [Rights]
            )
        )
        {
            await WaitForAsync(
                events,
                s =>
                    s.State == nameof(StreamState.Disconnected) && s.Message.Contains("refused the user listener", StringComparison.Ordinal)
            );
        }

        server.Start();
        await WaitForAsync(events, s => s.State == nameof(StreamState.Reconnected));
    }

    private static async Task WaitForAsync(IEventSubscription events, Func<StreamStatus, bool> condition)
    {
        while (true)
        {
            while (events.TryReadStatus(out var status))
            {
                if (condition(status!))
                {
                    return;
                }
            }

            Assert.True(await events.WaitToReadAsync().AsTask().Soon());
        }
    }
}
