using System;
using System.Linq;
using System.Text;
using SaltEvents.Core.Api;
using SaltEvents.Core.Events;
using Xunit;

namespace SaltEvents.Core.Tests.Api;

public sealed class JsonEventTests
{
    [Theory]
    [InlineData("1", 1L)]
    [InlineData("-9223372036854775808", long.MinValue)]
    [InlineData("18446744073709551615", ulong.MaxValue)]
    [InlineData("18446744073709551616", "18446744073709551616")]
    [InlineData("1.0", 1.0)]
    [InlineData("1e+300", 1e300)]
    [InlineData("-0.0", -0.0)]
    [InlineData("NaN", double.NaN)]
    [InlineData("Infinity", double.PositiveInfinity)]
    [InlineData("-Infinity", double.NegativeInfinity)]
    [InlineData("\"NaN, \\\"Infinity\"", "NaN, \"Infinity")]
    [InlineData("true", true)]
    [InlineData("null", null)]
    [InlineData("\"\\u017elu\\u0165 \\ud83d\\udc0e \\u0000 \\\\ \\/ \\n\"", "žluť 🐎 \0 \\ / \n")]
    [InlineData("\"a\\udce4b\"", "a\uFFFDb")]
    public void A_value_is_what_it_was(string json, object? expected)
    {
        var value = Read($"{{\"data\": {{\"a\": {json}, \"b\": [NaN, {json}]}}, \"tag\": \"t\"}}").Fields.Decode();
        var map = Assert.IsType<PayloadMap>(value);
        Assert.Equal(expected, map["a"]);
        Assert.Equal(expected, ((object?[])map["b"]!)[1]);
        if (expected is double number)
        {
            Assert.Equal(double.IsNegative(number) && number == 0, double.IsNegative((double)map["a"]!) && (double)map["a"]! == 0);
        }
    }

    [Fact]
    public void The_tag_may_come_first_and_of_two_keys_the_last_counts()
    {
        var read = Read("{\"tag\": \"a/\\n b\", \"data\": {\"x\": 1, \"1\": \"s\", \"1\": \"i\", \"\": {}, \"l\": []}}");
        Assert.Equal("a/\n b", read.Tag);
        Assert.Equal("i", ((PayloadMap)read.Fields.Decode()!)["1"]);
        Assert.True(read.Fields.TryGetValue("1"u8, out var one));
        Assert.Equal("i", one);
    }

    [Fact]
    public void Data_may_be_nested_600_levels()
    {
        var read = Read("{\"data\": {\"a\": " + new string('[', 600) + new string(']', 600) + "}, \"tag\": \"deep\"}");
        Assert.Equal("deep", read.Tag);
        Assert.False(read.Fields.IsDecodable); // deeper than the event object goes, as on a bus
        Assert.Contains("nested deeper than 512 levels", Assert.Throws<EventFormatException>(() => read.Fields.Decode()).Message, StringComparison.Ordinal);
        var deepest = Read("{\"data\": {\"a\": " + new string('[', 100_000) + new string(']', 100_000) + "}, \"tag\": \"deep\"}");
        Assert.True(deepest.Fields.IsWhole);
        Assert.Contains("nested deeper than", Assert.Throws<EventFormatException>(() => deepest.Fields.Decode()).Message, StringComparison.Ordinal);
        Assert.True(read.Fields.IsWhole);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{\"data\": {}}")]
    [InlineData("{\"tag\": \"x\"}")]
    [InlineData("{\"data\": {}, \"tag\": 1}")]
    [InlineData("{\"data\": {\"a\": }, \"tag\": \"x\"}")]
    [InlineData("{\"data\": {}, \"tag\": \"x\"} x")]
    [InlineData("{\"data\": {\"a\": Nan}, \"tag\": \"x\"}")]
    public void A_message_that_is_not_an_event_is_reported(string json) => Assert.Throws<EventFormatException>(() => Read(json));

    [Fact]
    public void An_event_comes_back_as_it_was_sent()
    {
        var map = new PayloadMap();
        object?[] values =
        [
            "ž\n\"",
            1L,
            ulong.MaxValue,
            0.1,
            1.0,
            -0.0,
            double.NaN,
            double.PositiveInfinity,
            true,
            null,
            new object?[] { 1L, "x" },
        ];
        foreach (var (value, i) in values.Select((v, i) => (v, i)))
        {
            map.Add("k" + i, value);
        }

        var json = JsonRequest.Write(w => JsonRequest.WriteValue(w, map));
        var read = (PayloadMap)Read($"{{\"data\": {Encoding.UTF8.GetString(json)}, \"tag\": \"t\"}}").Fields.Decode()!;
        Assert.Equal(values, read.Select(e => e.Value));
        Assert.True(double.IsNegative((double)read["k5"]!));
    }

    [Fact]
    public void Bytes_are_refused_at_their_place_and_dates_are_text()
    {
        var map = new PayloadMap();
        map.Add("a", new object?[] { 1L, new PayloadMap { { "b", new byte[] { 1 } } } });
        var refused = Assert.Throws<InvalidEventException>(() => JsonRequest.Write(w => JsonRequest.WriteValue(w, map)));
        Assert.Contains("a[1].b", refused.Message, StringComparison.Ordinal);
        Assert.Equal(
            "\"2026-01-02T03:04:05Z\"",
            Encoding.UTF8.GetString(JsonRequest.Write(w => JsonRequest.WriteValue(w, new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc))))
        );
    }

    [Fact]
    public void Two_keys_that_JSON_makes_one_are_refused_at_their_place()
    {
        var map = new PayloadMap { { "a", new PayloadMap { { 1L, "x" }, { "1", "y" } } } };
        var refused = Assert.Throws<InvalidEventException>(() => JsonRequest.Write(w => JsonRequest.WriteValue(w, map)));
        Assert.Contains("a has two keys that are both 1 in JSON", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_event_that_is_too_long_is_skipped_and_the_next_one_is_read()
    {
        var reader = new EventStreamReader(100);
        var text =
            "retry: 400\ntag: a\ndata: {\"data\": \""
            + new string('x', 5000)
            + "\", \"tag\": \"a\"}\n\ntag: b\ndata: {\"data\": {}, \"tag\": \"b\"}\n\n";
        var found = string.Empty;
        foreach (var part in Encoding.UTF8.GetBytes(text).Chunk(50))
        {
            var free = reader.GetBuffer();
            part.AsSpan().CopyTo(free);
            reader.Advance(part.Length);
            while (reader.TryRead(out var json))
            {
                found += json.IsEmpty ? "long," : JsonEvent.Read(json).Tag;
            }
        }

        Assert.Equal("long,b", found);
    }

    private static SaltEvent Read(string json) => JsonEvent.Read(Encoding.UTF8.GetBytes(json));
}
