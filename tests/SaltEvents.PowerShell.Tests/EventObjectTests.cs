using System;
using System.Collections;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Management.Automation;
using System.Reflection;
using System.Text.RegularExpressions;
using SaltEvents.Core.Events;
using Xunit;

namespace SaltEvents.Tests;

/// <summary>An event as a script sees it.</summary>
public sealed class EventObjectTests : IDisposable
{
    private readonly Shell shell = new();
    private readonly RawBusClient wire;

    public EventObjectTests()
    {
        shell.StartBus();
        wire = RawBusClient.To(shell.Directory);
        shell.Run("$s = New-SaltEventSession").Good();
    }

    [Fact]
    public void It_has_its_own_properties_then_the_familys_then_the_payloads()
    {
        wire.Send(
            "salt/job/20260101000000000000/ret/web01",
            ("fun", "test.ping"),
            ("Return", 5),
            ("jid", "1"),
            ("MINIONID", "forged"),
            ("tag", "forged"),
            ("Data", "forged"),
            ("_stamp", "x")
        );
        var e = Receive();
        string[] names =
        [
            "Tag",
            "Timestamp",
            "Data",
            "Family",
            "JobId",
            "MinionId",
            "Function",
            "Succeeded",
            "FailedStates",
            "ReturnCode",
            "Return",
            "fun",
            "jid",
            "_stamp",
        ];
        Assert.Equal(names, e.Properties.Select(p => p.Name));
        Assert.Equal("salt/job/20260101000000000000/ret/web01", e.Properties["tag"].Value);
        Assert.IsType<PSObject>(e.Properties["DATA"].Value);
        Assert.Equal("web01", e.Properties["minionid"].Value);
        Assert.Equal("test.ping", e.Properties["FUN"].Value);
        Assert.Equal("forged", ((dynamic)e).Data.Data);
        Assert.Null(e.Properties["nothing"]);
    }

    [Fact]
    public void The_same_properties_are_there_before_and_after_Data_is_looked_at()
    {
        wire.Send(
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
        wire.Send("t", ("id", "first"), ("ID", "second"), (1, "one"), ("1", "text one"), ("", "empty"), (null, "nil"));
        var e = Receive();
        var data = (PSObject)e.Properties["Data"].Value;
        Assert.Equal(["id", "1", "_stamp"], data.Properties.Select(p => p.Name));
        Assert.Equal(["first", "one"], data.Properties.Take(2).Select(p => p.Value));
        var raw = Assert.IsAssignableFrom<IDictionary>(e.Properties["Raw"].Value);
        Assert.Equal(["id", "ID", 1L, "1", "", null, "_stamp"], raw.Keys.Cast<object?>());
        shell["e"] = e;
        Assert.Equal("second", shell.Run("$e.Raw['ID']").Value);
        Assert.Equal("one", shell.Run("$e.Raw[1]").Value);
        Assert.Equal("nil", shell.Run("$e.Raw.GetEnumerator() | Where-Object { $null -eq $_.Key } | ForEach-Object { $_.Value }").Value);
    }

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
        wire.SendBytes("t", payload);
        shell["e"] = Receive();
        shell.Run(look).Good();
        shell.Run("$e | Send-SaltEvent -KeepTimestamp; $again = Get-SaltEvent -Session $s").Good();
        var sent = (byte[])PSObject.AsPSObject(shell["again"]!).Properties["WireBody"].Value;
        // No _stamp was there, so one is added at the end: one entry more, everything before it as it was.
        Assert.Equal((byte)(payload[0] + 1), sent[3]);
        Assert.Equal(payload[1..], sent[4..(3 + payload.Length)]);
    }

