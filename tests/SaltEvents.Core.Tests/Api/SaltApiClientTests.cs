using System;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using SaltEvents.Core.Api;
using SaltEvents.Core.Events;
using SaltEvents.Core.Tests.Support;
using SaltEvents.Tests;
using Xunit;

namespace SaltEvents.Core.Tests.Api;

/// <summary>Events and jobs through salt-api, and the token for it.</summary>
public sealed class SaltApiClientTests : SaltApiTestBase
{
    [Fact]
    public async Task An_event_is_fired_with_the_same_tag_and_data_and_comes_back()
    {
        using var api = new FakeSaltApi();
        using var client = new SaltApiClient(OptionsFor(api));
        using var subscription = await client.SubscribeAsync(new TagFilter(["my/"]), Listening);
        await client.FireAsync("my/ž", new PayloadMap { { "a", 1L }, { "b", 2.5 } });
        var fired = await NextAsync(subscription);
        Assert.Equal("my/ž", fired.Tag);
        Assert.Equal(1L, ((PayloadMap)fired.Fields.Decode()!)["a"]);
        Assert.NotNull(fired.GetTimestamp());
        Assert.All(api.Requests, r =>
        {
            Assert.Equal("application/json", r.Headers["Accept"]);
            Assert.False(r.Headers.ContainsKey("Cookie"));
            Assert.False(r.Headers.ContainsKey("Transfer-Encoding"));
            Assert.Equal(r.Method == "POST", r.Headers.ContainsKey("Content-Length"));
        });
        Assert.Single(api.Requests, r => r.Path == "/login");
        Assert.Equal("""[{"client":"runner","fun":"event.send","tag":"my/\u017E","data":{"a":1,"b":2.5}}]""", api.Requests.Last().Body);
    }

    [Fact]
    public async Task A_token_that_is_no_longer_known_is_replaced_once()
    {
        using var api = new FakeSaltApi();
        using var client = new SaltApiClient(OptionsFor(api));
        await client.SignInAsync();
        api.Tokens.Clear();
        await client.FireAsync("my/tag", []);
        Assert.Equal(["/login", "/", "/login", "/"], api.Requests.Select(r => r.Path));
    }

    [Fact]
    public async Task A_token_gets_a_new_end_before_its_own()
    {
        using var api = new FakeSaltApi { TokenSeconds = 1 };
        using var client = new SaltApiClient(OptionsFor(api));
        using var subscription = await client.SubscribeAsync(TagFilter.All, Listening);
        await Eventually.True(() => api.Requests.Count(r => r.Path == "/login") > 1);
        Assert.Single(api.Tokens);
        Assert.Equal(api.Tokens.Keys.Single(), api.Requests.Last(r => r.Path == "/login").Token);
        Assert.Single(api.Requests, r => r.Path == "/events");
    }

    [Fact]
    public async Task A_token_that_lasts_shorter_than_the_stream_is_idle_is_renewed_in_time()
    {
        using var api = new FakeSaltApi { TokenSeconds = 0.002 }; // due again before its new end has arrived
        using var client = new SaltApiClient(OptionsFor(api) with { IdleTime = TimeSpan.FromMinutes(10) });
        using var subscription = await client.SubscribeAsync(TagFilter.All, Listening);
        await Eventually.True(() => api.Requests.Count(r => r.Path == "/login") >= 3);
        Assert.Single(api.Tokens);
        Assert.Single(api.Requests, r => r.Path == "/events");
    }

    [Fact]
    public async Task A_stream_whose_token_is_replaced_by_another_is_opened_again_before_its_token_expires()
    {
        using var api = new FakeSaltApi { TokenSeconds = 4, RenewsTokens = false };
        using var client = new SaltApiClient(OptionsFor(api) with { IdleTime = TimeSpan.FromMinutes(10) });
        using var subscription = await client.SubscribeAsync(TagFilter.All, Listening);
        var watch = System.Diagnostics.Stopwatch.StartNew();
        await client.SignInAgainAsync(CancellationToken.None); // which changes nothing for the stream yet
        await Eventually.True(() => api.Requests.Count(r => r.Path == "/events") == 2);
        Assert.True(watch.Elapsed > TimeSpan.FromSeconds(1), "The other token alone must not end the stream.");
        Assert.Equal(2, api.Requests.Where(r => r.Path == "/events").Select(r => r.Token).Distinct().Count());
        api.Emit("a", "{}");
        Assert.Equal("a", (await NextAsync(subscription)).Tag);
    }

