using System;
using System.Linq;
using SaltEvents.Core.Configuration;
using SaltEvents.Core.Events;
using SaltEvents.Core.Tests.Support;
using Xunit;

namespace SaltEvents.Core.Tests.Events;

/// <summary>The time of firing in an event's payload.</summary>
public sealed class StampTests
{
    private static readonly DateTime Fraction = new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc).AddTicks(1_234_560);
    private static readonly DateTime Whole = new(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc);

    private static SaltEvent Encode(PayloadMap data, DateTime? stamp) => EventCodec.Decode(EventCodec.Encode("t", data, stamp));

    private static SaltEvent Fired(SaltEvent source, DateTime? stamp) => EventCodec.Decode(EventCodec.Encode("t", source, stamp));

    [Fact]
    public void The_stamp_is_added_at_the_end() =>
        Assert.Equal(
            """{"a": 1, "_stamp": "2026-01-02T03:04:05.123456"}""",
            PayloadText.Of(Encode(new PayloadMap { { "a", 1 } }, Fraction).Fields.Decode())
        );

    [Fact]
    public void The_stamp_replaces_an_existing_one_in_its_place() =>
        Assert.Equal(
            """{"_stamp": "2026-01-02T03:04:05.123456", "a": 1}""",
            PayloadText.Of(Encode(new PayloadMap { { "_stamp", "old" }, { "a", 1 } }, Fraction).Fields.Decode())
        );

    [Fact]
    public void A_fraction_of_zero_is_left_out()
    {
        Assert.Equal("2026-01-02T03:04:05", SaltTime.FormatStamp(Whole));
        Assert.Equal("2026-01-02T03:04:05", SaltTime.FormatStamp(Whole.AddTicks(9))); // below a microsecond
        Assert.Equal("2026-01-02T03:04:05.000001", SaltTime.FormatStamp(Whole.AddTicks(10)));
    }

    [Fact]
    public void Each_release_of_Salt_writes_it_in_its_own_way()
    {
        Assert.Equal("2026-01-02T03:04:05.123456", new EventStamp(Fraction).ToString());
        Assert.Equal("2026-01-02T03:04:05.123456+00:00", new EventStamp(Fraction, StampForm.UtcWithOffset).ToString());
        var local = SaltTime.FormatStamp(Fraction.ToLocalTime());
        Assert.Equal(local, new EventStamp(Fraction, StampForm.Local).ToString());
        Assert.Equal(local.Replace('T', '_'), new EventStamp(Fraction, StampForm.LocalWithUnderscore).ToString());
    }

    [Theory]
    [InlineData("0.16.4", null)]
    [InlineData("0.17.0", StampForm.LocalWithUnderscore)]
    [InlineData("0.17", StampForm.LocalWithUnderscore)]
    [InlineData("2014.1.0", StampForm.LocalWithUnderscore)]
    [InlineData("2014.1.1", StampForm.Local)]
    [InlineData("2014.1", StampForm.Local)]
    [InlineData("2014.7.1", StampForm.Local)]
    [InlineData("v2014.7.2", StampForm.Utc)]
    [InlineData("2014.7", StampForm.Utc)]
    [InlineData("3007.8", StampForm.Utc)]
    [InlineData("3008.0", StampForm.UtcWithOffset)]
    [InlineData("3009.1", StampForm.UtcWithOffset)]
    public void The_version_says_how(string version, StampForm? form) => Assert.Equal(form, SaltVersions.StampFormOf(version));

    [Fact]
    public void Without_one_the_payload_stays_as_it_is()
    {
        Assert.Equal("{\"a\": 1}", PayloadText.Of(Encode(new PayloadMap { { "a", 1 } }, null).Fields.Decode()));
        Assert.Equal("old", ((PayloadMap)Encode(new PayloadMap { { "_stamp", "old" } }, null).Fields.Decode()!)["_stamp"]);
    }

    [Fact]
    public void The_callers_payload_is_not_changed()
    {
        var data = new PayloadMap { { "_stamp", "old" }, { "a", new PayloadMap { { "b", 1 } } } };
        var before = PayloadText.Of(data);

        Encode(data, Fraction);

        Assert.Equal(before, PayloadText.Of(data));
    }

    [Theory]
    [InlineData("2026-01-02T03:04:05.123456")] // Salt from 2014.7.2 on
    [InlineData("2026-01-02T03:04:05.123456+00:00")] // Salt 3008
    [InlineData("2026-01-02 03:04:05.123456")]
    [InlineData("2026-01-02t03:04:05,123456z")]
    [InlineData("2026-01-02T03:04:05.123456Z")] // JavaScript has three digits, Go up to nine, .NET seven
    [InlineData("2026-01-02T03:04:05.1234560Z")]
    [InlineData("2026-01-02T03:04:05.12345600099Z")]
    [InlineData("2026-01-02T05:04:05.123456+02:00")]
    [InlineData("2026-01-01 19:34:05.123456-0730")]
    [InlineData("2026-01-02T02:04:05.123456-01")]
    [InlineData("2026-01-02_03:04:05.123456+00:00")]
    [InlineData(" 2026-01-02T03:04:05.123456\n")]
    [InlineData("2026-01-02 03:04:05.123456 +0000")]
    [InlineData("2026-01-02 05:04:05.123456  +02:00")]
    [InlineData("2026-01-02 03:04:05.123456 UTC")] // Ruby
    [InlineData("2026-01-02 03:04:05.123456 +0000 UTC")] // Go
    [InlineData("2026-01-02T03:04:05.123456GMT")]
    public void The_timestamp_is_read_in_UTC(string stamp)
    {
        var time = Encode(new PayloadMap { { "_stamp", stamp } }, null).GetTimestamp();

        Assert.Equal(Fraction, time);
        Assert.Equal(DateTimeKind.Utc, time!.Value.Kind);
        Assert.Equal(Fraction, Encode(new PayloadMap { { "_stamp", Frames.Utf8(stamp) } }, null).GetTimestamp());
    }

    [Fact]
    public void The_finest_fraction_is_a_tick() =>
        Assert.Equal(Fraction.AddTicks(7), Encode(new PayloadMap { { "_stamp", "2026-01-02T03:04:05.1234567999Z" } }, null).GetTimestamp());

    [Theory]
    [InlineData("2026-01-02T03:04:05")]
    [InlineData("2026-01-02T03:04:05Z")]
    [InlineData("2026-01-02 03:04:05")]
    [InlineData("2026-01-02T03:04:05.0+00")]
    public void A_timestamp_without_fraction_is_read(string stamp) =>
        Assert.Equal(Whole, Encode(new PayloadMap { { "_stamp", stamp } }, null).GetTimestamp());

    [Theory]
    [InlineData("2026-01-02_03:04:05.123456")] // Salt 0.17 and 2014.1.0 write local time (salt/utils/event.py, fire_event, 0.17.5)
    [InlineData("2026-07-02_03:04:05")]
    public void The_local_time_of_Salt_0_17_is_that_of_this_computer(string stamp) =>
        Assert.Equal(
            DateTime
                .Parse(
                    stamp.Replace('_', 'T'),
                    System.Globalization.CultureInfo.InvariantCulture,
                    System.Globalization.DateTimeStyles.AssumeLocal
                )
                .ToUniversalTime(),
            Encode(new PayloadMap { { "_stamp", stamp } }, null).GetTimestamp()
        );

    [Fact]
    public void A_date_is_a_timestamp() => Assert.Equal(Fraction, Encode(new PayloadMap { { "_stamp", Fraction } }, null).GetTimestamp());

    [Theory]
    [InlineData("yesterday")]
    [InlineData("")]
    [InlineData("2026-01-02")]
    [InlineData("2026-01-02x03:04:05")]
    [InlineData("2026-02-30T03:04:05")]
    [InlineData("2026-13-02T03:04:05")]
    [InlineData("2026-01-02T24:04:05")]
    [InlineData("2026-01-02T03:04:05.")]
    [InlineData("2026-01-02T03:04:05.Z")]
    [InlineData("2026-01-02T03:04:05Z0")]
    [InlineData("2026-01-02 03:04:05 CET")]
    [InlineData("2026-01-02 03:04:05 UTC 1")]
    [InlineData("2026-01-02 03:04:05 +")]
    [InlineData("2026-01-02 03:04: UTC")]
    [InlineData("2026-01-02T03:04:05+1")]
    [InlineData("2026-01-02T03:04:05+24:00")]
    [InlineData("2026-01-02T03:04:05x00:00")]
    [InlineData("2026-1-02T03:04:05")]
    [InlineData("0000-01-02T03:04:05")]
    [InlineData("0001-01-01T00:00:00+01:00")] // before the first day
    [InlineData("9999-12-31T23:59:59-01:00")]
    [InlineData(5)]
    [InlineData(null)]
    public void An_odd_stamp_is_not_a_timestamp(object? stamp) =>
        Assert.Null(Encode(new PayloadMap { { "_stamp", stamp } }, null).GetTimestamp());

    [Fact]
    public void Firing_a_received_event_again_changes_its_stamp_and_no_other_byte()
    {
        foreach (var recorded in RecordedEvent.All)
        {
            var source = EventCodec.Decode(Assert.Single(Frames.Read(recorded.Frame, int.MaxValue)));
            var expected = (PayloadMap)source.Fields.Decode()!;
            expected.Set("_stamp", "2026-01-02T03:04:05.123456");

            var again = EventCodec.Encode(source.Tag, source, Fraction);

            Assert.Equal(EventCodec.Encode(recorded.Tag, expected, null), again);
        }
    }

    [Fact]
    public void Firing_an_event_without_stamp_again_adds_one()
    {
        var source = Encode(new PayloadMap { { "a", 1 }, { null, 2 }, { new byte[] { 1 }, 3 } }, null);

        Assert.Equal(
            """{"a": 1, nil: 2, bin:01: 3, "_stamp": "2026-01-02T03:04:05"}""",
            PayloadText.Of(Fired(source, Whole).Fields.Decode())
        );
    }

    [Fact]
    public void A_key_of_bytes_is_not_the_stamp()
    {
        var data = new PayloadMap { { Frames.Utf8("_stamp"), 1 } };
        var expected = $"{{bin:{Convert.ToHexString(Frames.Utf8("_stamp"))}: 1, \"_stamp\": \"2026-01-02T03:04:05\"}}";

        Assert.Equal(expected, PayloadText.Of(Encode(data, Whole).Fields.Decode()));
        Assert.Equal(expected, PayloadText.Of(Fired(Encode(data, null), Whole).Fields.Decode()));
    }

    [Fact]
    public void A_map_grows_to_the_next_size_of_head()
    {
        var data = new PayloadMap();
        foreach (var i in Enumerable.Range(0, 15))
        {
            data.Add((long)i, null);
        }

        Assert.Equal(16, ((PayloadMap)Fired(Encode(data, null), Whole).Fields.Decode()!).Count);
    }

    [Fact]
    public void An_undecodable_stamp_is_replaced()
    {
        var deep = Enumerable.Repeat((byte)0x91, 2000).Append((byte)0xC0);
        var source = EventCodec.Decode([.. Frames.Utf8("t\n\n"), 0x81, 0xA6, .. Frames.Utf8("_stamp"), .. deep]);

        Assert.Equal("""{"_stamp": "2026-01-02T03:04:05"}""", PayloadText.Of(Fired(source, Whole).Fields.Decode()));
    }
}
