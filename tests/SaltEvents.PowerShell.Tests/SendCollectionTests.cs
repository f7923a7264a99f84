using System;
using System.Linq;
using SaltEvents.Core.Events;
using Xunit;

namespace SaltEvents.Tests;

/// <summary>What a script's lists, dictionaries and objects are on the bus.</summary>
public sealed class SendCollectionTests : SendPayloadTestBase
{
    [Fact]
    public void Lists_of_any_kind_are_arrays()
    {
        Shell
            .Run(
                """
                $list = [Collections.Generic.List[object]]::new(); $list.Add(1); $list.Add(@{ x = 2 })
                Send-SaltEvent t ([ordered]@{ a = @(); b = ,1; c = $list; d = 1, (2, (3, $null)); e = [Collections.ArrayList](1, 2); f = 'ab'.ToCharArray(); g = [Collections.Generic.Queue[int]]::new([int[]](5, 6)) })
                """
            )
            .Good();
        var sent = Wire.NextPayload();
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
            {
                "$t = [Data.DataTable]::new(); 'n', 's' | ForEach-Object { $null = $t.Columns.Add($_) }; $null = $t.Rows.Add('1', 'x'); $null = $t.Rows.Add('2', [DBNull]::Value); ,$t",
                """[{"n":"1","s":"x"},{"n":"2","s":null}]"""
            },
            {
                "$t = [Data.DataTable]::new(); $null = $t.Columns.Add('n'); $null = $t.Rows.Add('1'); $t.Rows[0], $t.DefaultView[0]",
                """[{"n":"1"},{"n":"1"}]"""
            },
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
        Shell.Run($"$v = & {{ {script} }}; Send-SaltEvent t @{{ v = $v }}").Good();
        Assert.Equal(expected, System.Text.Json.JsonSerializer.Serialize(Shape(Wire.NextPayload()["v"])));
    }

    [Theory]
    [InlineData("[ArraySegment[byte]]::new([byte[]](1, 2, 3), 1, 2)", new byte[] { 2, 3 })]
    [InlineData("[Memory[byte]]::new([byte[]](1, 2, 3), 1, 2)", new byte[] { 2, 3 })]
    public void A_part_of_an_array_of_bytes_is_bytes(string script, byte[] expected)
    {
        Shell.Run($"$v = @{{ v = {script} }}; Send-SaltEvent t $v").Good();
        Assert.Equal(expected, Wire.NextPayload()["v"]);
    }

    [Fact]
    public void A_list_that_throws_while_it_is_read_is_an_error_that_names_its_place()
    {
        var error = Shell
            .Run(
                "$l = [Linq.Enumerable]::Select([int[]](1, 2), [Func[int, int]] { param($x) throw 'no more' }); Send-SaltEvent t @{ a = @{ b = $l } }"
            )
            .Error;
        Assert.StartsWith("UnsupportedValue,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("a.b cannot be read", error.ToString(), StringComparison.Ordinal);
        Assert.Empty(Wire.All());
    }

    [Fact]
    public void A_property_that_cannot_be_read_is_left_out_with_a_warning()
    {
        var result = Shell.Run("""
            $o = [pscustomobject]@{ a = 1 }
            $o.psobject.Properties.Add([Management.Automation.PSScriptProperty]::new('bad', { throw 'no disk' }))
            Send-SaltEvent t ([ordered]@{ inner = $o; z = 2 })
            """).Good();
        Assert.Equal("""{"a":1}""", System.Text.Json.JsonSerializer.Serialize(Shape(Wire.NextPayload()["inner"])));
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
        Shell.Run($"$(& {{ {script} }}) | Send-SaltEvent t").Good();
        Assert.Equal(["z", "a", "m", "Z2", "_stamp"], Wire.NextPayload().Select(e => (string)e.Key!));
    }

    [Fact]
    public void A_dictionary_keeps_the_types_of_its_keys_and_their_case()
    {
        Shell
            .Run(
                "$d = [Collections.Specialized.OrderedDictionary]::new([StringComparer]::Ordinal); $d.Add('id', 1); $d.Add('ID', 2); $d.Add(1, 3); $d.Add('1', 4); $d.Add($true, 5); $d.Add('', 6); Send-SaltEvent t $d"
            )
            .Good();
        Assert.Equal(["id", "ID", 1L, "1", true, "", "_stamp"], Wire.NextPayload().Select(e => e.Key));
    }

    [Fact]
    public void Properties_added_to_an_object_are_sent_and_those_of_a_text_are_not()
    {
        Shell.Run("""
            $o = [pscustomobject]@{ a = 1 }
            $o.psobject.Properties.Add([Management.Automation.PSNoteProperty]::new('b', 2))
            $o.psobject.Properties.Add([Management.Automation.PSScriptProperty]::new('c', { 3 }))
            $text = [psobject]::new('words'); $text.psobject.Properties.Add([Management.Automation.PSNoteProperty]::new('ReadCount', 7))
            $o.psobject.Properties.Add([Management.Automation.PSNoteProperty]::new('d', $text))
            Send-SaltEvent t $o
            """).Good();
        var sent = Wire.NextPayload();
        Assert.Equal([1L, 2L, 3L, "words"], new[] { sent["a"], sent["b"], sent["c"], sent["d"] });
        Assert.Equal(5, sent.Count);
    }

    private static object? Shape(object? value) => value switch
    {
        PayloadMap map => map.ToDictionary(e => (string)e.Key!, e => Shape(e.Value)),
        object?[] items => items.Select(Shape).ToArray(),
        _ => value,
    };
}
