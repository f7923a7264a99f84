using System;
using System.Net;
using System.Text;
using System.Threading.Tasks;
using NATS.Client.Core;
using SaltEvents.Core.Client;
using SaltEvents.Core.Compat;
using SaltEvents.Core.Events;
using SaltEvents.Core.Nats;
using SaltEvents.Core.Server;
using SaltEvents.Core.Tests.Support;
using SaltEvents.Tests;
using Xunit;

namespace SaltEvents.Core.Tests.Nats;

/// <summary>The rights of samples/Relay/rights.conf, which about_SaltEventRelay shows, are enough and no more than that.</summary>
public sealed class NatsRightsTests : NatsRightsTestBase
{
    [NeedsFact(What = NatsServer.Needs)]
    public async Task Each_user_can_do_its_work_and_no_other()
    {
        using var server = Start();
        using var place = BusPlace.Usual();
        await using var bus = await EventBusServer.StartAsync(new EventBusServerOptions(place.Free()));
        using var client = new EventBusClient(bus.Endpoint);
        await using var relay = await Connect(server, "relay_hq", "relay-secret")
            .StartRelayAsync(
                bus.Endpoint,
                new EventRelayOptions
                {
                    Site = "hq",
                    Accepts = new TagFilter(["myco/*"]),
                    MaxAge = TimeSpan.FromDays(1),
                }
            );
        using var events = await Connect(server, "listener", "listener-secret")
            .SubscribeAsync(new TagFilter(["myco/*"]), NatsSite.Listening, new NatsReadOptions { Durable = "report" });

        await using var sender = Connect(server, "sender", "sender-secret");
        await sender.FireAsync("hq", Body("myco/deploy"), TimeSpan.FromSeconds(5));
        Assert.Equal("myco/deploy", (await NatsSite.NextAsync(events)).Tag);
        ((IStoredEvents)events).Acknowledge();

        Assert.Equal(NatsBusReason.NotAuthorized, await ReasonAsync(() => sender.FireAsync("hq", Body("other"), TimeSpan.FromSeconds(5))));
        Assert.Equal(
            NatsBusReason.NotAuthorized,
            await ReasonAsync(() => sender.SubscribeAsync(TagFilter.All, NatsSite.Listening, new NatsReadOptions()))
        );
        await using var listener = Connect(server, "listener", "listener-secret");
        Assert.Equal(
            NatsBusReason.NotAuthorized,
            await ReasonAsync(() => listener.FireAsync("hq", Body("myco/x"), TimeSpan.FromSeconds(5)))
        );
        await using var again = Connect(server, "listener", "listener-secret");
        Assert.Equal(
            NatsBusReason.NotAuthorized,
            await ReasonAsync(() => again.SubscribeAsync(TagFilter.All, NatsSite.Listening, new NatsReadOptions { Durable = "mine" }))
        );

        // Another site than its own: the relay's publishing is refused, and nothing of it is stored.
        await using var liar = await Connect(server, "relay_hq", "relay-secret")
            .StartRelayAsync(bus.Endpoint, new EventRelayOptions { Site = "east" });
        await client.FireAsync("t", new PayloadMap { { "n", 1 } });
        await Eventually.True(() => liar.Problem?.Contains("Permissions", StringComparison.OrdinalIgnoreCase) == true);
        Assert.Equal(0, liar.Counters.Acknowledged);
    }

    [NeedsFact(What = NatsServer.Needs)]
    public async Task A_failed_sign_in_is_reported_without_the_secret()
    {
        using var server = Start();
        foreach (
            var bus in new[]
            {
                Connect(server, "listener", "wrong-secret"),
                Connect(server, null, null),
                NatsClients.Create(
                    new NatsBusOptions
                    {
                        Servers = [server.Uri],
                        Token = new NetworkCredential(string.Empty, "wrong-secret").SecurePassword,
                    }
                ),
            }
        )
        {
            var error = await Assert.ThrowsAsync<NatsBusException>(() => bus.ConnectAsync());
            Assert.Equal(NatsBusReason.AuthenticationFailed, error.Reason);
            Assert.DoesNotContain("wrong-secret", error.ToString(), StringComparison.Ordinal);
            await bus.DisposeAsync();
        }
    }

