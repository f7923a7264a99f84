using System;
using System.Linq;
using System.Text;
using SaltEvents.Core.Events;
using Xunit;

namespace SaltEvents.Tests;

/// <summary>What a script's values are on the bus.</summary>
public sealed class SendPayloadTests : IDisposable
{
    private readonly Shell shell = new();
    private readonly RawBusClient wire;

    public SendPayloadTests()
    {
        shell.StartBus();
        wire = RawBusClient.Listen(shell.Directory);
    }

    public static TheoryData<string, object?> Scalars =>
        new()
        {
            { "'text'", "text" },
            { "'grüße 🧂'", "grüße 🧂" },
            { "''", "" },
            { "$null", null },
            { "(& { })", null },
            { "[DBNull]::Value", null },
            { "$true", true },
            { "1", 1L },
            { "-1", -1L },
            { "[byte] 255", 255L },
            { "[sbyte] -128", -128L },
            { "[uint16] 65535", 65535L },
            { "[long]::MinValue", long.MinValue },
            { "[long]::MaxValue", long.MaxValue },
            { "[ulong]::MaxValue", ulong.MaxValue },
            { "1.5", 1.5 },
            { "[double]::NaN", double.NaN },
            { "[double]::PositiveInfinity", double.PositiveInfinity },
            { "[float] 0.5", 0.5f },
            { "1.10d", "1.10" },
            { "[decimal]::MaxValue", "79228162514264337593543950335" },
            { "[bigint]::Parse('1180591620717411303424')", "1180591620717411303424" },
            { "[guid] '0f8fad5b-d9cb-469f-a165-70867728950e'", "0f8fad5b-d9cb-469f-a165-70867728950e" },
            { "[char] 'x'", "x" },
            { "[uri] 'https://example.org/a b'", "https://example.org/a b" },
            { "[version] '1.2.3'", "1.2.3" },
            { "[ipaddress] '::1'", "::1" },
            { "[timespan]::FromMilliseconds(1500)", 1.5 },
            { "[DayOfWeek]::Friday", "Friday" },
            { "[IO.FileAttributes] 'Hidden, System'", "Hidden, System" },
            { "[switch] $true", true },
            { "[NullString]::Value", null },
            { "[semver] '7.6.9-rc.1'", "7.6.9-rc.1" },
            { "[DateOnly] '2026-11-27'", "2026-11-27" },
            { "[TimeOnly] '12:00'", "12:00:00" },
            { "[TimeOnly]::new(1, 2, 3, 4)", "01:02:03.004" },
            { "[Half] 0.5", 0.5 },
            { "[Int128]::MinValue", "-170141183460469231731687303715884105728" },
            { "[UInt128]::MaxValue", "340282366920938463463374607431768211455" },
            { "[IntPtr] 5", 5L },
            { "[UIntPtr] 5", 5L },
            { "[ipendpoint]::new([ipaddress]::Loopback, 4510)", "127.0.0.1:4510" },
            { "[Net.NetworkInformation.PhysicalAddress]::Parse('00-11-22-33-44-55')", "001122334455" },
            { "[mailaddress] 'ops@example.org'", "ops@example.org" },
            { "[Exception]::new('it broke')", "it broke" },
            { "[Management.Automation.ErrorRecord]::new([Exception]::new('it broke'), 'id', 'NotSpecified', $null)", "it broke" },
            { "[Management.Automation.WarningRecord]::new('careful')", "careful" },
            { "[Text.StringBuilder]::new('abc')", "abc" },
            { "[Text.Rune]::new(0x1F600)", "\U0001F600" },
            { "[Net.IPNetwork]::Parse('10.0.0.0/8')", "10.0.0.0/8" },
            { "[Management.Automation.InformationRecord]::new('noted', 'script')", "noted" },
            { "[Memory[byte]]::new([byte[]](1, 2))", new byte[] { 1, 2 } },
            { "[regex] 'a+'", "a+" },
            { "[cultureinfo] 'de-DE'", "de-DE" },
            { "[TimeZoneInfo]::Utc", "UTC" },
            { "[int]", "System.Int32" },
            { "[ref] 5", 5L },
            { "[Text.Json.Nodes.JsonValue]::Create('x')", "x" },
            { "[Text.Json.Nodes.JsonNode]::Parse('18446744073709551616')", "18446744073709551616" },
            { "[Text.Json.JsonDocument]::Parse('1.5').RootElement", 1.5 },
            { "[Text.Json.JsonDocument]::Parse('null')", null },
            { "[Newtonsoft.Json.Linq.JValue]::new('x')", "x" },
            { "[Newtonsoft.Json.Linq.JValue]::CreateNull()", null },
            { "[datetime]::SpecifyKind('2026-01-02T03:04:05.123456', 'Utc')", new DateTime(2026, 1, 2, 3, 4, 5).AddTicks(1234560) },
            {
                "[datetime]::SpecifyKind('2026-01-02T03:04:05', 'Unspecified')",
                new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Local).ToUniversalTime()
            },
            { "[datetimeoffset] '2026-01-02T03:04:05+02:00'", new DateTime(2026, 1, 2, 1, 4, 5) },
            { "[SaltEvents.SaltExtension]::new(7, [byte[]](1, 2))", "7: 0102" },
            { "[SaltEvents.SaltConstant]::new('PASS', @{ a = 1 })", "PASS: SaltEvents.Core.Events.PayloadMap" },
        };

    [Theory]
    [MemberData(nameof(Scalars))]
    public void A_value_has_one_form(string script, object? expected)
    {
        // In a map, alone and from the pipeline: the same.
        shell.Run($"Send-SaltEvent t @{{ v = {script} }}; $v = {script}; Send-SaltEvent t ([pscustomobject]@{{ v = $v }})").Good();
        Assert.Equal([expected, expected], new[] { Plain(wire.NextPayload()["v"]), Plain(wire.NextPayload()["v"]) });
    }

    [Fact]
    public void A_local_time_and_one_of_no_kind_are_sent_as_UTC_and_come_back_so()
    {
        var none = shell
            .Run(
                "$s = New-SaltEventSession; Send-SaltEvent t @{ v = [datetime] '2026-07-01T12:00:00'; l = ,[datetime] '2026-07-01T12:00:00' }; (Get-SaltEvent -Session $s).Data"
            )
            .Single;
        wire.Next();
        foreach (var back in new[] { (DateTime)none.v, (DateTime)none.l[0] })
        {
            Assert.Equal(DateTimeKind.Utc, back.Kind);
            Assert.Equal(new DateTime(2026, 7, 1, 12, 0, 0, DateTimeKind.Local).ToUniversalTime(), back);
        }

        var local = new DateTime(2026, 7, 2, 3, 4, 5, DateTimeKind.Local);
        shell["time"] = local;
        shell.Run("Send-SaltEvent t @{ v = $time }").Good();
        Assert.Equal(local.ToUniversalTime(), wire.NextPayload()["v"]);
    }

    [Fact]
    public void Bytes_are_binary_and_not_numbers()
    {
        shell
            .Run("Send-SaltEvent t @{ v = [byte[]](0, 255) }; ,[byte[]](1, 2) | Send-SaltEvent t; Send-SaltEvent t ([byte[]](3, 4))")
            .Good();
        Assert.Equal(new byte[] { 0, 255 }, wire.NextPayload()["v"]);
        Assert.Equal(new byte[] { 1, 2 }, wire.NextPayload()["data"]);
        Assert.Equal(new byte[] { 3, 4 }, wire.NextPayload()["data"]);
    }

    [Fact]
    public void Lists_of_any_kind_are_arrays()
    {
        shell
            .Run(
                """
                $list = [Collections.Generic.List[object]]::new(); $list.Add(1); $list.Add(@{ x = 2 })
                Send-SaltEvent t ([ordered]@{ a = @(); b = ,1; c = $list; d = 1, (2, (3, $null)); e = [Collections.ArrayList](1, 2); f = 'ab'.ToCharArray(); g = [Collections.Generic.Queue[int]]::new([int[]](5, 6)) })
                """
            )
            .Good();
        var sent = wire.NextPayload();
        Assert.Empty((object?[])sent["a"]!);
        Assert.Equal([1L], (object?[])sent["b"]!);
        Assert.Equal(2L, ((PayloadMap)((object?[])sent["c"]!)[1]!)["x"]);
        Assert.Equal([3L, null], (object?[])((object?[])((object?[])sent["d"]!)[1]!)[1]!);
        Assert.Equal([1L, 2L], (object?[])sent["e"]!);
        Assert.Equal(["a", "b"], (object?[])sent["f"]!);
        Assert.Equal([5L, 6L], (object?[])sent["g"]!);
    }

    /// <summary>Collections of every kind, and what each is as JSON.</summary>
    public static TheoryData<string, string> Collections =>
        new()
        {
            {
                "$n = [Collections.Specialized.NameValueCollection]::new(); $n.Add('a', '1'); $n.Add('b', '2'); $n.Add('b', '3'); ,$n",
                """{"a":"1","b":["2","3"]}"""
            },
            { ",[Web.HttpUtility]::ParseQueryString('x=1&y=2')", """{"x":"1","y":"2"}""" },
            { "$d = [Collections.Specialized.StringDictionary]::new(); $d.Add('a', 'x'); ,$d", """{"a":"x"}""" },
            {
                "$e = [Dynamic.ExpandoObject]::new(); ([Collections.Generic.IDictionary[string, object]] $e).Add('a', 1); ,$e",
                """{"a":1}"""
            },
            { "$h = [Net.Http.HttpRequestMessage]::new().Headers; $h.Add('X-A', 'b'); ,$h", """{"X-A":["b"]}""" },
            { ",[sbyte[]](-1, 2)", "[-1,2]" },
            { ",[Reflection.Metadata.PrimitiveTypeCode[]]('Char', 'Boolean')", """["Char","Boolean"]""" }, // an enum of bytes
            { "$t = [Array]::CreateInstance([int], 2, 3); $t[1, 2] = 7; ,$t", "[[0,0,0],[0,0,7]]" },
            { ",[Array]::CreateInstance([int], 1, 2, 2)", "[[[0,0],[0,0]]]" },
            { ",[Array]::CreateInstance([int], 0, 2)", "[]" },
            { ",@(@(1, 2), @(3))", "[[1,2],[3]]" },
            { "[Tuple]::Create(1, 'a')", """[1,"a"]""" },
            { "[ValueTuple[int,string]]::new(1, 'a')", """[1,"a"]""" },
            { ",[Collections.Generic.Stack[int]]::new([int[]](1, 2))", "[2,1]" },
            { ",[Collections.Generic.HashSet[string]]::new([string[]]'a')", """["a"]""" },
            { ",[Collections.Concurrent.ConcurrentBag[int]]::new([int[]]1)", "[1]" },
            { ",[Linq.Enumerable]::Range(1, 3)", "[1,2,3]" },
            { ",[Text.Json.Nodes.JsonNode]::Parse('{}')", "{}" },
            { ",[Text.Json.Nodes.JsonNode]::Parse('[]')", "[]" },
            { ",[Text.Json.Nodes.JsonNode]::Parse('{\"a\":[1,null,true,\"x\",{\"b\":1.5}]}')", """{"a":[1,null,true,"x",{"b":1.5}]}""" },
            { "[Text.Json.JsonDocument]::Parse('{\"a\":[1,null,true,\"x\",{\"b\":1.5}]}')", """{"a":[1,null,true,"x",{"b":1.5}]}""" },
            { ",[Newtonsoft.Json.Linq.JObject]::Parse('{\"a\":[1,null,true,\"x\",{}]}')", """{"a":[1,null,true,"x",{}]}""" },
            { ",[Newtonsoft.Json.Linq.JArray]::Parse('[]')", "[]" },
            {
                "class Base { $a = 1 }; class Derived : Base { $b = 'x'; hidden $c = 3; static $d = 4; [Base] $inner }; $o = [Derived]::new(); $o.inner = [Base]::new(); $o",
                """{"b":"x","inner":{"a":1},"a":1}"""
            },
            {
                "[Management.Automation.PSSerializer]::Deserialize([Management.Automation.PSSerializer]::Serialize([pscustomobject]@{ a = 1 }))",
                """{"a":1}"""
            },
        };

    [Theory]
    [MemberData(nameof(Collections))]
    public void A_collection_keeps_its_shape(string script, string expected)
    {
        shell.Run($"$v = & {{ {script} }}; Send-SaltEvent t @{{ v = $v }}").Good();
        Assert.Equal(expected, System.Text.Json.JsonSerializer.Serialize(Shape(wire.NextPayload()["v"])));
    }

    [Theory]
    [InlineData("[ArraySegment[byte]]::new([byte[]](1, 2, 3), 1, 2)", new byte[] { 2, 3 })]
    [InlineData("[Memory[byte]]::new([byte[]](1, 2, 3), 1, 2)", new byte[] { 2, 3 })]
    public void A_part_of_an_array_of_bytes_is_bytes(string script, byte[] expected)
    {
        shell.Run($"$v = @{{ v = {script} }}; Send-SaltEvent t $v").Good();
        Assert.Equal(expected, wire.NextPayload()["v"]);
    }

    [Theory]
    [InlineData("[scriptblock]::Create('1')")]
    [InlineData("[IO.MemoryStream]::new()")]
    [InlineData("[Lazy[int]]::new()")]
    [InlineData("[Numerics.Complex]::One")]
    [InlineData("[Data.DataTable]::new()")]
    [InlineData("([Linq.Enumerable]::ToLookup([string[]]'a', [Func[string, string]] { $args[0] }))")]
    [InlineData("(1, 2).GetEnumerator()")]
    [InlineData("[Text.Json.JsonElement]::new()")]
    [InlineData("[IO.FileInfo]::new('/x')")]
    public void A_value_that_would_lose_a_part_is_an_error_that_names_its_place(string script)
    {
        var error = shell.Run($"$v = [ordered]@{{ v = 1, $null }}; $v.v[1] = {script}; Send-SaltEvent t $v").Error;
        Assert.StartsWith("UnsupportedValue,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("v[1]", error.ToString(), StringComparison.Ordinal);
        Assert.Empty(wire.All());
    }

    [Fact]
    public void A_list_that_throws_while_it_is_read_is_an_error_that_names_its_place()
    {
        var error = shell
            .Run(
                "$l = [Linq.Enumerable]::Select([int[]](1, 2), [Func[int, int]] { param($x) throw 'no more' }); Send-SaltEvent t @{ a = @{ b = $l } }"
            )
            .Error;
        Assert.StartsWith("UnsupportedValue,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("a.b cannot be read", error.ToString(), StringComparison.Ordinal);
        Assert.Empty(wire.All());
    }

    [Fact]
    public void A_property_that_cannot_be_read_is_left_out_with_a_warning()
    {
        var result = shell.Run("""
            $o = [pscustomobject]@{ a = 1 }
            $o.psobject.Properties.Add([Management.Automation.PSScriptProperty]::new('bad', { throw 'no disk' }))
            Send-SaltEvent t ([ordered]@{ inner = $o; z = 2 })
            """).Good();
        Assert.Equal("""{"a":1}""", System.Text.Json.JsonSerializer.Serialize(Shape(wire.NextPayload()["inner"])));
        var warning = Assert.Single(result.Warnings);
        Assert.Contains("inner.bad", warning, StringComparison.Ordinal);
        Assert.Contains("no disk", warning, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[ordered]@{ z = 1; a = 2; m = 3; Z2 = 4 }")]
    [InlineData("[pscustomobject]@{ z = 1; a = 2; m = 3; Z2 = 4 }")]
    [InlineData("$d = [Collections.Specialized.OrderedDictionary]::new(); $d.z = 1; $d.a = 2; $d.m = 3; $d.Z2 = 4; $d")]
    public void The_order_of_names_is_kept(string script)
    {
        shell.Run($"$(& {{ {script} }}) | Send-SaltEvent t").Good();
        Assert.Equal(["z", "a", "m", "Z2", "_stamp"], wire.NextPayload().Select(e => (string)e.Key!));
    }

    [Fact]
    public void A_dictionary_keeps_the_types_of_its_keys_and_their_case()
    {
        shell
            .Run(
                "$d = [Collections.Specialized.OrderedDictionary]::new([StringComparer]::Ordinal); $d.Add('id', 1); $d.Add('ID', 2); $d.Add(1, 3); $d.Add('1', 4); $d.Add($true, 5); $d.Add('', 6); Send-SaltEvent t $d"
            )
            .Good();
        Assert.Equal(["id", "ID", 1L, "1", true, "", "_stamp"], wire.NextPayload().Select(e => e.Key));
    }

    [Fact]
    public void Properties_added_to_an_object_are_sent_and_those_of_a_text_are_not()
    {
        shell.Run("""
            $o = [pscustomobject]@{ a = 1 }
            $o.psobject.Properties.Add([Management.Automation.PSNoteProperty]::new('b', 2))
            $o.psobject.Properties.Add([Management.Automation.PSScriptProperty]::new('c', { 3 }))
            $text = [psobject]::new('words'); $text.psobject.Properties.Add([Management.Automation.PSNoteProperty]::new('ReadCount', 7))
            $o.psobject.Properties.Add([Management.Automation.PSNoteProperty]::new('d', $text))
            Send-SaltEvent t $o
            """).Good();
        var sent = wire.NextPayload();
        Assert.Equal([1L, 2L, 3L, "words"], new[] { sent["a"], sent["b"], sent["c"], sent["d"] });
        Assert.Equal(5, sent.Count);
    }

    [Fact]
    public void The_payload_of_the_caller_is_not_changed()
    {
        shell.Run("$h = @{ a = 1; _stamp = 'mine' }; Send-SaltEvent t $h").Good();
        Assert.Equal(2L, Convert.ToInt64(shell.Run("$h.Count").Value, System.Globalization.CultureInfo.InvariantCulture));
        Assert.Equal("mine", shell.Run("$h._stamp").Value);
        Assert.NotEqual("mine", wire.NextPayload()["_stamp"]);
    }

    [Fact]
    public void A_stamp_is_set_unless_it_is_to_be_kept()
    {
        shell.Run("Send-SaltEvent t @{ _stamp = 'mine' } -KeepTimestamp; Send-SaltEvent t @{ a = 1 } -KeepTimestamp").Good();
        Assert.Equal("mine", wire.NextPayload()["_stamp"]);
        Assert.NotNull(wire.Next().GetTimestamp());
    }

    [Fact]
    public void An_event_inside_a_payload_is_its_payload()
    {
        shell.Run("$e = Send-SaltEvent first ([ordered]@{ id = 1 }) -PassThru; Send-SaltEvent second @{ cause = $e }").Good();
        wire.Next();
        Assert.Equal(1L, ((PayloadMap)wire.NextPayload()["cause"]!)["id"]);
    }

    [Fact]
    public void What_is_shared_and_no_cycle_is_sent_twice()
    {
        shell.Run("$x = @{ a = 1 }; Send-SaltEvent t @{ l = $x, $x; m = $x }").Good();
        Assert.Equal(2, ((object?[])wire.NextPayload()["l"]!).Length);
    }

    [Fact]
    public void The_deepest_payload_that_is_allowed_comes_back()
    {
        shell.Run("$x = 'bottom'; foreach ($i in 1..100) { $x = @{ x = $x } }; Send-SaltEvent t $x; $s = $null").Good();
        object? at = wire.NextPayload();
        for (var depth = 0; depth < 100; depth++)
        {
            at = ((PayloadMap)at!)["x"];
        }

        Assert.Equal("bottom", at);
    }

    [Fact]
    public void A_text_that_is_too_large_is_trimmed_as_Salt_does()
    {
        shell.Run("Send-SaltEvent t ([ordered]@{ small = 'kept'; large = 'x' * 1100000 })").Good();
        var sent = wire.NextPayload();
        Assert.Equal(["kept", "VALUE_TRIMMED"], new[] { sent["small"], sent["large"] });
    }

    public void Dispose()
    {
        wire.Dispose();
        shell.Dispose();
    }

    private static object? Shape(object? value) => value switch
    {
        PayloadMap map => map.ToDictionary(e => (string)e.Key!, e => Shape(e.Value)),
        object?[] items => items.Select(Shape).ToArray(),
        _ => value,
    };

    private static object? Plain(object? value) => value switch
    {
        SaltConstant constant => $"{constant.Name}: {constant.Value}",
        SaltExtension extension => $"{extension.Code}: {Convert.ToHexString(extension.Data)}",
        _ => value,
    };
}