    [Fact]
    public void Properties_cannot_be_set()
    {
        wire.Send("t", ("a", 1));
        shell["e"] = Receive();
        Assert.NotNull(shell.Fails("$e.a = 5"));
        Assert.NotNull(shell.Fails("$e.Tag = 'x'"));
        Assert.Equal(1L, shell.Run("$e.a").Value);
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
        wire.SendBytes("salt/job/1/ret/web01", payload);
        wire.SendBytes("odd/other", payload);
        wire.Send("after");
        var result = shell
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
    public void What_is_not_msgpack_shows_as_bytes()
    {
        wire.SendBytes("t", 0xC1, 2, 3);
        Assert.Equal(new byte[] { 0xC1, 2, 3 }, Receive().Properties["Data"].Value);
    }

    [Fact]
    public void A_payload_that_is_not_a_map_is_the_value()
    {
        wire.SendBytes("t", 0x92, 1, 0xA1, (byte)'x');
        Assert.Equal([1L, "x"], (object[])Receive().Properties["Data"].Value);
        wire.SendBytes("t", 0xC0);
        Assert.Null(Receive().Properties["Data"].Value);
        wire.SendBytes("t", 0xA2, (byte)'h', (byte)'i');
        Assert.Equal("hi", Receive().Properties["Data"].Value);
    }

    [Fact]
    public void Values_have_the_types_of_NET()
    {
        wire.Send(
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
    public void Type_names_start_with_the_family()
    {
        wire.Send("salt/auth");
        Assert.Equal(["SaltEvents.SaltEvent#Auth", "SaltEvents.SaltEvent", "System.Object"], Receive().TypeNames);
        wire.Send("my/tag");
        Assert.Equal(["SaltEvents.SaltEvent", "System.Object"], Receive().TypeNames);
    }

    [Fact]
    public void Of_a_key_that_occurs_twice_the_last_value_counts()
    {
        var payload = Map(
            ("fun", "first"),
            ("n", 1),
            ("fun", "last"),
            ("in", Map(("x", 1), ("x", 2))),
            ("_stamp", "2026-01-01T00:00:00"),
            ("_stamp", "2027-01-01T00:00:00")
        );
        wire.SendBody(EventCodec.Encode("salt/job/1/ret/web01", payload, stamp: null));
        shell["e"] = Receive();
        Assert.Equal("last last last 2027", shell.Run("\"$($e.fun) $($e.Function) $($e.Data.fun) $($e.Timestamp.Year)\"").Value);
        Assert.Equal("2 2", shell.Run("\"$($e.Data.in.x) $($e.Raw['in']['x'])\"").Value);
        Assert.Equal(
            ["fun", "n", "in", "_stamp"],
            ((IDictionary)PSObject.AsPSObject(shell["e"]!).Properties["Raw"].Value).Keys.Cast<string>()
        );
    }

    [Fact]
    public void A_time_of_firing_that_is_a_date_or_bytes_is_a_timestamp()
    {
        var time = new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc);
        foreach (var stamp in new object[] { time, System.Text.Encoding.ASCII.GetBytes("2026-01-02T03:04:05") })
        {
            wire.SendBody(EventCodec.Encode("my/tag", Map(("a", 1), ("_stamp", stamp)), stamp: null));
            Assert.Equal(time, Receive().Properties["Timestamp"].Value);
        }
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
            wire.Send("my/wide", Enumerable.Range(0, keys).Select(i => ((object?)$"key{i}", (object?)$"value {i}")).ToArray());
            shell["e"] = Receive();
            return (long)shell.Run(use).Value!;
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
            wire.Send("my/wide", Enumerable.Range(0, fields).Select(i => ((object?)$"key{i}", (object?)i)).ToArray());
            shell["e"] = Receive();
            Assert.Equal(listed, shell.Run("@($e.psobject.Properties.Name -like 'key*').Count").Value);
            Assert.Equal(fields, shell.Run("@($e.Data.psobject.Properties.Name -like 'key*').Count").Value);
            Assert.Equal($"{fields - 1}", shell.Run($"\"$($e.key{fields - 1})\"").Value);
            Assert.Equal("7", shell.Run("\"$($e | ForEach-Object KEY7)\"").Value);
        }
    }

    [Fact]
    public void A_field_is_decoded_once()
    {
        wire.Send(
            "salt/job/1/ret/web01",
            ("fun", "test.ping"),
            ("return", Map(("a", Map(("b", "text"))))),
            ("list", new object?[] { "x" })
        );
        shell["e"] = Receive();
        foreach (
            var field in new[] { "$e.fun", "$e.Function", "$e.return", "$e.Return.a.b", "$e.Data", "$e.Data.list", "$e.Raw['return']['a']" }
        )
        {
            Assert.Equal(true, shell.Run($"[object]::ReferenceEquals({field}, {field})").Value);
        }

        Assert.Equal(true, shell.Run("[object]::ReferenceEquals($e.fun, $e.Data.fun)").Value);
    }

    [Fact]
    public void Nothing_is_decoded_before_it_is_asked_for()
    {
        wire.Send("salt/job/1/ret/web01", ("fun", "test.ping"), ("return", Map(("a", 1))));
        shell
            .Run("$e = Get-SaltEvent -Session $s | Where-Object Tag -Like 'salt/*'; $null = $e.JobId, $e.MinionId, $e.Family, \"$e\"")
            .Good();
        var inner = PSObject.AsPSObject(shell["e"]!).BaseObject;
        static object? Held(object? of, string field) =>
            of!.GetType().GetField(field, BindingFlags.NonPublic | BindingFlags.Instance)!.GetValue(of);
        var map = Held(inner, "root");
        Assert.Equal(["Packed", "Packed", "Packed"], States());

        shell.Run("$null = $e.fun, $e.Function, $e.Timestamp").Good();
        Assert.Null(Held(map, "data"));
        Assert.Equal(["Read", "Packed", "Read"], States());

        shell.Run("$null = $e.Data.fun").Good();
        Assert.Equal(["Read", "Packed", "Read"], States());
        Assert.Null(Held(map, "raw"));

        IEnumerable<string> States() =>
            ((Array)Held(map, "fields")!).Cast<object>().Take(3).Select(f => f.GetType().GetField("State")!.GetValue(f)!.ToString()!);
    }

    [Theory]
    [InlineData("my/tag", "")]
    [InlineData("salt/job/1/new", "JobNew")]
    [InlineData("salt/auth/creds", "AuthCredentials")]
    public void Strict_mode_can_ask_any_event_what_it_is_about(string tag, string family)
    {
        wire.SendBytes(tag, 0x80);
        shell["e"] = Receive();
        var result = shell
            .Run("Set-StrictMode -Version 3; $e.Family; $null -eq $e.MinionId; $null -eq $e.Succeeded; $null -eq $e.Function; $e.JobId")
            .Good();
        Assert.Equal([family, true, true, true, tag == "salt/job/1/new" ? "1" : null], result.Output.Select(o => o?.BaseObject));
        Assert.Equal(family, shell.Run("[SaltEvents.SaltEvent].GetProperty('Family').GetValue($e)").Value);
    }

    [Fact]
    public void A_payload_says_what_its_tag_does_not()
    {
        wire.Send("my/tag", ("minionid", "web01"), ("Family", "JobReturn"));
        shell["e"] = Receive();
        Assert.Equal("web01", shell.Run("$e.MinionId").Value);
        Assert.Equal("|JobReturn", shell.Run("\"$($e.Family)|$($e.Data.Family)\"").Value);
        Assert.Equal(
            ["Tag", "Timestamp", "Data", "Family", "JobId", "MinionId", "Function", "Succeeded", "FailedStates", "_stamp"],
            PSObject.AsPSObject(shell["e"]!).Properties.Select(p => p.Name)
        );
    }

    [Fact]
    public void Where_Object_and_pwshs_cmdlets_see_the_properties()
    {
        wire.Send("t", ("n", 1));
        wire.Send("t", ("n", 2));
        Assert.Equal(2L, shell.Run("Get-SaltEvent -Session $s -Count 2 | Where-Object n -EQ 2 | ForEach-Object n").Value);
        var child = ChildProcess.RunPwsh("""
            $b = Start-SaltEventBus; $s = New-SaltEventSession
            1, 2 | ForEach-Object { Send-SaltEvent t ([ordered]@{ n = $_; list = 1, 2 }) }
            $all = Get-SaltEvent -Session $s -Count 2
            ($all | Select-Object Tag, n | ConvertTo-Csv)[2]
            ($all | Group-Object n).Count
            ($all[1].Data | ConvertTo-Json -Compress) -replace '"_stamp":"[^"]*"', 'stamp'
            ($all[0] | Get-Member list).Name
            """).Good();
        Assert.Equal(["\"t\",\"2\"", "2", "{\"n\":2,\"list\":[1,2],stamp}", "list"], child.Lines.Where(l => l != "1"));
    }

    public void Dispose()
    {
        wire.Dispose();
        shell.Dispose();
    }

    private static PayloadMap Map(params (string Key, object? Value)[] entries)
    {
        var map = new PayloadMap();
        foreach (var (key, value) in entries)
        {
            map.Add(key, value);
        }

        return map;
    }

    private PSObject Receive() => Assert.Single(shell.Run("Get-SaltEvent -Session $s").Good().Output);

    [Fact]
    public void The_page_for_runbooks_names_what_exists_on_every_event()
    {
        var page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "en-US", "about_SaltEventRunbooks.md"));
        var named = Regex.Match(page, "^(.+) exist on every event", RegexOptions.Multiline).Groups[1].Value;
        var given = shell.Run("(New-SaltEvent my/tag).PSObject.Properties.Name").Good().Output.Select(o => o.ToString());
        Assert.Equal(
            given.Except(["Tag", "Timestamp", "Data", "_stamp"]).Order(StringComparer.Ordinal),
            named.Replace(" and ", ", ", StringComparison.Ordinal).Split(", ").Order(StringComparer.Ordinal)
        );
    }
}
