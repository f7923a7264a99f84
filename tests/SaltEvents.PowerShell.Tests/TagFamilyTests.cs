using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Text.Json;
using Xunit;

namespace SaltEvents.Tests;

/// <summary>The families of Salt's tags: from recorded events of a real Salt, and from their forms.</summary>
public sealed class TagFamilyTests : TagFamilyTestBase
{
    public static TheoryData<string> Files => ["salt-3006-master", "salt-3006-minion", "salt-3006-session"];

    /// <summary>A tag, its family, and the properties that come from the tag.</summary>
    public static TheoryData<string, string, string> Tags => new()
    {
        { "salt/job/20260101000000000000/ret/web01", "JobReturn", "JobId=20260101000000000000 MinionId=web01" },
        { "salt/job/20260101000000000000/new", "JobNew", "JobId=20260101000000000000" },
        { "salt/job/1/publish", "JobPublish", "JobId=1" },
        { "salt/job/1/start/web01", "JobStart", "JobId=1 MinionId=web01" },
        { "salt/job/1/prog/web01/3", "JobProgress", "JobId=1 MinionId=web01 Number=3" },
        { "salt/job/1/sub/web01/error/state.sls", "JobStateError", "JobId=1 MinionId=web01 Function=state.sls" },
        { "salt/job/1/error", "JobError", "JobId=1" },
        { "20260101000000000000", "Job", "JobId=20260101000000000000" },
        { "20260101000000000000_4711", "Job", "JobId=20260101000000000000_4711" },
        { "2026010100000000000", "", "" },
        { "20260101000000000000x", "", "" },
        { "salt/state_result/1/web01/a/b c", "StateResult", "JobId=1 MinionId=web01 StateName=a/b c" },
        { "salt/auth", "Auth", "" },
        { "salt/auth/creds", "AuthCredentials", "" },
        { "salt/key", "Key", "" },
        { "key", "KeyRotation", "" },
        { "salt/minion/web01/start", "MinionStart", "MinionId=web01" },
        { "minion_start", "MinionStart", "" },
        { "minion/refresh/web01", "MinionRefresh", "MinionId=web01" },
        { "salt/syndic/s1/start", "SyndicStart", "MinionId=s1" },
        { "salt/presence/present", "Presence", "" },
        { "salt/presence/change", "PresenceChange", "" },
        { "salt/run/1/new", "RunnerNew", "JobId=1" },
        { "salt/run/1/ret", "RunnerReturn", "JobId=1" },
        { "salt/run/1/args", "RunnerArguments", "JobId=1" },
        { "salt/run/1/progress", "RunnerProgress", "JobId=1" },
        { "salt/wheel/1/new", "WheelNew", "JobId=1" },
        { "salt/wheel/1/ret", "WheelReturn", "JobId=1" },
        { "salt/beacon/web01/load/", "Beacon", "MinionId=web01 Beacon=load Detail=" },
        { "salt/beacon/web01/inotify//etc/x", "Beacon", "MinionId=web01 Beacon=inotify Detail=/etc/x" },
        { "salt/beacon/web01/load", "Beacon", "MinionId=web01 Beacon=load" },
        { "salt/cloud/vm1/created", "Cloud", "Name=vm1 Step=created" },
        { "salt/cloud/vm1/a/b", "Cloud", "Name=vm1 Step=a/b" },
        { "salt/fileserver/gitfs/update", "FileServerUpdate", "Backend=gitfs" },
        { "salt/stats/worker", "Stats", "Worker=worker" },
        { "salt/netapi/hook/deploy/web", "Webhook", "Path=deploy/web" },
        { "salt/engines/hook/deploy", "Webhook", "Path=deploy" },
        { "_salt_error", "MinionError", "" },
        { "fire_master", "FireMaster", "" },
        { "salt/job/1/ret/web01/more", "", "" },
        { "Salt/auth", "", "" },
        { "salt", "", "" },
        { "/", "", "" },
        { "my/tag", "", "" },
    };

    [Theory]
    [MemberData(nameof(Tags))]
    public void The_tag_decides_the_family(string tag, string family, string properties)
    {
        Wire.SendBytes(tag, 0x80);
        var e = Receive(1)[0];
        Assert.Equal(family, Family(e));
        foreach (
            var (name, value) in properties.Split(' ', StringSplitOptions.RemoveEmptyEntries).Aggregate(new List<(string, string)>(), Pair)
        )
        {
            Assert.Equal(value, e.Properties[name].Value);
        }

        // Nothing more than the tag is needed for any of them.
        Assert.All(e.Properties.ToArray(), p => _ = p.Value);
    }

