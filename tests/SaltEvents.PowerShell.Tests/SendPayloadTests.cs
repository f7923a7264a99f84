using System;
using SaltEvents.Core.Events;
using Xunit;

namespace SaltEvents.Tests;

/// <summary>What a script's values are on the bus.</summary>
public sealed class SendPayloadTests : SendPayloadTestBase
{
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
            { "5d", 5L },
            { "1.5d", 1.5 },
            { "0.0000001d", 0.0000001 },
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
        Shell.Run($"Send-SaltEvent t @{{ v = {script} }}; $v = {script}; Send-SaltEvent t ([pscustomobject]@{{ v = $v }})").Good();
        Assert.Equal([expected, expected], new[] { Plain(Wire.NextPayload()["v"]), Plain(Wire.NextPayload()["v"]) });
    }

    [Fact]
    public void A_local_time_and_one_of_no_kind_are_sent_as_UTC_and_come_back_so()
    {
        var none = Shell
            .Run(
                "$s = New-SaltEventSession; Send-SaltEvent t @{ v = [datetime] '2026-07-01T12:00:00'; l = ,[datetime] '2026-07-01T12:00:00' }; (Get-SaltEvent -Session $s).Data"
            )
            .Single;
        Wire.Next();
        foreach (var back in new[] { (DateTime)none.v, (DateTime)none.l[0] })
        {
            Assert.Equal(DateTimeKind.Utc, back.Kind);
            Assert.Equal(new DateTime(2026, 7, 1, 12, 0, 0, DateTimeKind.Local).ToUniversalTime(), back);
        }

        var local = new DateTime(2026, 7, 2, 3, 4, 5, DateTimeKind.Local);
        Shell["time"] = local;
        Shell.Run("Send-SaltEvent t @{ v = $time }").Good();
        Assert.Equal(local.ToUniversalTime(), Wire.NextPayload()["v"]);
    }

    [Fact]
    public void Bytes_are_binary_and_not_numbers()
    {
        Shell
            .Run("Send-SaltEvent t @{ v = [byte[]](0, 255) }; ,[byte[]](1, 2) | Send-SaltEvent t; Send-SaltEvent t ([byte[]](3, 4))")
            .Good();
        Assert.Equal(new byte[] { 0, 255 }, Wire.NextPayload()["v"]);
        Assert.Equal(new byte[] { 1, 2 }, Wire.NextPayload()["data"]);
        Assert.Equal(new byte[] { 3, 4 }, Wire.NextPayload()["data"]);
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
    public void The_payload_of_the_caller_is_not_changed()
    {
        Shell.Run("$h = @{ a = 1; _stamp = 'mine' }; Send-SaltEvent t $h").Good();
        Assert.Equal(2L, Convert.ToInt64(Shell.Run("$h.Count").Value, System.Globalization.CultureInfo.InvariantCulture));
        Assert.Equal("mine", Shell.Run("$h._stamp").Value);
        Assert.NotEqual("mine", Wire.NextPayload()["_stamp"]);
    }

    [Fact]
    public void A_stamp_is_set_unless_it_is_to_be_kept()
    {
        Shell.Run("Send-SaltEvent t @{ _stamp = 'mine' } -KeepTimestamp; Send-SaltEvent t @{ a = 1 } -KeepTimestamp").Good();
        Assert.Equal("mine", Wire.NextPayload()["_stamp"]);
        Assert.NotNull(Wire.Next().GetTimestamp());
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
        Shell.Run("$x = 'bottom'; foreach ($i in 1..100) { $x = @{ x = $x } }; Send-SaltEvent t $x; $s = $null").Good();
        object? at = Wire.NextPayload();
        for (var depth = 0; depth < 100; depth++)
        {
            at = ((PayloadMap)at!)["x"];
        }

        Assert.Equal("bottom", at);
    }

    [Fact]
    public void A_text_that_is_too_large_is_trimmed_as_Salt_does()
    {
        Shell.Run("Send-SaltEvent t ([ordered]@{ small = 'kept'; large = 'x' * 1100000 })").Good();
        var sent = Wire.NextPayload();
        Assert.Equal(["kept", "VALUE_TRIMMED"], new[] { sent["small"], sent["large"] });
    }

    private static object? Plain(object? value) => value switch
    {
        SaltConstant constant => $"{constant.Name}: {constant.Value}",
        SaltExtension extension => $"{extension.Code}: {Convert.ToHexString(extension.Data)}",
        _ => value,
    };
}
