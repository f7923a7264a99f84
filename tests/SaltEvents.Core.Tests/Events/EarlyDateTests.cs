using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using System.Threading.Tasks;
using SaltEvents.Core.Events;
using SaltEvents.Core.Framing;
using Xunit;

namespace SaltEvents.Core.Tests.Events;

/// <summary>Dates that Salt cannot write where an event passes through it, and what it has made of them.</summary>
public sealed class EarlyDateTests
{
    public static TheoryData<DateTime, object> Dates => new()
    {
        { Utc(DateTime.MinValue), "0001-01-01T00:00:00Z" },
        { Utc(new DateTime(999, 12, 31)), "0999-12-31T00:00:00Z" },
        { Utc(new DateTime(1601, 1, 1)), "1601-01-01T00:00:00Z" },
        { Utc(new DateTime(1899, 12, 31, 23, 59, 59).AddTicks(9_999_999)), "1899-12-31T23:59:59.9999999Z" },
        { Utc(new DateTime(1900, 1, 1)), Utc(new DateTime(1900, 1, 1)) },
        { Utc(DateTime.MaxValue), Utc(DateTime.MaxValue) },
        { Utc(new DateTime(1700, 6, 1, 12, 30, 0)).ToLocalTime(), "1700-06-01T12:30:00Z" },
    };

    [Theory]
    [MemberData(nameof(Dates))]
    public void Before_1900_a_date_is_text_at_any_depth_and_later_it_stays_one(DateTime date, object expected)
    {
        var payload = new PayloadMap
        {
            { "v", date },
            { "list", new object?[] { 1L, new PayloadMap { { date, date } } } },
            { "dictionary", new Dictionary<string, object> { ["v"] = date } },
            { "constant", new SaltConstant("name", date) },
            { "rest", "text" },
        };

        var passed = EarlyDates.ToText(payload);

        Assert.Equal(["v", "list", "dictionary", "constant", "rest"], passed.Select(entry => entry.Key));
        Assert.Equal(expected, passed["v"]);
        var inner = (PayloadMap)((IList)passed["list"]!)[1]!;
        Assert.Equal((expected, expected), (inner[0].Key, inner[0].Value));
        Assert.Equal(expected, passed["dictionary"] is PayloadMap map ? map["v"] : ((IDictionary)passed["dictionary"]!)["v"]);
        Assert.Equal(new SaltConstant("name", expected), passed["constant"]);
        Assert.Equal(expected is DateTime, ReferenceEquals(payload, passed));
    }

    [Theory]
    [InlineData(2026)]
    [InlineData(1601)]
    public async Task A_map_in_many_places_of_a_payload_is_refused_and_does_not_take_for_ever(int year)
    {
        object? shared = Utc(new DateTime(year, 1, 1));
        for (var i = 0; i < 60; i++)
        {
            shared = new PayloadMap { { "a", shared }, { "b", shared } };
        }

        var fire = Task.Run(() => FireMasterEvent.Encode("t", (PayloadMap)shared, new EventStamp(DateTime.UtcNow), 1 << 20, out _));
        var error = await Assert.ThrowsAsync<InvalidEventException>(() => fire.WaitAsync(TimeSpan.FromMinutes(1)));
        Assert.Equal(InvalidEventReason.TooLarge, error.Reason);
    }

    [Fact]
    public void Nesting_costs_no_more_than_its_length()
    {
        object? nested = Utc(DateTime.MinValue);
        for (var i = 0; i < FrameLimits.MaxPayloadDepth - 1; i++)
        {
            nested = new object?[] { nested };
        }

        var passed = EarlyDates.ToText(new PayloadMap { { "v", nested } });

        var value = passed["v"];
        while (value is IList list and not byte[])
        {
            value = list[0];
        }

        Assert.Equal("0001-01-01T00:00:00Z", value);
    }

    [Theory]
    [InlineData("10101T00:00:00.000000", true)] // the years 1, 99 and 999, as strftime writes them
    [InlineData("991231T23:59:59.999999", true)]
    [InlineData("9990101T00:00:00.000000", true)]
    [InlineData("0101T00:00:00.000000", false)]
    [InlineData("9991301T00:00:00.000000", false)]
    [InlineData("9990101T00:00:00", false)]
    [InlineData("x990101T00:00:00.000000", false)]
    public void A_date_whose_year_has_lost_zeros_is_read_as_text(string text, bool isText)
    {
        var output = new ByteBuffer();
        PayloadEncoder.Write(output, new SaltExtension(78, Encoding.ASCII.GetBytes(text)));

        var read = PayloadDecoder.Decode(output.ToArray());

        Assert.Equal(isText ? text : null, read as string);
        Assert.Equal(!isText, read is SaltExtension { Code: 78 });
    }

    [Fact]
    public void On_a_bus_itself_every_year_stays_a_date()
    {
        var body = EventCodec.Encode("t", new PayloadMap { { "v", Utc(DateTime.MinValue) } }, stamp: null);

        Assert.Equal(DateTime.MinValue, EventCodec.Decode(body).Fields.TryGetValue("v", out var value) ? value : null);
    }

    private static DateTime Utc(DateTime time) => DateTime.SpecifyKind(time, DateTimeKind.Utc);
}
