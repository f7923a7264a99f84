using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using System.Threading.Tasks;
using SaltEvents.Core.Api;
using SaltEvents.Core.Client;
using SaltEvents.Core.Events;
using SaltEvents.Core.Tests.Support;
using SaltEvents.Tests;
using Xunit;

namespace SaltEvents.Core.Tests.Api;

/// <summary>The recorded answers to sign-ins, to firing and on event streams, played to the whole client.</summary>
public sealed class RecordedClientTests
{
    public static IEnumerable<object[]> SignIns => All(r => r.Asks("POST /login"));

    public static IEnumerable<object[]> Firings => All(r => r.Asks("POST / ") || r.Asks("POST /run"));

    public static IEnumerable<object[]> Streams => All(r => r.IsStream && r.Request is not null && r.Chunks.Any());

    [Theory]
    [MemberData(nameof(SignIns))]
    public async Task A_sign_in_gives_a_token_or_says_why_it_does_not(string version, string name)
    {
        var recorded = RecordedApiAnswer.Find(version, name);
        using var api = new FakeSaltApi { Override = r => r.Path == "/login" ? recorded.Whole : null };
        using var client = new SaltApiClient(SaltApiClientTests.OptionsFor(api));
        var error = await Record.ExceptionAsync(() => client.SignInAsync());
        if (recorded.Status == 200 && recorded.Body.Contains("\"token\": ", StringComparison.Ordinal))
        {
            Assert.Null(error);
            Assert.True(client.TokenLifetime > TimeSpan.Zero);
            Assert.Equal(recorded.Body.Contains("\"perms\": [", StringComparison.Ordinal), client.Rights!.Names.Any());
            return;
        }

        var reason = Assert.IsType<SaltApiException>(error).Reason;
        Assert.Equal(recorded.Status == 401 ? SaltApiReason.SignInRefused : reason, reason);
        Assert.DoesNotContain("secret", error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Firings))]
    public async Task An_answer_to_firing_is_success_only_where_it_says_so(string version, string name)
    {
        var recorded = RecordedApiAnswer.Find(version, name);
        using var api = new FakeSaltApi { Override = r => r.Method == "POST" && r.Path == "/" ? recorded.Whole : null };
        using var client = new SaltApiClient(SaltApiClientTests.OptionsFor(api));
        var fired = await Record.ExceptionAsync(() => client.FireAsync("my/tag", []));
        Assert.Equal(First(recorded)?.ValueKind == JsonValueKind.True, fired is null);
        var published = await Record.ExceptionAsync(() => client.PublishAsync("*", "glob", "my/tag", []));
        Assert.Equal(First(recorded) is { ValueKind: JsonValueKind.Object } job && job.TryGetProperty("jid", out _), published is null);
        Assert.All(new[] { fired, published }.OfType<Exception>(), e => Assert.IsType<SaltApiException>(e));
    }

    [Theory]
    [MemberData(nameof(Streams))]
    public async Task A_stream_gives_its_events_and_its_end_is_a_gap(string version, string name)
    {
        var recorded = RecordedApiAnswer.Find(version, name);
        using var api = new FakeSaltApi();
        using var client = new SaltApiClient(SaltApiClientTests.OptionsFor(api));
        using var subscription = await client.SubscribeAsync(
            TagFilter.All,
            new EventBusClientOptions { ReportsStatus = true, Reconnect = true }
        );
        var expected = recorded.Body.Split('\n').Count(l => l.StartsWith("data: {\"data\": ", StringComparison.Ordinal));
        api.EmitRaw([.. recorded.Chunks]);
        await Eventually.True(() => subscription.Received == expected);
        api.EndStreams(inOrder: false);
        await Eventually.True(() => api.Requests.Count(r => r.Path == "/events") == 2);
        Assert.Equal((0, 0), (subscription.Malformed, subscription.Dropped));
    }

    private static JsonElement? First(RecordedApiAnswer recorded)
    {
        if (recorded.Status != 200 || !recorded.Answer.Contains("Content-Type: application/json", StringComparison.Ordinal))
        {
            return null;
        }

        using var document = JsonDocument.Parse(recorded.Body);
        return
            document.RootElement.TryGetProperty("return", out var returned)
            && returned.ValueKind == JsonValueKind.Array
            && returned.GetArrayLength() > 0
            ? returned[0].Clone()
            : null;
    }

    private static IEnumerable<object[]> All(Func<RecordedApiAnswer, bool> isMeant) =>
        new[] { "3006.30", "3008.5" }.SelectMany(v =>
            RecordedApiAnswer.Load(v).Where(r => !r.IsMissing && isMeant(r)).Select(r => new object[] { v, r.Name })
        );
}
