using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json;
using Xunit;

namespace SaltEvents.Tests;

/// <summary>What an event says of the success of a job, and of the states that failed.</summary>
public sealed class TagFamilySuccessTests : TagFamilyTestBase
{
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
    [InlineData("success=true retcode=0 fun=state.apply return=[text]", false)]
    public void A_job_has_succeeded_where_nothing_says_no(string payload, bool? expected)
    {
        Wire.Send(
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
        { "state.sls", "{}", false, "" },
        { "state.sls", "[\"a recursive requisite\"]", false, "" },
        { "state.pkg", "{}", false, "" },
        { "state.run_request", "{}", true, "" },
        { "state.running", "[]", true, "" },
        { "state.show_highstate", "{}", true, "" },
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
        Wire.Send(
            "20261128095550055979",
            ("jid", "20261128095550055979"),
            ("return", FromJson(JsonDocument.Parse("{\"cmd_|-false_|-false_|-run\":{\"result\":false,\"changes\":{}}}").RootElement)),
            ("retcode", 2),
            ("success", true),
            ("fun", "state.sls"),
            ("id", "web1")
        );
        Wire.Send("20261128095550055979", ("minions", new[] { "web1" }));
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
            Wire.Send(
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
    [InlineData("{\"data\":{\"m_master\":[\"No matching sls found\"]},\"outputter\":\"highstate\",\"retcode\":1}", false)]
    [InlineData("{\"data\":{\"m_master\":{}},\"outputter\":\"highstate\",\"retcode\":1}", false)]
    public void An_orchestration_is_a_success_where_its_states_are(string returned, bool expected)
    {
        var json = returned
            .Replace(":S", ":{\"result\":true}", StringComparison.Ordinal)
            .Replace(":F", ":{\"result\":false}", StringComparison.Ordinal);
        // A minion can run one too, and does not look into what it returns.
        foreach (var (tag, function) in new[] { ("salt/run/1/ret", "runner.state.orchestrate"), ("salt/job/1/ret/web01", "state.orchestrate") })
        {
            Wire.Send(tag, ("fun", function), ("success", true), ("return", FromJson(JsonDocument.Parse(json).RootElement)));
            Assert.Equal(expected, Receive(1)[0].Properties["Succeeded"].Value);
        }
    }

    [Fact]
    public void States_of_a_job_of_several_functions_count_and_suffice_without_a_field_success()
    {
        var failed = FromJson(JsonDocument.Parse("""{"test.ping":true,"state.apply":{"a_|-f_|-f_|-f":{"result":false}}}""").RootElement);
        Wire.Send("salt/job/1/ret/web01", ("fun", new object?[] { "test.ping", "state.apply" }), ("success", true), ("return", failed));
        Wire.Send(
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
        Wire.Send(
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
        Wire.SendBody(frame[(frame.AsSpan().IndexOf("salt/job/"u8))..]);
        var e = Receive(1)[0];
        Assert.Equal(false, e.Properties["Succeeded"].Value);
        Shell["e"] = e;
        Assert.Equal(
            "broken_thing test.fail_with_changes broken_thing Failure! 0.651",
            Shell
                .Run(
                    "foreach ($state in $e.FailedStates) { \"$state $($state.Function) $($state.Name) $($state.Comment) $($state.Duration)\" }"
                )
                .Value
        );
        Assert.Equal("Something pretended to change", Shell.Run("$e.FailedStates[0].Changes.testing.new").Value);
    }

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
}