    [Fact]
    public async Task A_token_that_gets_no_new_end_is_used_until_its_own_and_the_sign_in_is_not_tried_over_and_over()
    {
        using var api = new FakeSaltApi { TokenSeconds = 4 };
        using var client = new SaltApiClient(OptionsFor(api) with { IdleTime = TimeSpan.FromMilliseconds(20) });
        using var subscription = await client.SubscribeAsync(TagFilter.All, Listening);
        var asked = 0;
        api.Override = r =>
            r.Path == "/login" && Interlocked.Increment(ref asked) > 0
                ? FakeSaltApi.Error(401, "Could not authenticate using provided credentials")
                : null;
        await Eventually.True(() => asked == 1); // after 2 s
        await client.FireAsync("my/tag", []);
        Assert.Equal("my/tag", (await NextAsync(subscription)).Tag);
        Assert.InRange(asked, 1, 3); // every 0.4 s; the stream is looked at every 20 ms
    }

    [Fact]
    public async Task Commands_that_wait_for_different_times_share_the_token_and_the_stream()
    {
        using var api = new FakeSaltApi();
        var options = OptionsFor(api);
        var first = SaltApiPool.Get(options);
        var second = SaltApiPool.Get(options with { Timeout = TimeSpan.FromSeconds(7) });
        Assert.Equal((20, 7), (first.Options.Timeout.TotalSeconds, second.Options.Timeout.TotalSeconds));
        using var one = await first.SubscribeAsync(TagFilter.All, Listening);
        using var two = await second.SubscribeAsync(TagFilter.All, Listening);
        await second.FireAsync("my/tag", []);
        Assert.Equal("my/tag", (await NextAsync(one)).Tag);
        Assert.Equal("my/tag", (await NextAsync(two)).Tag);
        Assert.Equal(["/login", "/events", "/"], api.Requests.Select(r => r.Path));
    }

    [Fact]
    public async Task A_subscriber_that_joins_a_stream_that_does_not_open_waits_no_longer_than_wanted()
    {
        using var api = new FakeSaltApi { Override = r => r.Path == "/events" ? "hang" : null };
        using var patient = new SaltApiClient(OptionsFor(api));
        using var stop = new CancellationTokenSource();
        var opening = patient.SubscribeAsync(TagFilter.All, Listening, stop.Token);
        await Eventually.True(() => api.Requests.Any(r => r.Path == "/events"));
        var joined = await Assert
            .ThrowsAsync<SaltApiException>(() =>
                patient.WithTimeout(TimeSpan.FromMilliseconds(50)).SubscribeAsync(TagFilter.All, Listening)
            )
            .Soon();
        Assert.Equal(SaltApiReason.NotAnswering, joined.Reason);
        stop.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => opening).Soon();
    }

    [Fact]
    public async Task A_job_is_published_and_no_minion_is_said_so()
    {
        using var api = new FakeSaltApi { Minions = ["web01", "web02"] };
        using var client = new SaltApiClient(OptionsFor(api));
        var job = await client.PublishAsync("web*", "glob", "my/tag", new PayloadMap { { "a", 1L } });
        Assert.Equal(["web01", "web02"], job.Minions);
        Assert.Equal(
            """[{"client":"local_async","fun":"event.fire","tgt":"web*","tgt_type":"glob","arg":[{"a":1},"my/tag"]}]""",
            api.Requests.Last().Body
        );
        api.Minions = [];
        Assert.Equal(
            SaltApiReason.NoMinionMatches,
            (await Assert.ThrowsAsync<SaltApiException>(() => client.PublishAsync("x", "glob", "a", []))).Reason
        );
    }

    internal static async Task<SaltEvent> NextAsync(SaltApiSubscription subscription)
    {
        while (true)
        {
            if (subscription.TryRead(out var saltEvent))
            {
                return saltEvent!;
            }

            while (subscription.TryReadStatus(out _))
            {
            }

            Assert.True(await subscription.WaitToReadAsync().AsTask().Soon());
        }
    }
}
