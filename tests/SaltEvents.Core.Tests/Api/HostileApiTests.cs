using System;
using System.Linq;
using System.Threading.Tasks;
using SaltEvents.Core.Api;
using SaltEvents.Core.Events;
using SaltEvents.Tests;
using Xunit;

namespace SaltEvents.Core.Tests.Api;

/// <summary>Answers and events that no salt-api should send: each has an error of its own, or is read as far as it can be.</summary>
public sealed class HostileApiTests
{
    [Theory]
    [InlineData(200, """{"return": ["\ud800"]}""")]
    [InlineData(500, """{"return": "\udc80"}""")]
    [InlineData(500, """{"\ud800abcdef": 1, "return": "x \ud800\\ud800"}""")]
    public async Task Half_of_a_surrogate_pair_in_an_answer_is_replaced(int status, string json)
    {
        var error = await Refusal(FakeSaltApi.Answer(status, "application/json", json));
        Assert.Equal(SaltApiReason.Failed, error.Reason);
        Assert.Contains("\uFFFD", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"return": [{"\ud800jid": 1, "jid": "\ud800", "minions": ["\udfff\uD83D\uDE00"]}]}""", "\uFFFD", "\uFFFD\U0001F600")]
    [InlineData("""{"return": [{"jid": "\\ud800", "minions": ["\\\ud800"]}]}""", "\\ud800", "\\\uFFFD")]
    public async Task A_job_with_odd_text_is_read(string json, string id, string minion)
    {
        using var api = new FakeSaltApi { Override = r => r.Body.Contains("event.fire", StringComparison.Ordinal) ? FakeSaltApi.Answer(200, "application/json", json) : null };
        using var client = new SaltApiClient(SaltApiClientTests.OptionsFor(api));
        var job = await client.PublishAsync("*", "glob", "a/b", []);
        Assert.Equal(id, job.JobId);
        Assert.Equal(minion, Assert.Single(job.Minions));
    }

    [Fact]
    public void Bytes_that_are_not_UTF8_become_the_replacement_character()
    {
        Assert.Equal("\"\uFFFD\""u8.ToArray(), JsonText.Repair([(byte)'"', 0xFF, (byte)'"']));
        Assert.Equal("\"\\uD8"u8.ToArray(), JsonText.Repair("\"\\uD8"u8.ToArray())); // cut off
        Assert.Equal("\\uFFFD\\u12"u8.ToArray(), JsonText.Repair("\\ud800\\u12"u8.ToArray()));
    }

    [Fact]
    public async Task A_page_with_very_many_tags_is_an_error_of_salt_api()
    {
        var page = string.Concat(Enumerable.Repeat("<p>", 20_000));
        Assert.Equal(SaltApiReason.Failed, (await Refusal(FakeSaltApi.Answer(500, "text/html", page))).Reason);
    }

    [Theory]
    [InlineData("""{"\ud800": 1, "tag": "x", "data": {"a": 1}}""")]
    [InlineData("""{"t\u0061g": "x", "d\u0061ta": {"a": 1}}""")]
    public void A_name_beside_tag_and_data_may_be_any_text(string json) =>
        Assert.Equal("x", JsonEvent.Read(System.Text.Encoding.UTF8.GetBytes(json)).Tag);

    [Fact]
    public void A_tag_that_no_bus_can_carry_is_no_event() =>
        Assert.Contains(
            "two line feeds",
            Assert.Throws<EventFormatException>(() => JsonEvent.Read("""{"tag": "a\n\nb", "data": {}}"""u8)).Message,
            StringComparison.Ordinal
        );

    private static async Task<SaltApiException> Refusal(string answer)
    {
        using var api = new FakeSaltApi { Override = r => r.Body.Contains("event.fire", StringComparison.Ordinal) ? answer : null };
        using var client = new SaltApiClient(SaltApiClientTests.OptionsFor(api));
        return await Assert.ThrowsAsync<SaltApiException>(() => client.PublishAsync("*", "glob", "a/b", []));
    }
}
