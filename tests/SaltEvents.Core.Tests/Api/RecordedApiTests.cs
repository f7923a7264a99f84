using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using SaltEvents.Core.Api;
using SaltEvents.Core.Events;
using SaltEvents.Tests;
using Xunit;

namespace SaltEvents.Core.Tests.Api;

/// <summary>Every recorded answer of the released Salts, met once.</summary>
public sealed class RecordedApiTests
{
    private static readonly (string Text, SaltApiReason Reason)[] Meanings =
    [
        ("401 \"token\" occurred for user", SaltApiReason.NotAuthorized),
        ("401 \"eauth\" occurred for user", SaltApiReason.NotAuthorized),
        ("401 Authorization error occurred.", SaltApiReason.NotAuthorized),
        ("401 ", SaltApiReason.TokenRefused),
        ("302 ", SaltApiReason.TokenRefused),
        ("400 Client disabled", SaltApiReason.ClientDisabled),
        ("400 ", SaltApiReason.Refused),
        ("406 ", SaltApiReason.Refused),
        ("500 ", SaltApiReason.Failed),
        ("404 ", SaltApiReason.NotSaltApi),
        ("405 ", SaltApiReason.NotSaltApi),
        ("200 ", SaltApiReason.NotSaltApi), // YAML or an empty page, to requests that this client does not send
    ];

    public static IEnumerable<object[]> Answers => All(r => !r.IsStream && !r.IsMissing);

    public static IEnumerable<object[]> Missing => All(r => r.IsMissing);

    public static IEnumerable<object[]> Streams => All(r => r.IsStream);

    [Theory]
    [MemberData(nameof(Answers))]
    public async Task An_answer_is_taken_or_is_the_error_that_it_names(string version, string name)
    {
        var recorded = RecordedApiAnswer.Find(version, name);
        using var api = new FakeSaltApi { Override = _ => recorded.Whole };
        using var http = new SaltApiHttp(new SaltApiOptions { Uri = api.Uri });
        var answer = await http.SendAsync("x", [], null, TimeSpan.FromSeconds(20), CancellationToken.None);
        if (recorded.Answer.Contains("Content-Type: application/json", StringComparison.Ordinal) && recorded.Status is 200 or 202)
        {
            using var expected = JsonDocument.Parse(recorded.Body);
            using var document = answer.Parse();
            Assert.Equal(expected.RootElement.GetRawText(), document.RootElement.GetRawText());
            return;
        }

        var text = Meanings.First(m =>
            $"{recorded.Status} {System.Net.WebUtility.HtmlDecode(recorded.Body)}" is var all
            && all.StartsWith(m.Text.Substring(0, 4), StringComparison.Ordinal)
            && all.Contains(m.Text.Substring(4), StringComparison.Ordinal)
        );
        Assert.Equal(text.Reason, Assert.Throws<SaltApiException>(answer.Parse).Reason);
    }

    [Theory]
    [MemberData(nameof(Missing))]
    public async Task An_answer_that_did_not_come_is_reported_after_the_time_limit(string version, string name)
    {
        Assert.Contains("master", RecordedApiAnswer.Find(version, name).Name, StringComparison.Ordinal); // down, or killed
        using var api = new FakeSaltApi { Override = _ => "hang" };
        using var http = new SaltApiHttp(new SaltApiOptions { Uri = api.Uri });
        var error = await Assert.ThrowsAsync<SaltApiException>(() =>
            http.SendAsync("x", [], null, TimeSpan.FromMilliseconds(50), CancellationToken.None)
        );
        Assert.Equal(SaltApiReason.NotAnswering, error.Reason);
    }

    [Theory]
    [MemberData(nameof(Streams))]
    public void A_stream_gives_each_event_once_under_the_tag_in_its_json(string version, string name)
    {
        var recorded = RecordedApiAnswer.Find(version, name);
        var body = recorded.Body;
        var expected = body.Split("\n").Where(IsEvent).Select(Parse).ToArray();
        foreach (var step in new[] { 1, 7, 4096 })
        {
            Assert.Equal(expected, Read(body, step).Select(e => e.Tag));
        }
    }

    [Theory]
    [InlineData("03-sse-bytes-utf8", "probe/b1")]
    [InlineData("03-sse-bytes-nonutf8", "probe/b2")]
    [InlineData("03-sse-date", null)]
    [InlineData("02-sse-token-expired", null)]
    public void An_event_that_cannot_be_written_is_named(string name, string? tag)
    {
        var recorded = RecordedApiAnswer.Find("3008.5", name);
        var reader = new EventStreamReader(1 << 20);
        Fill(reader, Encoding.UTF8.GetBytes(recorded.Body));
        while (reader.TryRead(out _))
        {
        }

        Assert.Equal(name == "03-sse-date" ? recorded.Body.TrimEnd('\n').Substring(5) : tag, reader.TagWithoutData);
    }

    private static IEnumerable<object[]> All(Func<RecordedApiAnswer, bool> isMeant) =>
        new[] { "3006.30", "3008.5" }.SelectMany(v => RecordedApiAnswer.Load(v).Where(isMeant).Select(r => new object[] { v, r.Name }));

    private static bool IsEvent(string line) => line.StartsWith("data: {\"data\": ", StringComparison.Ordinal);

    private static string Parse(string line)
    {
        var json = line.Substring(6);
        return (string)
            System.Text.Json.Nodes.JsonNode.Parse(
                json.Substring(json.LastIndexOf("\"tag\": ", StringComparison.Ordinal) + 7).TrimEnd('}') is var tag && tag.EndsWith('"')
                    ? tag
                    : throw new FormatException(tag)
            )!;
    }

    private static List<SaltEvent> Read(string text, int step)
    {
        var reader = new EventStreamReader(1 << 20);
        var events = new List<SaltEvent>();
        foreach (var part in Encoding.UTF8.GetBytes(text).Chunk(step))
        {
            Fill(reader, part);
            while (reader.TryRead(out var json))
            {
                events.Add(JsonEvent.Read(json));
            }
        }

        return events;
    }

    private static void Fill(EventStreamReader reader, ReadOnlySpan<byte> bytes)
    {
        var free = reader.GetBuffer();
        bytes.CopyTo(free);
        reader.Advance(bytes.Length);
    }
}
