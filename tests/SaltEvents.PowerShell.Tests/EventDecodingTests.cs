using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Reflection;
using Xunit;
using static SaltEvents.Tests.PayloadExtensions;

namespace SaltEvents.Tests;

/// <summary>A payload is decoded only as far as a script reads it.</summary>
public sealed class EventDecodingTests : EventTestBase
{
    [Theory]
    [InlineData("$null = $e.Raw")]
    [InlineData("$null = $e.Data; $null = $e.Raw; [SaltEvents.SaltEventView]::GetContent($e)")]
    [InlineData("$e.Raw.Count")]
    [InlineData("")]
    public void An_event_that_was_only_looked_at_goes_out_byte_for_byte(string look)
    {
        // Keys of every kind, a text that is not UTF-8, numbers in a long form, float32, unknown extensions.
        byte[] payload =
        [
            0x8A, 0xA2, (byte)'i', (byte)'d', 1, 0xA2, (byte)'I', (byte)'D', 2, 1, 3, 0xA1, (byte)'1', 4, 0xA0, 5, 0xC0, 6, 0xA1,
            (byte)'t', 0xA2, 0xFF, 0xFE, 0xA1, (byte)'n', 0xD3, 0, 0, 0, 0, 0, 0, 0, 7, 0xA1, (byte)'f', 0xCA, 0x3F, 0x80, 0, 0, 0xA1,
            (byte)'e', 0xD4, 0x05, 0x01,
        ];
        Wire.SendBytes("t", payload);
        Shell["e"] = Receive();
        Shell.Run(look).Good();
        Shell.Run("$e | Send-SaltEvent -KeepTimestamp; $again = Get-SaltEvent -Session $s").Good();
        var sent = (byte[])PSObject.AsPSObject(Shell["again"]!).Properties["WireBody"].Value;
        // No _stamp was there, so one is added at the end: one entry more, everything before it as it was.
        Assert.Equal((byte)(payload[0] + 1), sent[3]);
        Assert.Equal(payload[1..], sent[4..(3 + payload.Length)]);
    }

    [Fact]
    public void A_wide_payload_costs_by_its_keys_and_not_by_their_square()
    {
        const string use = """
            $before = [GC]::GetAllocatedBytesForCurrentThread()
            foreach ($property in $e.psobject.Properties) { $null = $property.Value }
            foreach ($property in $e.Data.psobject.Properties) { $null = $property.Value }
            foreach ($key in $e.Raw.Keys) { $null = $e.psobject.Properties[$key].Value, $e.Raw[$key] }
            [GC]::GetAllocatedBytesForCurrentThread() - $before
            """;
        long Cost(int keys)
        {
            Wire.Send("my/wide", Enumerable.Range(0, keys).Select(i => ((object?)$"key{i}", (object?)$"value {i}")).ToArray());
            Shell["e"] = Receive();
            return (long)Shell.Run(use).Value!;
        }

        Cost(10);
        Assert.InRange((double)Cost(20_000) / Cost(1_000), 5, 40);
    }

    [Fact]
    public void More_fields_than_anybody_reads_are_listed_only_in_Data()
    {
        // One more is the time.
        foreach (var (fields, listed) in new[] { (999, 999), (1000, 0) })
        {
            Wire.Send("my/wide", Enumerable.Range(0, fields).Select(i => ((object?)$"key{i}", (object?)i)).ToArray());
            Shell["e"] = Receive();
            Assert.Equal(listed, Shell.Run("@($e.psobject.Properties.Name -like 'key*').Count").Value);
            Assert.Equal(fields, Shell.Run("@($e.Data.psobject.Properties.Name -like 'key*').Count").Value);
            Assert.Equal($"{fields - 1}", Shell.Run($"\"$($e.key{fields - 1})\"").Value);
            Assert.Equal("7", Shell.Run("\"$($e | ForEach-Object KEY7)\"").Value);
        }
    }

    [Fact]
    public void A_field_is_decoded_once()
    {
        Wire.Send(
            "salt/job/1/ret/web01",
            ("fun", "test.ping"),
            ("return", Map(("a", Map(("b", "text"))))),
            ("list", new object?[] { "x" })
        );
        Shell["e"] = Receive();
        foreach (
            var field in new[] { "$e.fun", "$e.Function", "$e.return", "$e.Return.a.b", "$e.Data", "$e.Data.list", "$e.Raw['return']['a']" }
        )
        {
            Assert.Equal(true, Shell.Run($"[object]::ReferenceEquals({field}, {field})").Value);
        }

        Assert.Equal(true, Shell.Run("[object]::ReferenceEquals($e.fun, $e.Data.fun)").Value);
    }

    [Fact]
    public void Nothing_is_decoded_before_it_is_asked_for()
    {
        Wire.Send("salt/job/1/ret/web01", ("fun", "test.ping"), ("return", Map(("a", 1))));
        Shell
            .Run("$e = Get-SaltEvent -Session $s | Where-Object Tag -Like 'salt/*'; $null = $e.JobId, $e.MinionId, $e.Family, \"$e\"")
            .Good();
        var inner = PSObject.AsPSObject(Shell["e"]!).BaseObject;
        static object? Held(object? of, string field) =>
            of!.GetType().GetField(field, BindingFlags.NonPublic | BindingFlags.Instance)!.GetValue(of);
        var map = Held(inner, "root");
        Assert.Equal(["Packed", "Packed", "Packed"], States());

        Shell.Run("$null = $e.fun, $e.Function, $e.Timestamp").Good();
        Assert.Null(Held(map, "data"));
        Assert.Equal(["Read", "Packed", "Read"], States());

        Shell.Run("$null = $e.Data.fun").Good();
        Assert.Equal(["Read", "Packed", "Read"], States());
        Assert.Null(Held(map, "raw"));

        IEnumerable<string> States() =>
            ((Array)Held(map, "fields")!).Cast<object>().Take(3).Select(f => f.GetType().GetField("State")!.GetValue(f)!.ToString()!);
    }
}
