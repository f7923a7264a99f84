using System;
using System.Linq;
using SaltEvents.Core.Events;
using SaltEvents.Core.Tests.Support;
using Xunit;

namespace SaltEvents.Core.Tests.Server;

/// <summary>What a master makes of a minion's fire_master event, without sockets.</summary>
public sealed class MinionEventsTests
{
    private static readonly DateTime Stamp = new(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc);

    private static string[] Unwrap(byte[] envelope, out int refused)
    {
        var events = MinionEvents.Unwrap(EventCodec.Decode(envelope), "web01", Stamp).ToList();
        refused = events.Count(bodies => bodies.Count == 0);
        return events
            .SelectMany(bodies => bodies)
            .Select(b => EventCodec.Decode(b))
            .Select(e => e.Tag + " " + PayloadText.Of(e.Fields.Decode()))
            .ToArray();
    }

    private static string[] Unwrap(params (string Key, object? Value)[] envelope)
    {
        var bodies = Unwrap(Frames.Body("fire_master", envelope), out var refused);
        Assert.Equal(0, refused);
        return bodies;
    }

    private static int Refused(params (string Key, object? Value)[] envelope)
    {
        Assert.Empty(Unwrap(Frames.Body("fire_master", envelope), out var refused));
        return refused;
    }

    [Fact]
    public void A_long_pretag_does_not_take_memory_for_each_of_many_events()
    {
        var items = Enumerable.Range(0, 5000).Select(object? (_) => Item("a", new PayloadMap())).ToArray();
        var envelope = Frames.Body("fire_master", ("events", items), ("pretag", new string('p', 1 << 20)));

        var before = GC.GetTotalMemory(forceFullCollection: true);
        var first = MinionEvents.Unwrap(EventCodec.Decode(envelope), "web01", Stamp).First();

        Assert.Equal(2, first.Count);
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: false) - before, long.MinValue, 1 << 27);
    }

    private static PayloadMap Item(object? tag, object? data) => new() { { "tag", tag }, { "data", data } };

    private static PayloadMap Data(long n) => new() { { "n", n } };

    [Fact]
    public void A_single_event_is_wrapped_as_Salt_wraps_it() =>
        Assert.Equal(
            [
                """my/tag {"id": "web01", "cmd": "_minion_event", "pretag": nil, "data": {"n": 1}, "tag": "my/tag", "_stamp": "2026-01-02T03:04:05"}""",
            ],
            Unwrap(("tag", "my/tag"), ("data", Data(1)), ("events", null), ("pretag", null))
        );

    [Fact]
    public void The_event_is_byte_for_byte_what_a_real_master_published()
    {
        var recorded = RecordedEvent.All.First(r => r.Tag == "via/fire_master");
        var envelope = FireMasterEvent.Encode("via/fire_master", (PayloadMap)recorded.Data["data"]!, Stamp, int.MaxValue, out _);

        var body = Assert.Single(
            MinionEvents
                .Unwrap(EventCodec.Decode(envelope), "web01", SaltTime.ParseStamp((string)recorded.Data["_stamp"]!)!.Value)
                .SelectMany(bodies => bodies)
        );

        Assert.Equal(recorded.Frame, Frames.Of(body));
    }

    [Fact]
    public void The_envelope_is_byte_for_byte_what_Salt_fires_on_a_minion()
    {
        var recorded = RecordedEvent
            .All.Where(r => r is { Tag: "fire_master", File: "salt-3006-minion.jsonl" } && r.Data["events"] is null)
            .ToList();
        Assert.NotEmpty(recorded);
        foreach (var r in recorded)
        {
            Assert.Equal(
                ["tag", "data", "events", "pretag"],
                r.Data.Select(e => e.Key).Take(4).Order().OrderBy(k => Array.IndexOf(["tag", "data", "events", "pretag"], k))
            );
            var envelope = FireMasterEvent.Encode(
                (string)r.Data["tag"]!,
                (PayloadMap)r.Data["data"]!,
                SaltTime.ParseStamp((string)r.Data["_stamp"]!)!.Value,
                int.MaxValue,
                out _
            );
            var ours = (PayloadMap)EventCodec.Decode(envelope).Fields.Decode()!;
            Assert.Equal(
                r.Data.Select(e => PayloadText.Of(e.Key) + PayloadText.Of(e.Value)).Order(),
                ours.Select(e => PayloadText.Of(e.Key) + PayloadText.Of(e.Value)).Order()
            );
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData(false)]
    [InlineData("")]
    [InlineData(0L)]
    [InlineData(0.0)]
    [InlineData(0f)]
    public void Falsy_data_become_an_empty_map(object? data) =>
        Assert.Contains("\"data\": {},", Assert.Single(Unwrap(("tag", "t"), ("data", data))), StringComparison.Ordinal);

    [Fact]
    public void Empty_containers_become_an_empty_map_as_well()
    {
        foreach (var data in new object[] { new PayloadMap(), Array.Empty<object?>(), Array.Empty<byte>() })
        {
            Assert.Contains("\"data\": {},", Assert.Single(Unwrap(("tag", "t"), ("data", data))), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Data_that_are_not_a_map_travel_wrapped() =>
        Assert.Contains("\"data\": \"text\",", Assert.Single(Unwrap(("tag", "t"), ("data", "text"))), StringComparison.Ordinal);

    [Fact]
    public void A_pretag_does_nothing_for_a_single_event() =>
        Assert.StartsWith("t {", Assert.Single(Unwrap(("tag", "t"), ("data", Data(1)), ("pretag", "pre"))), StringComparison.Ordinal);

    [Fact]
    public void A_list_of_events_arrives_flat_in_order() =>
        Assert.Equal(
            ["""a {"n": 1, "_stamp": "2026-01-02T03:04:05"}""", """b {"n": 2, "_stamp": "2026-01-02T03:04:05"}"""],
            Unwrap(("tag", null), ("data", null), ("events", new object?[] { Item("a", Data(1)), Item("b", Data(2)) }), ("pretag", null))
        );

    [Fact]
    public void With_a_pretag_each_is_fired_again_under_it() =>
        Assert.Equal(
            ["a", "pre/a", "b", "pre/b"],
            Unwrap(("events", new object?[] { Item("a", Data(1)), Item("b", Data(2)) }), ("pretag", "pre")).Select(e => e.Split(' ')[0])
        );

    [Fact]
    public void An_empty_list_of_events_leaves_the_single_event() =>
        Assert.StartsWith(
            "t {",
            Assert.Single(Unwrap(("tag", "t"), ("data", Data(1)), ("events", Array.Empty<object?>()))),
            StringComparison.Ordinal
        );

    [Theory]
    [InlineData("salt/job/20260102030405678901/publish")]
    [InlineData("salt/job/20260102030405678901/new")]
    [InlineData("salt/job/20260102030405678901/return")]
    [InlineData("salt/key")]
    [InlineData("salt/cloud/vm/created")]
    [InlineData("salt/run/1/new")]
    [InlineData("salt/cluster/peer")]
    [InlineData("salt/wheel/1/new")]
    [InlineData("salt/wheel/1/return")]
    public void A_tag_that_minions_may_not_use_is_refused_in_a_list_and_the_rest_goes_on(string tag)
    {
        var envelope = Frames.Body(
            "fire_master",
            ("events", new object?[] { Item("before", Data(1)), Item(tag, Data(2)), Item("after", Data(3)) }),
            ("pretag", "pre")
        );

        Assert.Equal(["before", "pre/before", "after", "pre/after"], Unwrap(envelope, out var refused).Select(e => e.Split(' ')[0]));
        Assert.Equal(1, refused);
        Assert.Single(Unwrap(("tag", tag), ("data", Data(1)))); // a single event is wrapped: no harm
    }

    [Theory]
    [InlineData("salt/job/1/ret/web01")]
    [InlineData("salt/keys")]
    [InlineData("salt/wheel/1/ret")]
    [InlineData("x/salt/key")]
    public void Similar_tags_are_allowed(string tag) => Assert.Single(Unwrap(("events", new object?[] { Item(tag, Data(1)) })));

    [Fact]
    public void Items_that_are_no_event_are_counted_and_the_rest_goes_on()
    {
        object?[] items =
        [
            null,
            "text",
            5L,
            new PayloadMap(),
            Item(null, Data(1)),
            Item("", Data(1)),
            Item("x\n\ny", Data(1)),
            Item(5L, Data(1)),
            Item("no/map", "text"),
            Item("no/data", null),
            new PayloadMap { { "tag", "x" } },
            Item("good", Data(1)),
        ];

        Assert.StartsWith(
            "good {",
            Assert.Single(Unwrap(Frames.Body("fire_master", ("events", items)), out var refused)),
            StringComparison.Ordinal
        );
        Assert.Equal(items.Length - 1, refused);
    }

    [Fact]
    public void An_envelope_without_an_event_is_counted()
    {
        Assert.Equal(1, Refused());
        Assert.Equal(1, Refused(("tag", ""), ("data", Data(1))));
        Assert.Equal(1, Refused(("tag", 5L), ("data", Data(1))));
        Assert.Equal(1, Refused(("data", Data(1)), ("events", null)));
        foreach (var payload in new byte[][] { [], [0xC1], [0xC0], [0x90], [0x81, 0xA1] })
        {
            Assert.Empty(Unwrap([.. Frames.Utf8("fire_master\n\n"), .. payload], out var refused));
            Assert.Equal(1, refused);
        }
    }
}
