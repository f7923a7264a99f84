using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using SaltEvents.Core.Client;
using SaltEvents.Core.Events;
using SaltEvents.Core.Nats;
using SaltEvents.Core.Nats.JetStream;
using SaltEvents.Core.Tests.Support;
using SaltEvents.Tests;
using Xunit;

namespace SaltEvents.Core.Tests.Nats;

/// <summary>What an administrator may do to the stream and the consumers while they are in use.</summary>
public sealed class NatsStreamChangesTests
{
    [NeedsFact(What = NatsServer.Needs)]
    public async Task A_stream_that_is_deleted_is_created_again_by_the_relay_and_read_from_its_start()
    {
        using var server = NatsServer.Start();
        await using var site = await NatsSite.StartAsync("hq", [server.Uri]);
        await using var live = await NatsListener.StartAsync([server.Uri]);
        await using var durable = await NatsListener.StartAsync([server.Uri], new NatsReadOptions { Durable = "report" });
        for (var n = 1; n <= 3; n++)
        {
            await site.FireAsync("t", n);
        }

        await Eventually.True(() => live.Count("hq") == 3 && durable.Count("hq") == 3);
        await using (var admin = (NatsBus)NatsSite.Connect(server.Uri))
        {
            await admin.ConnectAsync();
            await admin.JetStream.DeleteStreamAsync("SALT");
        }

        // Which events reach the new stream before a listener looks for it again is not told by their numbers.
        for (var n = 4; n <= 10; n++)
        {
            await site.FireAsync("t", n);
        }

        await Eventually.True(() => site.Relay.Counters.Acknowledged == 10 && site.Relay.Problem is null);
        foreach (var listener in new[] { live, durable })
        {
            await Eventually.True(() => listener.Last.GetValueOrDefault("hq") == 10);
            Assert.Equal(Enumerable.Range(1, 10).Select(n => (long)n), listener.Numbers["hq"]);
            Assert.Contains(
                "deleted and created again",
                Assert.Single(listener.Statuses, s => s.Kind == StreamState.Gap).Message,
                StringComparison.Ordinal
            );
        }
    }

    // The name is gone with the stream: that it was used before is known to nobody.
    [NeedsFact(What = NatsServer.Needs)]
    public async Task A_durable_name_whose_stream_was_created_again_while_nobody_read_says_that_it_is_new()
    {
        using var server = NatsServer.Start();
        await using var site = await NatsSite.StartAsync("hq", [server.Uri]);
        var report = new NatsReadOptions { Durable = "report" };
        await using (var first = await NatsListener.StartAsync([server.Uri], report))
        {
            Assert.DoesNotContain(first.Statuses, s => s.Kind == StreamState.Gap); // the stream has nothing that it could skip
            await site.FireAsync("t", 1);
            await Eventually.True(() => first.Count("hq") == 1);
        }

        await using (var admin = (NatsBus)NatsSite.Connect(server.Uri))
        {
            await admin.ConnectAsync();
            await admin.JetStream.DeleteStreamAsync("SALT");
        }

        await site.FireAsync("t", 2);
        await Eventually.True(() => site.Relay.Counters.Acknowledged == 2);
        await using var second = await NatsListener.StartAsync([server.Uri], report);
        await Eventually.True(() => second.HasSeen(StreamState.Gap));
        Assert.Contains("is new in the stream", second.Statuses.Single(s => s.Kind == StreamState.Gap).Message, StringComparison.Ordinal);
        await site.FireAsync("t", 3);
        await Eventually.True(() => second.Last.GetValueOrDefault("hq") == 3);
        Assert.Equal([3L], second.Numbers["hq"]);
        await using var other = await NatsListener.StartAsync([server.Uri], new NatsReadOptions { Durable = "other", Last = 10 });
        await Eventually.True(() => other.Last.GetValueOrDefault("hq") == 3);
        Assert.Equal([2L, 3L], other.Numbers["hq"]);
        Assert.DoesNotContain(other.Statuses, s => s.Kind == StreamState.Gap);
    }

    [NeedsFact(What = NatsServer.Needs)]
    public async Task A_missing_stream_is_waited_for_and_reported_once()
    {
        using var server = NatsServer.Start();
        await using (var site = await NatsSite.StartAsync("hq", [server.Uri]))
        {
            await site.FireAsync("t", 1);
            await Eventually.True(() => site.Relay.Counters.Acknowledged == 1);
        }

        await using var listener = await NatsListener.StartAsync([server.Uri], new NatsReadOptions { Last = 1 });
        await Eventually.True(() => listener.Count("hq") == 1);
        await using (var admin = (NatsBus)NatsSite.Connect(server.Uri))
        {
            await admin.ConnectAsync();
            await admin.JetStream.DeleteStreamAsync("SALT");
        }

        await Eventually.True(() => listener.Statuses.Any(s => s.Message.Contains("there is no stream SALT", StringComparison.Ordinal)));
        await using var again = await NatsSite.StartAsync("hq", [server.Uri]);
        await again.FireAsync("t", 2);
        await Eventually.True(() => listener.Last.GetValueOrDefault("hq") == 2);
        Assert.Single(listener.Statuses, s => s.Message.Contains("there is no stream SALT", StringComparison.Ordinal));
        Assert.DoesNotContain(listener.Statuses, s => s.Message.Contains("no event was missed", StringComparison.Ordinal));
    }

