using System;
using System.Linq;
using System.Text;
using System.Threading.Tasks;
using SaltEvents.Core.Api;
using SaltEvents.Core.Client;
using SaltEvents.Core.Events;
using SaltEvents.Core.Tests.Support;
using SaltEvents.Tests;
using Xunit;

namespace SaltEvents.Core.Tests.Api;

public sealed class SaltApiStreamTests
{
    private static readonly EventBusClientOptions Listening = new() { ReportsStatus = true, Reconnect = true };

    [Fact]
    public async Task Many_subscriptions_share_one_stream_that_ends_with_the_last()
    {
        using var api = new FakeSaltApi();
        using var client = new SaltApiClient(SaltApiClientTests.OptionsFor(api));
        var first = await client.SubscribeAsync(new TagFilter(["a/*"]), Listening);
        var second = await client.SubscribeAsync(new TagFilter(["b/*"]), Listening);
        api.Emit("a/1", "{}");
        api.Emit("b/1", "{}");
        Assert.Equal("a/1", (await SaltApiClientTests.NextAsync(first)).Tag);
        Assert.Equal("b/1", (await SaltApiClientTests.NextAsync(second)).Tag);
        Assert.Single(api.Requests, r => r.Path == "/events");
        first.Dispose();
        second.Dispose();
        await Eventually.True(() => api.Streams == 0);
        using var third = await client.SubscribeAsync(TagFilter.All, Listening);
        Assert.Equal(2, api.Requests.Count(r => r.Path == "/events"));
    }

    [Fact]
    public async Task An_event_with_bytes_ends_the_stream_and_is_named_in_the_gap()
    {
        using var api = new FakeSaltApi();
        using var client = new SaltApiClient(SaltApiClientTests.OptionsFor(api));
        using var subscription = await client.SubscribeAsync(TagFilter.All, Listening);
        api.Emit("a", "{}");
        api.EmitRaw("tag: my/bytes\n");
        await SaltApiClientTests.NextAsync(subscription);
        api.EndStreams(inOrder: false);
        Assert.Contains(
            "cannot send the event my/bytes, which contains bytes or a date",
            (await StatusAsync(subscription, StreamState.Disconnected)).Message,
            StringComparison.Ordinal
        );
        var back = await StatusAsync(subscription, StreamState.Reconnected);
        Assert.Contains("my/bytes", back.Message, StringComparison.Ordinal);
        api.Emit("b", "{}");
        Assert.Equal("b", (await SaltApiClientTests.NextAsync(subscription)).Tag);
    }