    [NeedsFact(What = NatsServer.Needs)]
    public async Task A_relay_says_why_it_did_not_fire()
    {
        using var server = NatsServer.Start();
        await using var site = await NatsSite.StartAsync("hq", [server.Uri], o => o with { Accepts = new TagFilter(["myco/*"]) });
        await using var sender = NatsSite.Connect(server.Uri);
        Assert.Equal(NatsBusReason.TagNotAccepted, await ReasonAsync(() => sender.FireAsync("hq", Body("other"), TimeSpan.FromSeconds(5))));
        Assert.Equal(
            NatsBusReason.RelayNotFound,
            await ReasonAsync(() => sender.FireAsync("east", Body("myco/x"), TimeSpan.FromSeconds(5)))
        );
        Assert.Equal(
            NatsBusReason.TooLarge,
            await ReasonAsync(() =>
                sender.FireAsync(
                    "hq",
                    EventCodec.Encode("myco/x", new PayloadMap { { "x", new string('x', 2_000_000) } }, null, int.MaxValue),
                    TimeSpan.FromSeconds(5)
                )
            )
        );
        await sender.FireAsync("hq", Body("myco/x"), TimeSpan.FromSeconds(5));
        await site.Bus.DisposeAsync();
        Assert.Equal(NatsBusReason.NotFired, await ReasonAsync(() => sender.FireAsync("hq", Body("myco/x"), TimeSpan.FromSeconds(5))));
        await Eventually.True(() => site.Relay.Counters is { Fired: 1, Refused: 2 });
    }

    [NeedsFact(What = NatsServer.Needs)]
    public async Task An_answer_that_is_lost_with_its_connection_is_not_waited_for()
    {
        using var server = NatsServer.Start();
        await using var raw = new NatsConnection(new NatsOpts { Url = server.Uri.ToString() });
        await using var requests = await raw.SubscribeCoreAsync<byte[]>("salt-send.hq.>");
        await raw.PingAsync();
        await using var sender = NatsSite.Connect(server.Uri);
        var fired = Assert.ThrowsAsync<NatsBusException>(() => sender.FireAsync("hq", Body("myco/x"), TimeSpan.FromMinutes(10)));
        await requests.Msgs.ReadAsync();
        server.Kill();
        server.Start();
        var error = await fired.Soon();
        Assert.Equal(NatsBusReason.DeliveryUnknown, error.Reason);
        Assert.Contains("was lost", error.Message, StringComparison.Ordinal);
    }

    // The server lets a relay publish its answer to any subject that a request names, also to one that it has no right to.
    [NeedsFact(What = NatsServer.Needs)]
    public async Task A_request_cannot_have_the_relay_answer_to_a_subject_that_is_not_an_inbox()
    {
        using var server = Start();
        using var place = BusPlace.Usual();
        await using var bus = await EventBusServer.StartAsync(new EventBusServerOptions(place.Free()));
        using var client = new EventBusClient(bus.Endpoint);
        await using var relay = await Connect(server, "relay_hq", "relay-secret")
            .StartRelayAsync(bus.Endpoint, new EventRelayOptions { Site = "hq", Accepts = new TagFilter(["myco/*"]) });
        await client.FireAsync("kept", new PayloadMap { { "n", 1 } });
        await Eventually.True(() => relay.Counters.Acknowledged == 1);

        await using var attacker = new NatsConnection(
            new NatsOpts
            {
                Url = server.Uri.ToString(),
                AuthOpts = new NatsAuthOpts { Username = "sender", Password = "sender-secret" },
            }
        );
        foreach (var reply in new[] { "$JS.API.STREAM.PURGE.SALT", "salt.hq.forged", "salt.east.forged", "$JS.API.STREAM.DELETE.SALT" })
        {
            await attacker.PublishAsync("salt-send.hq.myco.x", Body("myco/x"), replyTo: reply);
        }

        await using var sender = Connect(server, "sender", "sender-secret");
        await sender.FireAsync("hq", Body("myco/last"), TimeSpan.FromSeconds(5));
        await Eventually.True(() => relay.Counters is { Fired: 1, Refused: 4 });
        await Eventually.True(() => relay.Counters.Acknowledged == 2);
        using var events = await Connect(server, "listener", "listener-secret")
            .SubscribeAsync(TagFilter.All, NatsSite.Listening, new NatsReadOptions { Since = DateTime.UtcNow.AddHours(-1) });
        Assert.Equal("kept", (await NatsSite.NextAsync(events)).Tag);
        Assert.Equal("myco/last", (await NatsSite.NextAsync(events)).Tag);
    }

