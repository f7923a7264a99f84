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
    private readonly Wire wire;

    public SendPayloadTests()
    {
        shell.StartBus();
        wire = Wire.Listen(shell.Directory);
    }

    public static TheoryData<string, object?> Scalars => new()
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
        { "[datetime]::SpecifyKind('2026-01-02T03:04:05.123456', 'Utc')", new DateTime(2026, 1, 2, 3, 4, 5).AddTicks(1234560) },
        { "[datetime]::SpecifyKind('2026-01-02T03:04:05', 'Unspecified')", new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Local).ToUniversalTime() },
        { "[datetimeoffset] '2026-01-02T03:04:05+02:00'", new DateTime(2026, 1, 2, 1, 4, 5) },
        { "[SaltEvents.SaltExtension]::new(7, [byte[]](1, 2))", "PayloadExtension { Code = 7, Data = System.Byte[] }" },
        { "[SaltEvents.SaltConstant]::new('PASS', @{ a = 1 })", "PayloadConstant { Name = PASS, Value = SaltEvents.Core.Events.PayloadMap }" },
    };

    [Theory]
    [MemberData(nameof(Scalars))]
    public void A_value_has_one_form(string script, object? expected)
    {
        // In a map, alone and from the pipeline: the same.
        shell.Run($"Send-SaltEvent @{{ v = {script} }} t; $v = {script}; Send-SaltEvent ([pscustomobject]@{{ v = $v }}) t").Good();
        Assert.Equal([expected, expected], new[] { Plain(wire.NextPayload()["v"]), Plain(wire.NextPayload()["v"]) });
    }

    [Fact]
    public void A_local_time_is_sent_as_UTC()
    {
        var local = new DateTime(2026, 7, 2, 3, 4, 5, DateTimeKind.Local);
        shell["time"] = local;
        shell.Run("Send-SaltEvent @{ v = $time } t").Good();
        Assert.Equal(local.ToUniversalTime(), wire.NextPayload()["v"]);
    }

    [Fact]
    public void Bytes_are_binary_and_not_numbers()
    {
        shell.Run("Send-SaltEvent @{ v = [byte[]](0, 255) } t; ,[byte[]](1, 2) | Send-SaltEvent t; Send-SaltEvent ([byte[]](3, 4)) t").Good();
        Assert.Equal(new byte[] { 0, 255 }, wire.NextPayload()["v"]);
        Assert.Equal(new byte[] { 1, 2 }, wire.NextPayload()["data"]);
        Assert.Equal(new byte[] { 3, 4 }, wire.NextPayload()["data"]);
    }

    [Fact]
    public void Lists_of_any_kind_are_arrays()
    {
        shell.Run(
            """
            $list = [Collections.Generic.List[object]]::new(); $list.Add(1); $list.Add(@{ x = 2 })
            Send-SaltEvent ([ordered]@{ a = @(); b = ,1; c = $list; d = 1, (2, (3, $null)); e = [Collections.ArrayList](1, 2); f = 'ab'.ToCharArray(); g = [Collections.Generic.Queue[int]]::new([int[]](5, 6)) }) t
            """).Good();
        var sent = wire.NextPayload();
        Assert.Empty((object?[])sent["a"]!);
        Assert.Equal([1L], (object?[])sent["b"]!);
        Assert.Equal(2L, ((PayloadMap)((object?[])sent["c"]!)[1]!)["x"]);
        Assert.Equal([3L, null], (object?[])((object?[])((object?[])sent["d"]!)[1]!)[1]!);
        Assert.Equal([1L, 2L], (object?[])sent["e"]!);
        Assert.Equal(["a", "b"], (object?[])sent["f"]!);
        Assert.Equal([5L, 6L], (object?[])sent["g"]!);
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
        shell.Run("$d = [Collections.Specialized.OrderedDictionary]::new([StringComparer]::Ordinal); $d.Add('id', 1); $d.Add('ID', 2); $d.Add(1, 3); $d.Add('1', 4); $d.Add($true, 5); $d.Add('', 6); Send-SaltEvent $d t").Good();
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
            Send-SaltEvent $o t
            """).Good();
        var sent = wire.NextPayload();
        Assert.Equal([1L, 2L, 3L, "words"], new[] { sent["a"], sent["b"], sent["c"], sent["d"] });
        Assert.Equal(5, sent.Count);
    }

    [Fact]
    public void The_payload_of_the_caller_is_not_changed()
    {
        shell.Run("$h = @{ a = 1; _stamp = 'mine' }; Send-SaltEvent $h t").Good();
        Assert.Equal(2L, Convert.ToInt64(shell.Run("$h.Count").Value, System.Globalization.CultureInfo.InvariantCulture));
        Assert.Equal("mine", shell.Run("$h._stamp").Value);
        Assert.NotEqual("mine", wire.NextPayload()["_stamp"]);
    }

    [Fact]
    public void A_stamp_is_set_unless_it_is_to_be_kept()
    {
        shell.Run("Send-SaltEvent @{ _stamp = 'mine' } t -KeepTimestamp; Send-SaltEvent @{ a = 1 } t -KeepTimestamp").Good();
        Assert.Equal("mine", wire.NextPayload()["_stamp"]);
        Assert.NotNull(wire.Next().GetTimestamp());
    }

    [Fact]
    public void An_event_inside_a_payload_is_its_payload()
    {
        shell.Run("$e = Send-SaltEvent ([ordered]@{ id = 1 }) first -PassThru; Send-SaltEvent @{ cause = $e } second").Good();
        wire.Next();
        Assert.Equal(1L, ((PayloadMap)wire.NextPayload()["cause"]!)["id"]);
    }

    [Fact]
    public void What_is_shared_and_no_cycle_is_sent_twice()
    {
        shell.Run("$x = @{ a = 1 }; Send-SaltEvent @{ l = $x, $x; m = $x } t").Good();
        Assert.Equal(2, ((object?[])wire.NextPayload()["l"]!).Length);
    }

    [Fact]
    public void The_deepest_payload_that_is_allowed_comes_back()
    {
        shell.Run("$x = 'bottom'; foreach ($i in 1..100) { $x = @{ x = $x } }; Send-SaltEvent $x t; $s = $null").Good();
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
        shell.Run("Send-SaltEvent ([ordered]@{ small = 'kept'; large = 'x' * 1100000 }) t").Good();
        var sent = wire.NextPayload();
        Assert.Equal(["kept", "VALUE_TRIMMED"], new[] { sent["small"], sent["large"] });
    }

    public void Dispose()
    {
        wire.Dispose();
        shell.Dispose();
    }

    private static object? Plain(object? value) => value is PayloadConstant or PayloadExtension ? value.ToString() : value;
}
