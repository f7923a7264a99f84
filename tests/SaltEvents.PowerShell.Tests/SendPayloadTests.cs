using System;
using SaltEvents.Core.Events;
using SaltEvents.Core.Framing;
using Xunit;

namespace SaltEvents.Tests;

/// <summary>What a script's values are on the bus; tests/Pester has the usual ones.</summary>
public sealed class SendPayloadTests : SendPayloadTestBase
{
    public static TheoryData<string, object?> Scalars =>
        new()
        {
            { "$null", null },
            { "(& { })", null },
            { "[DBNull]::Value", null },
            { "1", 1L },
            { "-1", -1L },
            { "[byte] 255", 255L },
            { "[sbyte] -128", -128L },
            { "[uint16] 65535", 65535L },
            { "[long]::MaxValue", long.MaxValue },
            { "1.5", 1.5 },
            { "[double]::NaN", double.NaN },
            { "[double]::PositiveInfinity", double.PositiveInfinity },
            { "[float] 0.5", 0.5f },
            { "1.10d", "1.10" },
            { "[decimal]::MaxValue", "79228162514264337593543950335" },
            { "5d", 5L },
            { "1.5d", 1.5 },
            { "0.0000001d", 0.0000001 },
            { "0.000000000000000000000004d", 4E-24 },
            { "0.1234567890123456789d", "0.1234567890123456789" },
            { "[decimal][ulong]::MaxValue", ulong.MaxValue },
            { "[bigint]::Parse('1180591620717411303424')", "1180591620717411303424" },
            { "[bigint] 5", 5L },
            { "[bigint][long]::MinValue", long.MinValue },
            { "[bigint]::Parse('9223372036854775808')", 9223372036854775808UL },
            { "[bigint]::Parse('-9223372036854775809')", "-9223372036854775809" },
            { "[bigint]::Parse('18446744073709551616')", "18446744073709551616" },
            { "[Int128] -5", -5L },
            { "[UInt128] 5", 5L },
            { "[uri] 'https://example.org/a b'", "https://example.org/a b" },
            { "[ipaddress] '::1'", "::1" },
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
            { "[datetimeoffset] '2026-01-02T03:04:05+02:00'", new DateTime(2026, 1, 2, 1, 4, 5) },
            { "[SaltEvents.SaltExtension]::new(7, [byte[]](1, 2))", "7: 0102" },
            { "[SaltEvents.SaltConstant]::new('PASS', @{ a = 1 })", "PASS: SaltEvents.Core.Events.PayloadMap" },
        };

    [Theory]
    [MemberData(nameof(Scalars))]
    public void A_value_has_one_form(string script, object? expected)
    {
        // In a map, alone and from the pipeline: the same.
        Shell.Run($"Send-SaltEvent t @{{ v = {script} }}; $v = {script}; Send-SaltEvent t ([pscustomobject]@{{ v = $v }})").Good();
        Assert.Equal([expected, expected], new[] { Plain(Wire.NextPayload()["v"]), Plain(Wire.NextPayload()["v"]) });
    }

    [Theory]
    [InlineData("[scriptblock]::Create('1')")]
    [InlineData("[IO.MemoryStream]::new()")]
    [InlineData("[Lazy[int]]::new()")]
    [InlineData("[Numerics.Complex]::One")]
    [InlineData("([Linq.Enumerable]::ToLookup([string[]]'a', [Func[string, string]] { $args[0] }))")]
    [InlineData("(1, 2).GetEnumerator()")]
    [InlineData("[Text.Json.JsonElement]::new()")]
    [InlineData("[IO.FileInfo]::new('/x')")]
    public void A_value_that_would_lose_a_part_is_an_error_that_names_its_place(string script)
    {
        var error = Shell.Run($"$v = [ordered]@{{ v = 1, $null }}; $v.v[1] = {script}; Send-SaltEvent t $v").Error;
        Assert.StartsWith("UnsupportedValue,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("v[1]", error.ToString(), StringComparison.Ordinal);
        Assert.Empty(Wire.All());
    }

    [Fact]
    public void An_event_inside_a_payload_is_its_payload()
    {
        Shell.Run("$e = Send-SaltEvent first ([ordered]@{ id = 1 }) -PassThru; Send-SaltEvent second @{ cause = $e }").Good();
        Wire.Next();
        Assert.Equal(1L, ((PayloadMap)Wire.NextPayload()["cause"]!)["id"]);
    }

    [Fact]
    public void A_value_that_is_used_twice_without_a_cycle_is_sent_twice()
    {
        Shell.Run("$x = @{ a = 1 }; Send-SaltEvent t @{ l = $x, $x; m = $x }").Good();
        Assert.Equal(2, ((object?[])Wire.NextPayload()["l"]!).Length);
    }

    [Fact]
    public void The_deepest_payload_that_is_allowed_comes_back()
    {
        Shell.Run("$x = 'bottom'; foreach ($i in 1..512) { $x = @{ x = $x } }; Send-SaltEvent t $x").Good();
        object? at = Wire.NextPayload();
        for (var depth = 0; depth < FrameLimits.MaxPayloadDepth; depth++)
        {
            at = ((PayloadMap)at!)["x"];
        }

        Assert.Equal("bottom", at);
    }

    private static object? Plain(object? value) => value switch
    {
        SaltConstant constant => $"{constant.Name}: {constant.Value}",
        SaltExtension extension => $"{extension.Code}: {Convert.ToHexString(extension.Data)}",
        _ => value,
    };
}
