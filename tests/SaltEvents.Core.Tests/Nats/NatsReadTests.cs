using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using NATS.Client.Core;
using SaltEvents.Core.Client;
using SaltEvents.Core.Events;
using SaltEvents.Core.Nats;
using SaltEvents.Core.Tests.Support;
using SaltEvents.Tests;
using Xunit;

namespace SaltEvents.Core.Tests.Nats;

public sealed class NatsReadTests
{
    // As a server of a cluster does that has just started and has not found the others.
    [NeedsFact(What = NatsServer.Needs)]
    public async Task A_question_that_is_lost_is_asked_again()
    {
        using var server = NatsServer.Start(jetStream: false);
        await using var raw = new NatsConnection(new NatsOpts { Url = server.Uri.ToString() });
        await using var questions = await raw.SubscribeCoreAsync<string>("$JS.API.STREAM.INFO.SALT");
        await raw.PingAsync();
        var error = Record.ExceptionAsync(() => StoredAsync(server, new NatsReadOptions { Last = 1 }));
        await questions.Msgs.ReadAsync().AsTask().Soon(); // lost

        var again = await questions.Msgs.ReadAsync().AsTask().Soon();
        await again.ReplyAsync(
            """{"type":"io.nats.jetstream.api.v1.stream_info_response","error":{"code":404,"err_code":10059,"description":"stream not found"}}"""
        );

        Assert.Equal(NatsBusReason.StreamNotFound, Assert.IsType<NatsBusException>(await error.Soon()).Reason);
    }

    [NeedsFact(What = NatsServer.Needs)]
    public async Task What_no_relay_has_published_is_no_event()
    {
        using var server = NatsServer.Start();
        await using var hq = await NatsSite.StartAsync("hq", [server.Uri]);
        await using var raw = new NatsConnection(new NatsOpts { Url = server.Uri.ToString() });
        await raw.PublishAsync("salt.ev\u009b31mil.a", "a/x\n\n\u0001");
        await raw.PublishAsync($"salt.{new string('s', 1000)}.a", "a/x\n\n\u0001");
        await raw.PublishAsync("salt.hq.a", "nothing");
        await raw.PingAsync();
        await hq.FireAsync("a/x", 1);
        await Eventually.True(() => hq.Relay.Counters.Acknowledged == 1);
        await using var listening = NatsSite.Connect(server.Uri);
        using var events = await listening.SubscribeAsync(TagFilter.All, NatsSite.Listening, new NatsReadOptions { Last = 5 });
        Assert.Equal("hq", (await NatsSite.NextAsync(events)).Site);
        Assert.Equal(3, events.Malformed);
    }

    [NeedsFact(What = NatsServer.Needs)]
    public async Task The_past_is_read_by_time_and_by_number_and_an_end_of_it_is_seen()
    {
        using var server = NatsServer.Start();
        await using var hq = await NatsSite.StartAsync("hq", [server.Uri]);
        await using var east = await NatsSite.StartAsync("east", [server.Uri]);
        for (var n = 1; n <= 30; n++)
        {
            await hq.FireAsync(n % 3 == 0 ? "a/x" : "b/x", n);
            await Eventually.True(() => hq.Relay.Counters.Acknowledged == n);
        }

        await east.FireAsync("a/x", 100);
        await Eventually.True(() => east.Relay.Counters.Acknowledged == 1);

        Assert.Equal(31, (await StoredAsync(server, new NatsReadOptions { Since = DateTime.UtcNow.AddHours(-1) })).Count);
        Assert.Empty(await StoredAsync(server, new NatsReadOptions { Since = DateTime.UtcNow.AddHours(1) }));
        Assert.Empty(await StoredAsync(server, new NatsReadOptions()));
        Assert.Equal([29L, 30L, 100L], await StoredAsync(server, new NatsReadOptions { Last = 3 }));
        Assert.Equal([28L, 29L, 30L], await StoredAsync(server, new NatsReadOptions { Last = 3, Sites = ["hq"] }));
        Assert.Equal([28L, 29L, 30L], await StoredAsync(server, new NatsReadOptions { Last = 3, Sites = ["h*"] }));
        Assert.Equal([24L, 27L, 30L], await StoredAsync(server, new NatsReadOptions { Last = 3, Sites = ["hq"] }, "a/"));
        Assert.Equal([27L, 30L, 100L], await StoredAsync(server, new NatsReadOptions { Last = 3 }, "a/x", "nothing"));
        Assert.Equal(31, (await StoredAsync(server, new NatsReadOptions { Last = 1000 })).Count);
        Assert.Equal([100L], await StoredAsync(server, new NatsReadOptions { Last = 1000, Sites = ["e*", "west"] }));
    }

