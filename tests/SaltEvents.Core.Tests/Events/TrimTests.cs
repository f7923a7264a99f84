using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;
using SaltEvents.Core.Events;
using SaltEvents.Core.Tests.Support;
using Xunit;

namespace SaltEvents.Core.Tests.Events;

/// <summary>max_event_size, as the facts about Salt's dicttrim say.</summary>
public sealed class TrimTests
{
    private const int Max = 10_000;

    private static string Text(int length) => new('x', length);

    private static PayloadMap Trimmed(PayloadMap data, int max = Max)
    {
        var before = PayloadText.Of(data);
        var payload = (PayloadMap)EventCodec.Decode(EventCodec.Encode("t", data, null, max)).Fields.Decode()!;
        Assert.Equal(before, PayloadText.Of(data)); // the caller's payload is never changed
        return payload;
    }

    [Fact]
    public void The_default_is_1_MiB()
    {
        Assert.Equal(1024 * 1024, EventCodec.DefaultMaxEventBytes);
        var body = EventCodec.Encode("t", new PayloadMap { { "big", Text(1024 * 1024) } }, null);
        Assert.Equal("VALUE_TRIMMED", ((PayloadMap)EventCodec.Decode(body).Fields.Decode()!)["big"]);
    }

    [Fact]
    public void A_payload_that_fits_is_sent_unchanged()
    {
        // The packed map and the 33 bytes that Python adds to it are exactly the limit.
        var data = new PayloadMap { { "k", Text(Max - 33 - 1 - 2 - 3) } };

        Assert.Equal(PayloadText.Of(data), PayloadText.Of(Trimmed(data)));
        Assert.Equal("VALUE_TRIMMED", Trimmed(data, Max - 1)["k"]);
    }

    [Fact]
    public void Values_above_half_of_the_limit_go_first()
    {
        var payload = Trimmed(new PayloadMap { { "large", Text(6000) }, { "medium", Text(4500) }, { "small", 1L } });

        Assert.Equal("VALUE_TRIMMED", payload["large"]);
        Assert.Equal(Text(4500), payload["medium"]);
        Assert.Equal(1L, payload["small"]);
    }

    [Fact]
    public void Then_those_above_40_30_20_and_10_percent_until_it_fits()
    {
        var payload = Trimmed(new PayloadMap { { "a", Text(4500) }, { "b", Text(3500) }, { "c", Text(2500) }, { "d", Text(1500) } });

        Assert.Equal("VALUE_TRIMMED", payload["a"]);
        Assert.Equal(Text(3500), payload["b"]); // fits now
        Assert.Equal(Text(2500), payload["c"]);
    }

    [Fact]
    public void Maps_inside_maps_are_trimmed_and_their_siblings_kept()
    {
        var payload = Trimmed(
            new PayloadMap
            {
                {
                    "out",
                    new PayloadMap
                    {
                        {
                            "in",
                            new PayloadMap { { "big", Text(20_000) }, { "keep", "me" } }
                        },
                    }
                },
                { "keep", 1L },
            }
        );

        Assert.Equal("""{"out": {"in": {"big": "VALUE_TRIMMED", "keep": "me"}}, "keep": 1}""", PayloadText.Of(payload));
    }

    [Fact]
    public void Other_dictionaries_are_trimmed_like_maps()
    {
        var payload = Trimmed(new PayloadMap { { "out", new Hashtable { ["big"] = Text(20_000) } } });

        Assert.Equal("""{"out": {"big": "VALUE_TRIMMED"}}""", PayloadText.Of(payload));
    }

    [Fact]
    public void Values_in_lists_do_not_count_and_are_sent_although_they_are_too_large()
    {
        var data = new PayloadMap { { "list", new object?[] { Text(30_000), new PayloadMap { { "x", Text(30_000) } } } } };

        Assert.Equal(PayloadText.Of(data), PayloadText.Of(Trimmed(data)));
    }

    [Fact]
    public void A_list_counts_by_its_length()
    {
        var data = new PayloadMap { { "objects", new object?[20_000] }, { "numbers", Enumerable.Range(0, 20_000).ToList() } };

        Assert.Equal("""{"objects": "VALUE_TRIMMED", "numbers": "VALUE_TRIMMED"}""", PayloadText.Of(Trimmed(data)));
    }

    [Fact]
    public void Many_small_values_that_do_not_fit_go_oversize()
    {
        var data = new PayloadMap();
        foreach (var i in Enumerable.Range(0, 5000))
        {
            data.Add("key" + i, "small");
        }

        Assert.Equal(5000, Trimmed(data).Count(e => (string?)e.Value == "small"));
    }

    [Fact]
    public void Keys_and_the_stamp_stay()
    {
        var data = new PayloadMap { { 5L, Text(20_000) }, { null, Text(20_000) }, { Text(2000), 1L } };

        var payload = (PayloadMap)EventCodec.Decode(EventCodec.Encode("t", data, DateTime.UtcNow, Max)).Fields.Decode()!;

        Assert.Equal(new List<object?> { 5L, null, Text(2000), "_stamp" }, payload.Select(e => e.Key));
        Assert.NotEqual("VALUE_TRIMMED", payload["_stamp"]);
    }
}
