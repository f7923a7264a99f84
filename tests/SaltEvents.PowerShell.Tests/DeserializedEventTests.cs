using System;
using System.Linq;
using System.Management.Automation;
using Xunit;

namespace SaltEvents.Tests;

/// <summary>Events that come back where no converter has made them events again.</summary>
public sealed class DeserializedEventTests : SerializationTestBase
{
    [Fact]
    public void A_deserialized_event_is_sent_with_its_own_tag_and_payload()
    {
        using var far = RawBusClient.Listen(Shell.Directory);
        Shell.Run("""
            $e = Send-SaltEvent my/tag ([ordered]@{ n = 1 }) -PassThru
            $dead = [pscustomobject]@{ Tag = $e.Tag; Timestamp = $e.Timestamp; Data = [pscustomobject]@{ n = 1 }; WireBody = $e.WireBody }
            $dead.psobject.TypeNames.Insert(0, 'Deserialized.SaltEvents.SaltEvent')
            $dead | Send-SaltEvent -KeepTimestamp
            $dead | Send-SaltEvent other/tag
            """).Good();
        var first = far.Next();
        Assert.Equal(first.Body.ToArray(), far.Next().Body.ToArray());
        Assert.Equal("other/tag", far.Next().Tag);
    }

    [Fact]
    public void An_object_that_only_claims_to_be_one_is_a_payload()
    {
        using var far = RawBusClient.Listen(Shell.Directory);
        Shell.Run("""
            foreach ($body in $null, 'text', [byte[]](1, 2, 3)) {
                $dead = [pscustomobject]@{ Tag = 'x'; WireBody = $body }
                $dead.psobject.TypeNames.Insert(0, 'Deserialized.SaltEvents.SaltEvent')
                $dead | Send-SaltEvent my/tag
            }
            """).Good();
        Assert.All(far.All(), e => Assert.Equal(("my/tag", "x"), (e.Tag, (string)e.Fields.TryGet("Tag")!)));
    }

    [Fact]
    public void A_serialized_event_is_complete_without_the_converter()
    {
        var dead = Dead("""
            Send-SaltEvent salt/job/1/ret/web01 ([ordered]@{ fun = 'state.apply'; retcode = 2; id = 'web01'; return = @{ 'a_|-b_|-c_|-d' = @{ result = $false; comment = 'no' } } }) -PassThru
            """);
        Assert.Equal(["Deserialized.SaltEvents.SaltEvent#JobReturn", "Deserialized.SaltEvents.SaltEvent"], dead.TypeNames.Take(2));
        Assert.Equal(
            [
                "Tag",
                "Timestamp",
                "Family",
                "JobId",
                "MinionId",
                "Function",
                "Succeeded",
                "FailedStates",
                "Return",
                "ReturnCode",
                "Data",
                "WireBody",
            ],
            dead.Properties.Select(p => p.Name)
        );
        Shell["dead"] = dead;
        Assert.Equal(
            "1 web01 state.apply False 2 b no no no state.apply",
            Shell
                .Run(
                    "\"$($dead.JobId) $($dead.MinionId) $($dead.Function) $($dead.Succeeded) $($dead.ReturnCode) $($dead.FailedStates) $($dead.FailedStates[0].Comment) $($dead.Return.'a_|-b_|-c_|-d'.comment) $($dead.Data.return.'a_|-b_|-c_|-d'.comment) $($dead.Data.fun)\""
                )
                .Value
        );
        Assert.Equal(DateTimeKind.Utc, ((DateTime)dead.Properties["Timestamp"].Value).Kind);

        using var far = RawBusClient.Listen(Shell.Directory);
        Shell.Run("$dead | Send-SaltEvent -KeepTimestamp").Good();
        Assert.Equal((byte[])dead.Properties["WireBody"].Value, far.Next().Body.ToArray());
    }

    [Theory]
    [InlineData("", null)]
    [InlineData("$dead.Data.n = 5", "n=5")]
    [InlineData("$dead.Data.n = 1", null)]
    [InlineData("$dead.Data.map.inner.x = 'new'", "x=new")]
    [InlineData("$dead.Data.list[1].y = 7", "y=7")]
    [InlineData("$dead.Data.bytes = [byte[]](9, 9)", "bytes=9 9")]
    [InlineData("$dead.Data.PSObject.Properties.Add([psnoteproperty]::new('extra', 1))", "extra=1")]
    [InlineData("$dead.Data.PSObject.Properties.Remove('n')", "n=")]
    public void An_edit_without_the_converter_is_sent(string edit, string? expected)
    {
        Shell["dead"] = Dead("""
            Send-SaltEvent my/tag ([ordered]@{ n = 1; big = [uint64]::MaxValue; f = [double]::NaN; s = "a`e"; d = [datetime]'2026-11-27T10:00:00Z'; none = $null; flag = $true; bytes = [byte[]](1, 2)
                list = @(1, @{ y = 2 }, @()); map = @{ inner = @{ x = 'old' } } }) -PassThru
            """);
        using var far = RawBusClient.Listen(Shell.Directory);
        Shell.Run($"{edit}; $dead | Send-SaltEvent -KeepTimestamp").Good();
        var sent = far.Next();
        if (expected is null)
        {
            Assert.Equal((byte[])((PSObject)Shell["dead"]!).Properties["WireBody"].Value, sent.Body.ToArray());
            return;
        }

        var part = expected.Split('=');
        Shell["sent"] = sent.Body.ToArray();
        Shell.Run("$again = @(Get-SaltEvent -Session $s -Count 2)[1]").Good();
        var place = part[0] switch { "x" => "map.inner.x", "y" => "list[1].y", var name => name };
        Assert.Equal(part[1], Shell.Run($"\"$($again.Data.{place})\"").Value);
        Assert.Equal(
            "old 2 27"
                .Replace("old", part[0] == "x" ? "new" : "old", StringComparison.Ordinal)
                .Replace(" 2 ", part[0] == "y" ? " 7 " : " 2 ", StringComparison.Ordinal),
            Shell.Run("\"$($again.Data.map.inner.x) $($again.Data.list[1].y) $($again.Data.d.Day)\"").Value
        );
    }

    [Fact]
    public void The_table_shows_a_deserialized_event_without_the_converter()
    {
        var dead = Dead("Send-SaltEvent my/tag @{ answer = 42 } -PassThru");
        Shell["dead"] = dead;
        foreach (var (column, expected) in new[] { ("tag", "my/tag"), ("content", "answer=42") })
        {
            Assert.Equal(expected, Shell.Run($"$dead.'SaltEvent {column}'").Value);
        }

        Assert.Matches(@"^\d\d:\d\d:\d\d\.\d{3}$", (string)Shell.Run("$dead.'SaltEvent time'").Value!);
        Assert.DoesNotContain(dead.Properties, p => p.Name.Contains(' ', StringComparison.Ordinal));
    }
}