    [NeedsFact(What = NatsServer.Needs)]
    public async Task No_request_ends_the_taking_of_requests()
    {
        using var server = NatsServer.Start();
        await using var site = await NatsSite.StartAsync("hq", [server.Uri], o => o with { Accepts = new TagFilter(["myco/*"]) });
        await using var sender = NatsSite.Connect(server.Uri);

        // An answer that repeats this tag whole is larger than the server takes: each byte is a replacement character in it.
        var longTag = new byte[500_000];
        longTag.AsSpan().Fill(0xFF);
        await using var raw = new NatsConnection(new NatsOpts { Url = server.Uri.ToString() });
        foreach (
            var body in new byte[][]
            {
                [],
                [0x0A, 0x0A],
                Encoding.ASCII.GetBytes("myco/x\n\n"),
                Encoding.ASCII.GetBytes("myco/x\n\n\u0081"),
                [.. Encoding.ASCII.GetBytes("myco/x\n\n"), 0x81, 0xA1],
                [.. Encoding.ASCII.GetBytes("myco/x\n\n"), 0xDF, 0xFF, 0xFF, 0xFF, 0xFF],
                [0xFF, 0x0A, 0x0A, 0x80],
                [.. longTag, 0x0A, 0x0A, 0x80],
            }
        )
        {
            var answer = await raw.RequestAsync<byte[], byte[]>(
                "salt-send.hq.myco.x",
                body,
                requestSerializer: NatsRawSerializer<byte[]>.Default,
                replySerializer: NatsRawSerializer<byte[]>.Default
            );
            Assert.Equal("Malformed", answer.Headers!["Salt-Result"].ToString());
        }

        await sender.FireAsync("hq", Body("myco/last"), TimeSpan.FromSeconds(5));
    }

    [NeedsFact(What = NatsServer.Needs)]
    public async Task A_relay_that_may_not_take_requests_says_so_when_it_starts()
    {
        using var server = Start();
        using var place = BusPlace.Usual();
        await using var bus = await EventBusServer.StartAsync(new EventBusServerOptions(place.Free()));
        await using (
            await Connect(server, "relay_hq", "relay-secret").StartRelayAsync(bus.Endpoint, new EventRelayOptions { Site = "hq" })
        )
        {
            // It has made the stream.
        }

        await using var relay = Connect(server, "relay_hq", "relay-secret");
        var error = await Assert.ThrowsAsync<NatsBusException>(() =>
            relay.StartRelayAsync(bus.Endpoint, new EventRelayOptions { Site = "east", Accepts = TagFilter.All })
        );
        Assert.Equal(NatsBusReason.NotAuthorized, error.Reason);
        Assert.Contains("salt-send.east.>", error.Message, StringComparison.Ordinal);
    }

    private static async Task<NatsBusReason> ReasonAsync(Func<Task> work) => (await Assert.ThrowsAsync<NatsBusException>(work)).Reason;
}
