using System;
using System.Collections;
using System.Linq;
using System.Management.Automation;
using SaltEvents.Core.Events;
using Xunit;
using static SaltEvents.Tests.PayloadExtensions;

namespace SaltEvents.Tests;

/// <summary>Data and Raw of an event, for payloads of every kind.</summary>
public sealed class EventDataTests : EventTestBase
{
    [Fact]
    public void The_same_properties_are_there_before_and_after_Data_is_looked_at()
    {
        Wire.Send(
            "t",
            ("a", 1),
            ("A", 2),
            (1, "number"),
            (null, "nil"),
            ("", "empty"),
            ("PSObject", 3),
            (new byte[] { 98 }, "bytes"),
            ("x y", 4)
        );
        var e = Receive();
        var before = e.Properties.Select(p => $"{p.Name}={Text(p)}").ToArray();
        _ = e.Properties["Data"].Value;
        Assert.Equal(before, e.Properties.Select(p => $"{p.Name}={Text(p)}"));
        static string Text(PSPropertyInfo property) => property.Name is "Data" or "Raw" ? "..." : $"{property.Value}";
    }

    [Fact]
    public void Data_shows_the_first_of_the_names_that_differ_in_case_and_Raw_shows_all()
    {
        Wire.Send("t", ("id", "first"), ("ID", "second"), (1, "one"), ("1", "text one"), ("", "empty"), (null, "nil"));
        var e = Receive();
        var data = (PSObject)e.Properties["Data"].Value;
        Assert.Equal(["id", "1", "_stamp"], data.Properties.Select(p => p.Name));
        Assert.Equal(["first", "one"], data.Properties.Take(2).Select(p => p.Value));
        var raw = Assert.IsAssignableFrom<IDictionary>(e.Properties["Raw"].Value);
        Assert.Equal(["id", "ID", 1L, "1", "", null, "_stamp"], raw.Keys.Cast<object?>());
        Shell["e"] = e;
        Assert.Equal("second", Shell.Run("$e.Raw['ID']").Value);
        Assert.Equal("one", Shell.Run("$e.Raw[1]").Value);
        Assert.Equal("nil", Shell.Run("$e.Raw.GetEnumerator() | Where-Object { $null -eq $_.Key } | ForEach-Object { $_.Value }").Value);
    }

    [Theory]
    [InlineData(new byte[] { 0xC1 })]
    [InlineData(new byte[] { 0x81, 0xA1 })]
    [InlineData(new byte[] { 0x81, 0xA1, (byte)'a', 0xDD, 0xFF, 0xFF, 0xFF, 0xFF })]
    [InlineData(new byte[] { 0xDF, 0xFF, 0xFF, 0xFF, 0xFF })]
    [InlineData(new byte[] { })]
    [InlineData(new byte[] { 0x80, 0x80 })]
    [InlineData(new byte[] { 0x90 })]
    [InlineData(new byte[] { 0xC0 })]
    [InlineData(new byte[] { 0xA1, (byte)'x' })]
    [InlineData(new byte[] { 0x81, 0xC0, 0xC0 })]
    public void An_odd_payload_never_ends_a_stream(byte[] payload)
    {
        Wire.SendBytes("salt/job/1/ret/web01", payload);
        Wire.SendBytes("odd/other", payload);
        Wire.Send("after");
        var result = Shell
            .Run(
                """
                Watch-SaltEvent -Session $s -Count 3 | ForEach-Object {
                    $null = $_.fun, $_.Succeeded, $_.Function, $_.Timestamp, [SaltEvents.SaltEventView]::GetContent($_), [SaltEvents.SaltEventView]::GetTime($_), $_.Data, $_.Raw, "$_", $_.psobject.Properties.Value
                    $_.Tag
                }
                """
            )
            .Good();
        Assert.Equal(["salt/job/1/ret/web01", "odd/other", "after"], result.Output.Select(t => (string)t.BaseObject));
    }

    [Fact]
    public void A_payload_that_is_not_a_map_is_the_value()
    {
        Wire.SendBytes("t", 0x92, 1, 0xA1, (byte)'x');
        Assert.Equal([1L, "x"], (object[])Receive().Properties["Data"].Value);
        Wire.SendBytes("t", 0xC0);
        Assert.Null(Receive().Properties["Data"].Value);
        Wire.SendBytes("t", 0xA2, (byte)'h', (byte)'i');
        Assert.Equal("hi", Receive().Properties["Data"].Value);
    }

    [Fact]
    public void Values_have_the_types_of_NET()
    {
        Wire.Send(
            "t",
            ("b", new byte[] { 1 }),
            ("d", new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc)),
            ("l", new object?[] { 1, null }),
            ("u", ulong.MaxValue),
            ("f", 0.5f),
            ("nan", double.NaN)
        );
        var e = Receive();
        Assert.Equal(new byte[] { 1 }, e.Properties["b"].Value);
        Assert.Equal(new DateTime(2026, 1, 2, 3, 4, 5), e.Properties["d"].Value);
        Assert.Equal([1L, null], (object?[])e.Properties["l"].Value);
        Assert.Equal(ulong.MaxValue, e.Properties["u"].Value);
        Assert.Equal(0.5f, e.Properties["f"].Value);
        Assert.Equal(DateTimeKind.Utc, ((DateTime)e.Properties["Timestamp"].Value).Kind);
    }

    [Fact]
    public void Keys_that_are_times_of_one_second_are_two_fields()
    {
        var time = new DateTime(2026, 2, 3, 4, 5, 6, DateTimeKind.Utc);
        Wire.SendBody(EventCodec.Encode("t", new PayloadMap { { time, 1L }, { time.AddTicks(10), 2L } }, stamp: null));
        Shell["e"] = Receive();
        Assert.Equal("1 2", Shell.Run("\"$($e.Data.'2026-02-03T04:05:06Z') $($e.Data.'2026-02-03T04:05:06.000001Z')\"").Value);
    }

    [Fact]
    public void The_last_value_of_a_repeated_key_counts()
    {
        var payload = Map(
            ("fun", "first"),
            ("n", 1),
            ("fun", "last"),
            ("in", Map(("x", 1), ("x", 2))),
            ("_stamp", "2026-01-01T00:00:00"),
            ("_stamp", "2027-01-01T00:00:00")
        );
        Wire.SendBody(EventCodec.Encode("salt/job/1/ret/web01", payload, stamp: null));
        Shell["e"] = Receive();
        Assert.Equal("last last last 2027", Shell.Run("\"$($e.fun) $($e.Function) $($e.Data.fun) $($e.Timestamp.Year)\"").Value);
        Assert.Equal("2 2", Shell.Run("\"$($e.Data.in.x) $($e.Raw['in']['x'])\"").Value);
        Assert.Equal(
            ["fun", "n", "in", "_stamp"],
            ((IDictionary)PSObject.AsPSObject(Shell["e"]!).Properties["Raw"].Value).Keys.Cast<string>()
        );
    }
}
