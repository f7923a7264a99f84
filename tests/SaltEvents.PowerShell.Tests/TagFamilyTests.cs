using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Management.Automation;
using System.Text.Json;
using Xunit;

namespace SaltEvents.Tests;

/// <summary>The families of Salt's tags: from recorded events of a real Salt, and from their forms.</summary>
public sealed class TagFamilyTests : IDisposable
{
    private readonly Shell shell = new();
    private readonly RawBusClient wire;

    public TagFamilyTests()
    {
        shell.StartBus();
        wire = RawBusClient.To(shell.Directory);
        shell.Run("$s = New-SaltEventSession").Good();
    }

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
        wire.SendBytes(tag, 0x80);
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
        wire.Send(tag, ("data", FromJson(JsonDocument.Parse("""{"ret":{"name":"bad_one","result":false}}""").RootElement)));
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
        wire.Send("salt/auth", ("id", "web01"), ("__peer_id", "master2"));
        wire.Send("my/tag", ("syndic", "mine"), ("peer", "mine too"));
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
        var lines = File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "vectors", file + ".jsonl"))
            .Select(l => JsonDocument.Parse(l).RootElement)
            .ToArray();
        using var raw = new System.Net.Sockets.Socket(
            System.Net.Sockets.AddressFamily.Unix,
            System.Net.Sockets.SocketType.Stream,
            System.Net.Sockets.ProtocolType.Unspecified
        );
        raw.Connect(new System.Net.Sockets.UnixDomainSocketEndPoint(shell.Directory + "/master_event_pull.ipc"));
        Array.ForEach(lines, l => raw.Send(l.GetProperty("frame").GetBytesFromBase64()));
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
            Assert.InRange(((string)e.Properties["SaltEvents.Content"].Value).Length, 0, 200);
        }

        Assert.Contains(events, e => Family(e).Length > 0);
    }

    [Theory]
    [InlineData("success=true retcode=0", true)]
    [InlineData("success=true", true)]
    [InlineData("retcode=0", true)]
    [InlineData("success=false retcode=0", false)]
    [InlineData("success=true retcode=1", false)]
    [InlineData("retcode=-1", false)]
    [InlineData("", null)]
    [InlineData("success=text", null)]
    [InlineData("retcode=null", null)]
    [InlineData("retcode={a:0,b:0}", true)]
    [InlineData("retcode={a:0,b:2}", false)]
    [InlineData("retcode=[0,0]", true)]
    [InlineData("retcode=[0,1]", false)]
    [InlineData("retcode={a:0} success={a:true,b:false}", false)]
    [InlineData("retcode=[0,null] success=[true,false]", false)]
    [InlineData("retcode=[0,0] success=[true,true]", true)]
    [InlineData("success={a:true,b:true}", true)]
    [InlineData("success=[true,false]", false)]
    [InlineData("success=0 retcode=0", false)]
    [InlineData("retcode='1'", false)]
    [InlineData("retcode='0'", true)]
    [InlineData("retcode=1.0", false)]
    [InlineData("retcode=0.0", true)]
    [InlineData("success=true retcode=0 fun=state.apply return={x:{result:false}}", false)]
    [InlineData("success=true retcode=0 fun=state.apply return={x:{result:true},y:{result:null}}", true)]
    [InlineData("success=true retcode=0 fun=test.ping return={x:{result:false}}", true)]
    [InlineData("success=true retcode=0 fun=state.apply return=[text]", true)]
    public void A_job_has_succeeded_where_nothing_says_no(string payload, bool? expected)
    {
        wire.Send(
            "salt/job/1/ret/web01",
            payload
                .Split(' ', StringSplitOptions.RemoveEmptyEntries)
                .Select(p => ((object?)p.Split('=')[0], (object?)Value(p[(p.IndexOf('=') + 1)..])))
                .ToArray()
        );
        Assert.Equal(expected, Receive(1)[0].Properties["Succeeded"].Value);
    }

    /// <summary>
    /// What a function returned, and what Salt's check_result says of it. S is a state that has succeeded, F one that has failed.
    /// </summary>
    public static TheoryData<string, string, bool?, string> Returns => new()
    {
        { "state.apply", "{\"a_|-s_|-s_|-f\":S}", true, "" },
        { "state.apply", "{\"a_|-f_|-f_|-f\":F}", false, "f" },
        { "state.apply", "{\"a_|-f_|-f_|-f\":F,\"p_|-a_|-a_|-i\":\"VALUE_TRIMMED\"}", false, "f" },
        { "state.apply", "{\"a_|-s_|-s_|-f\":S,\"p_|-a_|-a_|-i\":\"text\"}", false, "" },
        { "state.apply", "{\"a_|-f_|-f_|-f\":F,\"retcode\":0}", false, "f" },
        { "state.highstate", "{\"a_|-f_|-f_|-f\":F,\"__extend__\":[]}", false, "f" },
        { "state.highstate", "{\"a_|-s_|-s_|-f\":S,\"__extend__\":[]}", true, "" },
        { "state.highstate", "{\"a_|-s_|-s_|-f\":S,\"__extend__\":{}}", false, "" },
        { "state.sls", "{\"a_|-s_|-s_|-f\":{\"result\":null}}", true, "" },
        { "state.sls", "{\"a_|-s_|-s_|-f\":{\"comment\":\"no result\"}}", true, "" },
        { "state.sls", "{\"a_|-s_|-s_|-f\":{}}", false, "" },
        { "state.sls", "{\"web01\":{\"a_|-s_|-s_|-f\":S,\"a_|-f_|-f_|-f\":F}}", false, "f" },
        { "state.sls", "{}", true, "" },
        { "state.low", "{\"result\":false}", false, "state.low" },
        { "state.low", "{\"result\":true}", true, "" },
        { "state.show_top", "{\"base\":[\"a\"]}", true, "" },
        { "state.show_sls", "{\"id\":{\"pkg\":[],\"__env__\":\"base\"}}", true, "" },
        { "site.deploy", "{\"a_|-f_|-f_|-f\":F}", false, "f" },
        { "site.deploy", "{\"a_|-s_|-s_|-f\":S,\"took\":5}", true, "" },
        { "site.deploy", "{\"took\":5,\"states\":{\"a_|-f_|-f_|-f\":F,\"a_|-s_|-s_|-f\":S}}", false, "f" },
        { "site.deploy", "{\"f\":F}", true, "" },
        { "site.deploy", "[{\"web01\":{\"a_|-f_|-f_|-f\":F}}]", false, "f" },
        { "site.deploy", "{\"states\":[5,{\"a_|-s_|-s_|-f\":S},{\"a_|-f_|-f_|-f\":F}]}", false, "f" },
        { "site.deploy", "[{\"a_|-s_|-s_|-f\":S}]", true, "" },
        { "test.arg", "[\"a_|-f_|-f_|-f\"]", true, "" },
        { "test.ping", "true", true, "" },
    };

    // As Salt up to 2015.5 fires it (recorded from 0.16.4).
    [Fact]
    public void A_return_under_the_bare_job_id_has_the_properties_of_a_return()
    {
        wire.Send(
            "20261128095550055979",
            ("jid", "20261128095550055979"),
            ("return", FromJson(JsonDocument.Parse("{\"cmd_|-false_|-false_|-run\":{\"result\":false,\"changes\":{}}}").RootElement)),
            ("retcode", 2),
            ("success", true),
            ("fun", "state.sls"),
            ("id", "web1")
        );
        wire.Send("20261128095550055979", ("minions", new[] { "web1" }));
        var events = Receive(2);

        Assert.Equal(
            ["Job", "20261128095550055979", "web1", "state.sls", false],
            new[] { "Family", "JobId", "MinionId", "Function", "Succeeded" }.Select(n => events[0].Properties[n].Value)
        );
        Assert.Equal("false", string.Join(',', (IEnumerable<object>)events[0].Properties["FailedStates"].Value));
        Assert.Equal(["web1"], (IEnumerable<object>)events[1].Properties["Minions"].Value);
        Assert.Null(events[1].Properties["Succeeded"].Value);
    }

    [Theory]
    [MemberData(nameof(Returns))]
    public void States_that_failed_are_a_failure_whatever_returns_them(string function, string returned, bool? succeeded, string failed)
    {
        var json = returned
            .Replace(":S", ":{\"result\":true,\"changes\":{}}", StringComparison.Ordinal)
            .Replace(":F", ":{\"result\":false,\"changes\":{}}", StringComparison.Ordinal);
        foreach (var tag in new[] { "salt/job/1/ret/web01", "salt/run/1/ret", "salt/wheel/1/ret" })
        {
            wire.Send(
                tag,
                ("fun", function),
                ("success", true),
                ("retcode", 0),
                ("return", FromJson(JsonDocument.Parse(json).RootElement))
            );
            var e = Receive(1)[0];
            Assert.Equal(succeeded, e.Properties["Succeeded"].Value);
            Assert.Equal(failed, string.Join(',', Assert.IsAssignableFrom<IEnumerable<object>>(e.Properties["FailedStates"].Value)));
        }
    }

    [Theory]
    [InlineData("{\"data\":{\"m_master\":{\"a_|-f_|-f_|-f\":F}},\"outputter\":\"highstate\",\"retcode\":0}", false)]
    [InlineData("{\"data\":{\"m_master\":{\"a_|-s_|-s_|-f\":S}},\"outputter\":\"highstate\",\"retcode\":0}", true)]
    public void An_orchestration_is_a_success_where_its_states_are(string returned, bool expected)
    {
        var json = returned
            .Replace(":S", ":{\"result\":true}", StringComparison.Ordinal)
            .Replace(":F", ":{\"result\":false}", StringComparison.Ordinal);
        wire.Send(
            "salt/run/1/ret",
            ("fun", "runner.state.orchestrate"),
            ("success", true),
            ("return", FromJson(JsonDocument.Parse(json).RootElement))
        );
        Assert.Equal(expected, Receive(1)[0].Properties["Succeeded"].Value);
    }

    [Fact]
    public void States_of_a_job_of_several_functions_count_and_states_alone_say_that_it_succeeded()
    {
        var failed = FromJson(JsonDocument.Parse("""{"test.ping":true,"state.apply":{"a_|-f_|-f_|-f":{"result":false}}}""").RootElement);
        wire.Send("salt/job/1/ret/web01", ("fun", new object?[] { "test.ping", "state.apply" }), ("success", true), ("return", failed));
        wire.Send(
            "salt/job/1/ret/web01",
            ("fun", "state.apply"),
            ("return", FromJson(JsonDocument.Parse("""{"a_|-s_|-s_|-f":{"result":true}}""").RootElement))
        );
        var events = Receive(2);
        Assert.Equal([false, true], events.Select(e => e.Properties["Succeeded"].Value));
    }

    [Fact]
    public void States_of_several_functions_count_where_the_minion_returns_them_in_their_order()
    {
        // multifunc_ordered (salt/minion.py, _thread_multi_return, 3007.8)
        wire.Send(
            "salt/job/1/ret/web01",
            ("fun", new object?[] { "test.ping", "state.apply" }),
            ("success", new object?[] { true, true }),
            ("retcode", new object?[] { 0, 0 }),
            ("return", FromJson(JsonDocument.Parse("""[true,{"a_|-f_|-f_|-f":{"result":false}}]""").RootElement))
        );
        var e = Receive(1)[0];
        Assert.Equal(false, e.Properties["Succeeded"].Value);
        Assert.Equal("f", string.Join(',', (IEnumerable<object>)e.Properties["FailedStates"].Value));
    }

    [Fact]
    public void The_failed_states_of_a_recorded_run_are_named()
    {
        var line = File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "vectors", "salt-3006-session.jsonl"))
            .First(l => l.Contains("\"tag\": \"salt/job/20261123200830367547/ret/web01\"", StringComparison.Ordinal));
        var frame = JsonDocument.Parse(line).RootElement.GetProperty("frame").GetBytesFromBase64();
        wire.SendBody(frame[(frame.AsSpan().IndexOf("salt/job/"u8))..]);
        var e = Receive(1)[0];
        Assert.Equal(false, e.Properties["Succeeded"].Value);
        shell["e"] = e;
        Assert.Equal(
            "broken_thing test.fail_with_changes broken_thing Failure! 0.651",
            shell
                .Run(
                    "foreach ($state in $e.FailedStates) { \"$state $($state.Function) $($state.Name) $($state.Comment) $($state.Duration)\" }"
                )
                .Value
        );
        Assert.Equal("Something pretended to change", shell.Run("$e.FailedStates[0].Changes.testing.new").Value);
    }

    public void Dispose()
    {
        wire.Dispose();
        shell.Dispose();
    }

    private static string Family(PSObject e) => e.TypeNames[0].Split('#') is [_, var name] ? name : string.Empty;

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

    private static object? Value(string text) => text switch
    {
        "true" => true,
        "false" => false,
        "null" => null,
        ['[', .. var items, ']'] => items.Split(',').Select(Value).ToArray(),
        ['{', .. var entries, '}'] => Map(entries),
        ['\'', .. var quoted, '\''] => quoted,
        _ => long.TryParse(text, out var number) ? number
            : double.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out var real) ? real
            : text,
    };

    private static object? FromJson(JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                var map = new Core.Events.PayloadMap();
                foreach (var property in value.EnumerateObject())
                {
                    map.Add(property.Name, FromJson(property.Value));
                }

                return map;
            case JsonValueKind.Array:
                return value.EnumerateArray().Select(FromJson).ToArray();
            case JsonValueKind.Number:
                return value.GetInt64();
            case JsonValueKind.True or JsonValueKind.False:
                return value.GetBoolean();
            default:
                return value.GetString();
        }
    }

    private static Core.Events.PayloadMap Map(string entries)
    {
        var map = new Core.Events.PayloadMap();
        foreach (var entry in entries.Split(entries.Contains('}', StringComparison.Ordinal) ? "}," : ","))
        {
            var colon = entry.IndexOf(':', StringComparison.Ordinal);
            var value = entry[(colon + 1)..];
            map.Add(entry[..colon], Value(value.StartsWith('{') && !value.EndsWith('}') ? value + "}" : value));
        }

        return map;
    }

    private PSObject[] Receive(int count) => [.. shell.Run($"Get-SaltEvent -Session $s -Count {count}").Good().Output];
}