    // The new stream has more messages than the old one had: their numbers alone do not tell the two apart.
    [NeedsFact(What = NatsServer.Needs)]
    public async Task A_server_with_another_store_is_read_from_its_start()
    {
        using var server = NatsServer.Start();
        await using var site = await NatsSite.StartAsync("hq", [server.Uri]);
        await using var listener = await NatsListener.StartAsync([server.Uri]);
        await site.FireAsync("t", 1);
        await Eventually.True(() => listener.Count("hq") == 1 && site.Relay.Counters.Acknowledged == 1);
        using (var other = NatsServer.Start())
        {
            await using (var east = await NatsSite.StartAsync("east", [other.Uri]))
            {
                for (var n = 1; n <= 20; n++)
                {
                    await east.FireAsync("t", n);
                }

                await Eventually.True(() => east.Relay.Counters.Acknowledged == 20);
            }

            other.Kill();
            server.Kill();
            Directory.Delete(Path.Combine(server.Directory, "store"), recursive: true);
            Directory.Move(Path.Combine(other.Directory, "store"), Path.Combine(server.Directory, "store"));
        }

        server.Start();
        await site.FireAsync("t", 2);
        await Eventually.True(() => listener.Last.GetValueOrDefault("hq") == 2 && listener.Last.GetValueOrDefault("east") == 20);
        Assert.Equal(20, listener.Count("east"));
        Assert.Single(listener.Statuses, s => s.Kind == StreamState.Gap);
        await Eventually.True(() => site.Relay.Counters is { Acknowledged: 2, Duplicates: 0 });
    }

    [NeedsFact(What = NatsServer.Needs)]
    public async Task Events_that_are_purged_before_a_fast_reader_has_them_are_reported()
    {
        using var server = NatsServer.Start();
        await using var site = await NatsSite.StartAsync("hq", [server.Uri]);
        const int Stored = 20_000;
        for (var n = 1; n <= Stored; n++)
        {
            await site.FireAsync("t", n);
        }

        await Eventually.True(() => site.Relay.Counters.Acknowledged == Stored);
        await using var admin = (NatsBus)NatsSite.Connect(server.Uri);
        await admin.ConnectAsync();
        await using var all = await NatsListener.StartAsync([server.Uri], new NatsReadOptions { Since = DateTime.UtcNow.AddHours(-1) });
        await using var some = await NatsListener.StartAsync([server.Uri], new NatsReadOptions { Since = DateTime.UtcNow.AddHours(-1) }, "t");
        await admin.JetStream.PurgeStreamAsync("SALT", new NATS.Client.JetStream.Models.StreamPurgeRequest());
        await site.FireAsync("t", Stored + 1);
        foreach (var listener in new[] { all, some })
        {
            await Eventually.True(() => listener.Last.GetValueOrDefault("hq") == Stored + 1);
            Assert.Equal(Stored + 1, listener.Count("hq") + listener.Statuses.Where(s => s.Kind == StreamState.Gap).Sum(s => s.Count));
        }
    }

    // As after a connection that is lost just when the server sends: it does not send the message again.
    [NeedsFact(What = NatsServer.Needs)]
    public async Task A_message_that_the_server_sent_elsewhere_is_read_again()
    {
        using var server = NatsServer.Start();
        await using var site = await NatsSite.StartAsync("hq", [server.Uri]);
        await using var listener = await NatsListener.StartAsync([server.Uri], new NatsReadOptions { Durable = "report" });
        await using var thief = (NatsBus)NatsSite.Connect(server.Uri);
        await thief.ConnectAsync();
        var stolen = await thief.Connection.SubscribeCoreAsync<byte[]>("_INBOX.thief");
        await thief.Connection.PublishAsync("$JS.API.CONSUMER.MSG.NEXT.SALT.report-a", "{\"batch\":1}", replyTo: "_INBOX.thief");
        await thief.Connection.PingAsync();
        for (var n = 1; n <= 5; n++)
        {
            await site.FireAsync("t", n);
        }

        await Eventually.True(() => listener.Last.GetValueOrDefault("hq") == 5);
        Assert.True(stolen.Msgs.TryRead(out _));
        Assert.Equal([1L, 2L, 3L, 4L, 5L], listener.Numbers["hq"]);
    }

    [NeedsFact(What = NatsServer.Needs)]
    public async Task A_deleted_consumer_is_made_again_and_a_deleted_durable_name_is_an_error_that_says_so()
    {
        using var server = NatsServer.Start();
        await using var site = await NatsSite.StartAsync("hq", [server.Uri]);
        await using var live = await NatsListener.StartAsync([server.Uri]);
        var durable = await NatsSite
            .Connect(server.Uri)
            .SubscribeAsync(TagFilter.All, NatsSite.Listening, new NatsReadOptions { Durable = "report" });
        await using (var admin = (NatsBus)NatsSite.Connect(server.Uri))
        {
            await admin.ConnectAsync();
            var names = new List<string>();
            await foreach (var name in admin.JetStream.ListConsumerNamesAsync("SALT"))
            {
                names.Add(name);
            }

            foreach (var name in names)
            {
                await admin.JetStream.DeleteConsumerAsync("SALT", name);
            }
        }

        await site.FireAsync("t", 1);
        await Eventually.True(() => live.Count("hq") == 1);
        await Eventually.True(() => live.HasSeen(StreamState.Reconnected));
        await Eventually.True(() => durable.EndReason == SubscriptionEndReason.BusClosed);
        Assert.Contains("was deleted", Assert.Throws<NatsBusException>(durable.ThrowIfBroken).Message, StringComparison.Ordinal);
        await durable.DisposeAsync();
    }
}
