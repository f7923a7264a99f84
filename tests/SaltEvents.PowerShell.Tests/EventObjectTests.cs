using System;
using System.IO;
using System.Linq;
using System.Management.Automation;
using System.Text.RegularExpressions;
using SaltEvents.Core.Events;
using Xunit;
using static SaltEvents.Tests.PayloadExtensions;

namespace SaltEvents.Tests;

/// <summary>An event as a script sees it.</summary>
public sealed class EventObjectTests : EventTestBase
{
    [Fact]
    public void It_has_its_own_properties_then_the_familys_then_the_payloads()
    {
        Wire.Send(
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
    public void Type_names_start_with_the_family()
    {
        Wire.Send("salt/auth");
        Assert.Equal(["SaltEvents.SaltEvent#Auth", "SaltEvents.SaltEvent", "System.Object"], Receive().TypeNames);
        Wire.Send("my/tag");
        Assert.Equal(["SaltEvents.SaltEvent", "System.Object"], Receive().TypeNames);
    }

    [Fact]
    public void A_time_of_firing_that_is_a_date_or_bytes_is_a_timestamp()
    {
        var time = new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc);
        foreach (var stamp in new object[] { time, System.Text.Encoding.ASCII.GetBytes("2026-01-02T03:04:05") })
        {
            Wire.SendBody(EventCodec.Encode("my/tag", Map(("a", 1), ("_stamp", stamp)), stamp: null));
            Assert.Equal(time, Receive().Properties["Timestamp"].Value);
        }
    }

    [Theory]
    [InlineData("my/tag", "")]
    [InlineData("salt/job/1/new", "JobNew")]
    [InlineData("salt/auth/creds", "AuthCredentials")]
    public void Strict_mode_can_ask_any_event_what_it_is_about(string tag, string family)
    {
        Wire.SendBytes(tag, 0x80);
        Shell["e"] = Receive();
        var result = Shell
            .Run("Set-StrictMode -Version 3; $e.Family; $null -eq $e.MinionId; $null -eq $e.Succeeded; $null -eq $e.Function; $e.JobId")
            .Good();
        Assert.Equal([family, true, true, true, tag == "salt/job/1/new" ? "1" : null], result.Output.Select(o => o?.BaseObject));
        Assert.Equal(family, Shell.Run("[SaltEvents.SaltEvent].GetProperty('Family').GetValue($e)").Value);
    }

    [Fact]
    public void The_payload_supplies_properties_that_the_tag_lacks()
    {
        Wire.Send("my/tag", ("minionid", "web01"), ("Family", "JobReturn"));
        Shell["e"] = Receive();
        Assert.Equal("web01", Shell.Run("$e.MinionId").Value);
        Assert.Equal("|JobReturn", Shell.Run("\"$($e.Family)|$($e.Data.Family)\"").Value);
        Assert.Equal(
            ["Tag", "Timestamp", "Data", "Family", "JobId", "MinionId", "Function", "Succeeded", "FailedStates", "_stamp"],
            PSObject.AsPSObject(Shell["e"]!).Properties.Select(p => p.Name)
        );
    }

    [Fact]
    public void The_page_for_runbooks_names_what_exists_on_every_event()
    {
        var page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "en-US", "about_SaltEventRunbooks.md"));
        var named = Regex.Match(page, "^(.+) exist on every event", RegexOptions.Multiline).Groups[1].Value;
        var given = Shell.Run("(New-SaltEvent my/tag).PSObject.Properties.Name").Good().Output.Select(o => o.ToString());
        Assert.Equal(
            given.Except(["Tag", "Timestamp", "Data", "_stamp"]).Order(StringComparer.Ordinal),
            named.Replace(" and ", ", ", StringComparison.Ordinal).Split(", ").Order(StringComparer.Ordinal)
        );
    }
}