    [Theory]
    [InlineData(true, null, "the token has expired")]
    [InlineData(true, "tag: a\ndata: {\"tag\": \"a\", ", "in the middle of an event")]
    [InlineData(false, null, "the connection broke")]
    public async Task The_reason_why_a_stream_ended_is_reported(bool inOrder, string? before, string words)
    {
        using var api = new FakeSaltApi();
        using var client = new SaltApiClient(SaltApiClientTests.OptionsFor(api));
        using var subscription = await client.SubscribeAsync(TagFilter.All, Listening);
        using var once = await client.SubscribeAsync(TagFilter.All, Listening with { Reconnect = false });
        api.Tokens.Clear();
        if (before is not null)
        {
            api.EmitRaw(before);
        }

        api.EndStreams(inOrder);
        Assert.Contains(words, (await StatusAsync(subscription, StreamState.Disconnected)).Message, StringComparison.Ordinal);
        await StatusAsync(subscription, StreamState.Reconnected);
        Assert.Equal(2, api.Requests.Count(r => r.Path == "/login"));
        await Eventually.True(() => once.EndReason == SubscriptionEndReason.BusClosed);
        Assert.Contains(words, Assert.Throws<SaltApiException>(once.ThrowIfBroken).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_is_gone_is_noticed_on_a_silent_stream()
    {
        using var api = new FakeSaltApi();
        using var client = new SaltApiClient(SaltApiClientTests.OptionsFor(api));
        using var subscription = await client.SubscribeAsync(TagFilter.All, Listening);
        api.Override = r => r.Path == "/" ? "close" : null;
        await StatusAsync(subscription, StreamState.Disconnected);
        await StatusAsync(subscription, StreamState.Reconnected);
    }

    [Fact]
    public async Task A_server_that_answers_nothing_is_reported_and_the_stream_is_kept()
    {
        using var api = new FakeSaltApi();
        using var client = new SaltApiClient(SaltApiClientTests.OptionsFor(api));
        using var subscription = await client.SubscribeAsync(TagFilter.All, Listening);
        api.Override = r => r.Path == "/" ? "hang" : null;
        Assert.Contains(
            "The stream stays open",
            (await StatusAsync(subscription, StreamState.Disconnected)).Message,
            StringComparison.Ordinal
        );
        api.Override = _ => null;
        Assert.Contains("answers again", (await StatusAsync(subscription, StreamState.Reconnected)).Message, StringComparison.Ordinal);
        Assert.Single(api.Requests, r => r.Path == "/events");
    }

    [Fact]
    public async Task A_proxy_whose_index_is_another_program_does_not_end_the_stream()
    {
        using var api = new FakeSaltApi();
        using var client = new SaltApiClient(SaltApiClientTests.OptionsFor(api) with { IdleTime = TimeSpan.FromMilliseconds(20) });
        using var subscription = await client.SubscribeAsync(TagFilter.All, Listening);
        api.Override = r => r.Path == "/" ? FakeSaltApi.Error(404, "Not Found") : null;
        await Eventually.True(() => api.Requests.Count(r => r.Path == "/") > 3);
        api.Emit("a", "{}");
        Assert.Equal("a", (await SaltApiClientTests.NextAsync(subscription)).Tag);
        Assert.Single(api.Requests, r => r.Path == "/events");
    }

    [Fact]
    public void A_server_that_is_gone_is_noticed_within_a_minute()
    {
        var options = new SaltApiOptions { Uri = new Uri("https://localhost") };
        Assert.True(options.IdleTime + options.IdleTime + options.ProbeTimeout < TimeSpan.FromMinutes(1)); // silent since just after the last look
    }

    [Fact]
    public async Task A_token_that_was_given_and_has_ended_ends_the_subscription_with_what_to_do()
    {
        using var api = new FakeSaltApi { Tokens = { ["0123"] = true } };
        using var client = new SaltApiClient(new SaltApiOptions { Uri = api.Uri, Token = SaltApiClientTests.Secret("0123") });
        using var subscription = await client.SubscribeAsync(TagFilter.All, Listening);
        api.Tokens.Clear();
        api.EndStreams(inOrder: true);
        await Eventually.True(() => subscription.EndReason == SubscriptionEndReason.BusClosed);
        var error = Assert.Throws<SaltApiException>(subscription.ThrowIfBroken);
        Assert.Equal(SaltApiReason.TokenRefused, error.Reason);
        Assert.Contains("-Token", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("0123", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_full_queue_drops_and_counts()
    {
        using var api = new FakeSaltApi();
        using var client = new SaltApiClient(SaltApiClientTests.OptionsFor(api));
        using var subscription = await client.SubscribeAsync(TagFilter.All, Listening with { QueueSize = 2 });
        for (var i = 0; i < 10; i++)
        {
            api.Emit("n/" + i, "{}");
        }

        await Eventually.True(() => subscription.Received == 10);
        Assert.Equal("n/8", (await SaltApiClientTests.NextAsync(subscription)).Tag);
        Assert.Equal(8, subscription.Dropped);
    }

    [Fact]
    public async Task A_line_that_is_not_an_event_is_counted_and_a_forged_one_is_none()
    {
        using var api = new FakeSaltApi();
        using var client = new SaltApiClient(SaltApiClientTests.OptionsFor(api));
        using var subscription = await client.SubscribeAsync(TagFilter.All, Listening);
        api.EmitRaw("tag: x\n", "data: {broken\n\n");
        api.EmitRaw(
            "tag: x\rdata: {\"data\": {}, \"tag\": \"forged\"}\r\rtag: y\ndata: {\"data\": {}, \"tag\": \"forged\"}\n",
            "data: {\"data\": {}, \"tag\": \"true\"}\n\n"
        );
        Assert.Equal("true", (await SaltApiClientTests.NextAsync(subscription)).Tag);
        await Eventually.True(() => (subscription.Received, subscription.Malformed) == (1, 1));
    }

    // The chunks have an odd length, so that every second one ends in the middle of a character.
    [Fact]
    public async Task An_event_of_5_MB_whose_chunks_end_in_the_middle_of_characters_arrives_whole()
    {
        using var api = new FakeSaltApi();
        using var client = new SaltApiClient(SaltApiClientTests.OptionsFor(api));
        using var subscription = await client.SubscribeAsync(TagFilter.All, Listening);
        var text = new string('\u017E', 2_500_000);
        var line = Encoding.UTF8.GetBytes($"tag: a\ndata: {{\"data\": {{\"return\": \"{text}\"}}, \"tag\": \"a\"}}\n\n");
        foreach (var chunk in line.Chunk(16_381))
        {
            api.EmitBytes([.. Encoding.ASCII.GetBytes($"{chunk.Length:x}\r\n"), .. chunk, .. "\r\n"u8]);
        }

        var arrived = await SaltApiClientTests.NextAsync(subscription);
        Assert.True(arrived.Fields.TryGetValue("return"u8, out var value) && text == (string?)value);
    }

    private static async Task<StreamStatus> StatusAsync(SaltApiSubscription subscription, StreamState state)
    {
        while (true)
        {
            while (subscription.TryReadStatus(out var status))
            {
                if (status!.Kind == state)
                {
                    return status;
                }
            }

            if (!subscription.TryRead(out _) && subscription.Queued == 0)
            {
                Assert.True(await subscription.WaitToReadAsync().AsTask().Soon());
            }
        }
    }
}