    // nats-server 2.9.10 counts wrong how many of many subjects come after a message.
    [NeedsFact(What = NatsServer.Needs)]
    public async Task The_last_events_are_found_and_end_among_many_subjects()
    {
        using var server = NatsServer.Start();
        await using var hq = await NatsSite.StartAsync("hq", [server.Uri]);
        await using var east = await NatsSite.StartAsync("east", [server.Uri]);
        var all = new List<(string Site, string Tag, long Number)>();
        for (var n = 0; n < 30; n++)
        {
            all.AddRange([("hq", "a/n", n), ("east", "b/n", n), ("hq", $"a/job/{n}", n)]);
            await hq.FireAsync("a/n", n);
            await Eventually.True(() => hq.Relay.Counters.Acknowledged == (2 * n) + 1);
            await east.FireAsync("b/n", n);
            await Eventually.True(() => east.Relay.Counters.Acknowledged == n + 1);
            await hq.FireAsync($"a/job/{n}", n);
            await Eventually.True(() => hq.Relay.Counters.Acknowledged == (2 * n) + 2);
        }

        foreach (var last in Enumerable.Range(1, 12).Select(n => n * 3))
        {
            await AssertLastAsync(last, null, _ => true);
            await AssertLastAsync(last, ["hq"], e => e.Site == "hq");
            await AssertLastAsync(last, ["e*"], e => e.Site == "east");
            await AssertLastAsync(last, null, e => e.Tag.StartsWith("a/job/", StringComparison.Ordinal), "a/job/");
            await AssertLastAsync(last, null, e => e.Tag.EndsWith("/n", StringComparison.Ordinal), "*/n");
            await AssertLastAsync(last, null, _ => false, "none/");
        }

        async Task AssertLastAsync(int last, string[]? sites, Func<(string Site, string Tag, long Number), bool> isMeant, params string[] tags)
        {
            var read = new NatsReadOptions { Last = last, Sites = sites ?? [] };
            Assert.Equal(all.Where(isMeant).TakeLast(last).Select(e => e.Number), await StoredAsync(server, read, tags));
        }
    }

    [NeedsFact(What = NatsServer.Needs)]
    public async Task A_durable_name_goes_on_after_what_was_done_with()
    {
        using var server = NatsServer.Start();
        await using var site = await NatsSite.StartAsync("hq", [server.Uri]);
        var read = new NatsReadOptions { Durable = "report" };
        Assert.Empty(await StoredAsync(server, read));
        for (var n = 1; n <= 20; n++)
        {
            await site.FireAsync(n == 20 ? "other" : "t", n);
        }

        await Eventually.True(() => site.Relay.Counters.Acknowledged == 20);
        using (var first = await NatsSite.Connect(server.Uri).SubscribeAsync(TagFilter.All, NatsSite.Listening, read))
        {
            for (var n = 1; n <= 5; n++)
            {
                await NatsSite.NextAsync(first);
                ((IStoredEvents)first).Acknowledge();
            }

            await NatsSite.NextAsync(first); // and was not done with the sixth
        }

        var second = await NatsSite.Connect(server.Uri).SubscribeAsync(TagFilter.All, NatsSite.Listening, read);
        Assert.Equal(6, await NumberAsync(second));
        ((IStoredEvents)second).Acknowledge();

        // Another takes over; the first is notified.
        Assert.Equal(Enumerable.Range(7, 13).Select(n => (long)n), (await StoredAsync(server, read, "t")).SkipWhile(n => n == 6));
        await Eventually.True(() => second.EndReason == SubscriptionEndReason.BusClosed);
        Assert.Equal(NatsBusReason.DurableTaken, Assert.Throws<NatsBusException>(second.ThrowIfBroken).Reason);
        second.Dispose();
        Assert.Empty(await StoredAsync(server, read, "t")); // the twentieth passes no filter, and is done with too
        Assert.Empty(await StoredAsync(server, read));
    }