    [Theory]
    [InlineData("syndic/s1/salt/job/20261127154859183484/prog/web01/1", "JobProgress", "s1", "web01")]
    [InlineData("syndic/s1/salt/presence/present", "Presence", "s1", null)]
    [InlineData("syndic/s1/20261127154859183484", "Job", "s1", null)]
    [InlineData("syndic/s1/syndic/s2/salt/job/1/ret/web01", "JobReturn", "s1", "web01")]
    [InlineData("syndic/s1/salt/beacon/web01/inotify//etc/x", "Beacon", "s1", "web01")]
    [InlineData("syndic/s1/my/tag", "", "s1", null)]
    [InlineData("syndic/s1/", "", null, null)]
    [InlineData("syndic/s1", "", null, null)]
    [InlineData("syndic//x", "", null, null)]
    [InlineData("salt/job/1/ret/web01", "JobReturn", null, "web01")]
    public void A_copy_through_a_syndic_is_of_the_family_of_its_own_tag(string tag, string family, string? syndic, string? minion)
    {
        Wire.Send(tag, ("data", FromJson(JsonDocument.Parse("""{"ret":{"name":"bad_one","result":false}}""").RootElement)));
        var e = Receive(1)[0];
        Assert.Equal(family, Family(e));
        Assert.Equal(tag, e.Properties["Tag"].Value);
        Assert.Equal(new object?[] { syndic, minion }, new object?[] { e.Properties["Syndic"].Value, e.Properties["MinionId"].Value });
        Assert.Equal(family == "JobProgress" ? false : null, e.Properties["Succeeded"].Value);
        Assert.Equal(syndic is not null, e.Properties.Any(p => p.Name == "Syndic"));
    }

    [Fact]
    public void An_event_of_another_master_of_the_cluster_says_which()
    {
        Wire.Send("salt/auth", ("id", "web01"), ("__peer_id", "master2"));
        Wire.Send("my/tag", ("syndic", "mine"), ("peer", "mine too"));
        var events = Receive(2);
        Assert.Equal("master2", events[0].Properties["Peer"].Value);
        Assert.Contains(events[0].Properties, p => p.Name == "Peer");
        Assert.Equal(
            new object?[] { "mine", "mine too" },
            new object?[] { events[1].Properties["Syndic"].Value, events[1].Properties["Peer"].Value }
        );
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Every_recorded_event_has_its_family_with_its_values(string file)
    {
        var lines = RawBusClient.SendRecorded(Shell.Directory, file);
        var events = Receive(lines.Length);
        foreach (var (line, e) in lines.Zip(events))
        {
            var data = line.GetProperty("data");
            Assert.Equal(line.GetProperty("tag").GetString(), e.Properties["Tag"].Value);
            foreach (var (name, field) in ExpectedFields(Family(e)))
            {
                Assert.Equal(At(data, field), Text(e.Properties[name]?.Value));
            }

            Assert.Equal(
                data.GetRawText().Contains("_stamp", StringComparison.Ordinal),
                e.Properties["Timestamp"].Value is DateTime { Kind: DateTimeKind.Utc }
            );
            Assert.InRange(((string)e.Properties["SaltEvent content"].Value).Length, 0, 200);
        }

        Assert.Contains(events, e => Family(e).Length > 0);
    }

    // A value may hold spaces: what has no "=" belongs to the one before.
    private static List<(string, string)> Pair(List<(string Name, string Value)> pairs, string part)
    {
        if (part.Contains('=', StringComparison.Ordinal))
        {
            pairs.Add((part.Split('=')[0], part.Split('=')[1]));
        }
        else
        {
            pairs[^1] = (pairs[^1].Name, pairs[^1].Value + " " + part);
        }

        return pairs;
    }

    private static (string Name, string Field)[] ExpectedFields(string family) =>
        family switch
        {
            "JobReturn" => [("JobId", "jid"), ("MinionId", "id"), ("Function", "fun"), ("ReturnCode", "retcode")],
            "JobNew" => [("JobId", "jid"), ("Function", "fun"), ("Target", "tgt"), ("TargetType", "tgt_type"), ("User", "user")],
            "JobProgress" =>
            [
                ("StateName", "data.ret.name"),
                ("Succeeded", "data.ret.result"),
                ("Comment", "data.ret.comment"),
                ("DurationMs", "data.ret.duration"),
            ],
            "JobStateError" => [("StateName", "name"), ("Comment", "comment"), ("MinionId", "id"), ("ReturnCode", "retcode")],
            "Auth" or "Key" => [("MinionId", "id"), ("Action", "act"), ("Result", "result")],
            "KeyRotation" => [("RotateAesKey", "rotate_aes_key")],
            "MinionStart" => [("MinionId", "id"), ("Message", "data")],
            "RunnerNew" or "WheelNew" => [("JobId", "jid"), ("Function", "fun"), ("User", "user")],
            "RunnerReturn" or "WheelReturn" => [("JobId", "jid"), ("Function", "fun"), ("Succeeded", "success")],
            "RunnerArguments" => [("Type", "type"), ("Name", "name"), ("Target", "tgt")],
            "Beacon" => [("MinionId", "id")],
            "MinionError" => [("MinionId", "id"), ("Message", "data.message")],
            "FireMaster" => [("MasterTag", "tag")],
            _ => [],
        };

    private static string? At(JsonElement data, string path)
    {
        foreach (var step in path.Split('.'))
        {
            if (!data.TryGetProperty(step, out data))
            {
                return null;
            }
        }

        return data.ValueKind == JsonValueKind.Null ? null : data.ToString();
    }

    private static string? Text(object? value) =>
        value is PSObject { BaseObject: var inner } ? Text(inner)
        : Convert.ToString(value, System.Globalization.CultureInfo.InvariantCulture) is { Length: > 0 } text ? text
        : null;
}
