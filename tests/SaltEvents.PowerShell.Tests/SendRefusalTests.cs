using System;
using System.Management.Automation;
using Xunit;

namespace SaltEvents.Tests;

/// <summary>What is not sent: the error names the place, nothing goes out, no secret is shown.</summary>
public sealed class SendRefusalTests : SendPayloadTestBase
{
    private const string Secret = "hunter2-in-clear";
    private const string Prelude =
        """
        $secure = [securestring]::new(); 'hunter2-in-clear'.ToCharArray().ForEach({ $secure.AppendChar($_) })
        $credential = [pscredential]::new('salt-user', $secure)
        $network = [Net.NetworkCredential]::new('salt-user', 'hunter2-in-clear')
        $cycle = @{ name = 'c' }; $cycle.inner = @{ back = $cycle }
        $ring = [Collections.ArrayList]::new(); $null = $ring.Add($ring)
        $self = [pscustomobject]@{ me = $null }; $self.me = $self
        $deep = 'bottom'; foreach ($i in 1..2000) { $deep = @{ x = $deep } }
        $many = 'leaf'; foreach ($i in 1..40) { $many = @{ a = $many; b = $many } }
        $wild = [hashtable]::new(); $wild.Add([Threading.Thread]::CurrentThread, 1)

        """;

    [Theory]
    [InlineData("$secure", "SecretInPayload", ErrorCategory.SecurityError, "The payload")]
    [InlineData("$credential", "SecretInPayload", ErrorCategory.SecurityError, "The payload")]
    [InlineData("@{ login = $credential }", "SecretInPayload", ErrorCategory.SecurityError, "login")]
    [InlineData("@{ hosts = @{ a = 1 }, @{ login = $secure } }", "SecretInPayload", ErrorCategory.SecurityError, "hosts[1].login")]
    [InlineData("[pscustomobject]@{ a = [pscustomobject]@{ b = $network } }", "SecretInPayload", ErrorCategory.SecurityError, "a.b")]
    [InlineData("$cycle", "PayloadTooDeep", ErrorCategory.InvalidData, "inner.back")]
    [InlineData("@{ list = $ring }", "PayloadTooDeep", ErrorCategory.InvalidData, "list[0]")]
    [InlineData("$self", "PayloadTooDeep", ErrorCategory.InvalidData, "me")]
    [InlineData("$many", "PayloadTooLarge", ErrorCategory.LimitsExceeded, "values")]
    [InlineData("$deep", "PayloadTooDeep", ErrorCategory.InvalidData, "levels")]
    [InlineData(
        "@{ p = [Diagnostics.Process]::GetCurrentProcess() }",
        "UnsupportedValue",
        ErrorCategory.InvalidType,
        "p is a System.Diagnostics.Process"
    )]
    [InlineData("@{ m = @{ [int]1 = 'a'; [long]1 = 'b' } }", "UnsupportedValue", ErrorCategory.InvalidType, "m has two keys that are both 1")]
    [InlineData("@{ [uint64]2 = 'a'; [byte]2 = 'b' }", "UnsupportedValue", ErrorCategory.InvalidType, "two keys that are both 2")]
    [InlineData("@{ [DayOfWeek]::Monday = 'a'; 'Monday' = 'b' }", "UnsupportedValue", ErrorCategory.InvalidType, "both Monday")]
    [InlineData("@{ \"a$([char]0xD800)\" = 1; \"a$([char]0xD801)\" = 2 }", "UnsupportedValue", ErrorCategory.InvalidType, "both a\uFFFD")]
    [InlineData(
        "[pscustomobject]@{ \"a$([char]0xD800)\" = 1; \"a`u{FFFD}\" = 2 }",
        "UnsupportedValue",
        ErrorCategory.InvalidType,
        "both a\uFFFD"
    )]
    [InlineData(
        "@{ m = [Text.Json.JsonDocument]::Parse('{\"a\":1,\"a\":2}').RootElement }",
        "UnsupportedValue",
        ErrorCategory.InvalidType,
        "m has two keys that are both a"
    )]
    [InlineData("@{ l = 1, 2, { script } }", "UnsupportedValue", ErrorCategory.InvalidType, "l[2]")]
    [InlineData("[IO.DirectoryInfo]::new('/')", "UnsupportedValue", ErrorCategory.InvalidType, "Select-Object")]
    [InlineData("@{ x = [xml]'<a/>' }", "UnsupportedValue", ErrorCategory.InvalidType, "x is a System.Xml.XmlDocument")]
    [InlineData("$wild", "UnsupportedValue", ErrorCategory.InvalidType, "key")]
    public void A_value_that_cannot_be_sent_is_one_error_and_nothing_goes_out(string value, string id, ErrorCategory category, string named)
    {
        foreach (var command in new[] { $"Send-SaltEvent my/tag ({value})", $"({value}) | Send-SaltEvent my/tag" })
        {
            if (command.StartsWith("($ring", StringComparison.Ordinal))
            {
                continue;
            }

            var error = Shell.Run(Prelude + command).Error;
            Assert.Equal(id + ",SaltEvents.Cmdlets.SendSaltEventCommand", error.FullyQualifiedErrorId);
            Assert.Equal(category, error.CategoryInfo.Category);
            Assert.Contains(named, error.ToString(), StringComparison.Ordinal);
            Assert.Contains("Nothing was sent", error.ToString(), StringComparison.Ordinal);
            Assert.DoesNotContain(
                Secret,
                error + error.CategoryInfo.ToString() + error.Exception + error.ErrorDetails,
                StringComparison.Ordinal
            );
        }

        Assert.Empty(Wire.All());
    }

    [Fact]
    public void An_event_whose_payload_is_not_a_map_is_refused()
    {
        Shell.Run("$s = New-SaltEventSession").Good();
        Wire.SendBytes("odd", 0x01);
        var error = Shell.Run("Get-SaltEvent -Session $s | Send-SaltEvent").Error;
        Assert.StartsWith("PayloadIsNoMap,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal(ErrorCategory.InvalidData, error.CategoryInfo.Category);
        Assert.Contains("odd", error.ToString(), StringComparison.Ordinal);
        Assert.Single(Wire.All());
    }
}