    [NeedsFact(What = NatsServer.Needs)]
    public async Task A_slow_reader_drops_nothing_and_what_the_stream_no_longer_keeps_is_reported()
    {
        using var server = NatsServer.Start();
        await using var site = await NatsSite.StartAsync("hq", [server.Uri], o => o with { MaxBytes = 400_000 });
        using var events = await NatsSite
            .Connect(server.Uri)
            .SubscribeAsync(TagFilter.All, NatsSite.Listening with { QueueSize = 10 }, new NatsReadOptions());
        for (var n = 1; n <= 3000; n++)
        {
            await site.FireAsync("t", n);
        }

        await Eventually.True(() => site.Relay.Counters.Acknowledged == 3000);
        var numbers = new List<long>();
        var gaps = new List<StreamStatus>();
        while (numbers.Count == 0 || numbers[^1] < 3000)
        {
            while (events.TryReadStatus(out var status))
            {
                if (status!.Kind == StreamState.Gap)
                {
                    gaps.Add(status);
                }
            }

            if (events.TryRead(out var saltEvent))
            {
                numbers.Add(NumberOf(saltEvent!));
            }
            else
            {
                Assert.True(await events.WaitToReadAsync().AsTask().Soon());
            }
        }

        Assert.Equal(0, events.Dropped);
        Assert.Equal(numbers.Order(), numbers);
        Assert.InRange(numbers.Count, 500, 2999);
        Assert.Contains("deleted them before they were read", Assert.Single(gaps).Message, StringComparison.Ordinal);
        Assert.Equal(3000 - numbers.Count, gaps[0].Count);
    }

    [NeedsFact(What = NatsServer.Needs)]
    public async Task Requested_events_that_the_stream_no_longer_keeps_are_reported()
    {
        using var server = NatsServer.Start();
        await using var site = await NatsSite.StartAsync("hq", [server.Uri], o => o with { MaxBytes = 20_000 });
        var durable = new NatsReadOptions { Durable = "report" };
        await site.FireAsync("t", 1);
        await Eventually.True(() => site.Relay.Counters.Acknowledged == 1);
        var hour = new NatsReadOptions { Since = DateTime.UtcNow.AddHours(-1) };
        Assert.Null(await GapAsync(server, hour));
        Assert.Contains("is new in the stream", (await GapAsync(server, durable))!.Message, StringComparison.Ordinal);
        Assert.Null(await GapAsync(server, durable));

        for (var n = 2; n <= 1000; n++)
        {
            await site.FireAsync("t", n);
        }

        await Eventually.True(() => site.Relay.Counters.Acknowledged == 1000);
        Assert.Contains("from 20", (await GapAsync(server, hour))!.Message, StringComparison.Ordinal);
        Assert.Null(await GapAsync(server, new NatsReadOptions { Since = DateTime.UtcNow.AddHours(1) }));
        Assert.Null(await GapAsync(server, new NatsReadOptions { Last = 5000 }));
        var gap = await GapAsync(server, durable);
        Assert.Equal(1000 - 1 - (await StoredAsync(server, hour)).Count, gap!.Count);
    }

    // What is reported about lost events when a listener opens the stream.
    private static async Task<StreamStatus?> GapAsync(NatsServer server, NatsReadOptions read)
    {
        using var events = await NatsSite.Connect(server.Uri).SubscribeAsync(TagFilter.All, NatsSite.Listening, read);
        StreamStatus? gap = null;
        while (events.TryReadStatus(out var status))
        {
            gap = status!.Kind == StreamState.Gap ? status : gap;
        }

        return gap;
    }

    internal static async Task<List<long>> StoredAsync(NatsServer server, NatsReadOptions read, params string[] tags)
    {
        using var events = await NatsSite.Connect(server.Uri).SubscribeAsync(new TagFilter(tags), NatsSite.Listening, read);
        var stored = (IStoredEvents)events;
        var numbers = new List<long>();
        while (!stored.IsCaughtUp)
        {
            if (events.TryRead(out var saltEvent))
            {
                numbers.Add(NumberOf(saltEvent!));
                stored.Acknowledge();
            }
            else if (!events.TryReadStatus(out _) && !stored.IsCaughtUp)
            {
                await events.WaitToReadAsync().AsTask().Soon();
            }
        }

        return numbers;
    }

    private static async Task<long> NumberAsync(IEventSubscription events) => NumberOf(await NatsSite.NextAsync(events));

    private static long NumberOf(SaltEvent saltEvent) =>
        Convert.ToInt64(saltEvent.Fields.TryGetValue("n", out var n) ? n : -1, System.Globalization.CultureInfo.InvariantCulture);
}
