using System;
using System.Collections.Generic;
using System.Linq;
using SaltEvents.Core.Events;
using static SaltEvents.Core.Templates.PayloadParts;

namespace SaltEvents.Core.Templates;

/// <summary>
/// What a master and what runs on its computer say. Keys, presence, runners and wheel are as recorded from Salt 3006.10, 3006.16,
/// 3006.30 and 3008.5; the others as in the source of 3006.16: AuthCredentials (salt/crypt.py, AsyncAuth._authenticate), progress of
/// runners (salt/runners/jobs.py), wheel (salt/wheel/__init__.py and salt/client/mixins.py, SyncClientMixin.low), cloud
/// (salt/utils/cloud.py, fire_event, and salt/cloud/clouds/ec2.py), FileServerUpdate (salt/fileserver/roots.py, update), Stats
/// (salt/master.py, MWorker._post_stats), Webhook (salt/netapi/rest_cherrypy/app.py, Webhook.POST).
/// </summary>
internal static class MasterTemplates
{
    private const string PublicKey =
        "-----BEGIN PUBLIC KEY-----\nMFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBAKj34GkxFhD90vcNLYLInFEX6Ppy1tPf\n9Cnzj4p4WGeKLs1Pt8QuKUpRKfFLfRYC9AIKjbJTWit+CqvjWYzvQwECAwEAAQ==\n-----END PUBLIC KEY-----";
    private const string Call = "JobId Function ArgumentList User ";

    public static IReadOnlyList<EventTemplate> All { get; } =
    [
        new("Auth", "salt/auth", "MinionId Action", v => Key(v, ("pub", PublicKey))),
        new("AuthCredentials", "salt/auth/creds", "Name", Credentials),
        new("Key", "salt/key", "MinionId Action", v => Key(v)),
        new("KeyRotation", "key", string.Empty, _ => new PayloadMap { { "rotate_aes_key", true } }),
        new("MinionRefresh", "minion/refresh/{MinionId}", "MinionId", v => new PayloadMap { { "Minion data cache refresh", v.MinionId } }),
        new("Presence", "salt/presence/present", "Minions", v => new PayloadMap { { "present", Items(v.Minions) } }),
        new(
            "PresenceChange",
            "salt/presence/change",
            "Joined Lost",
            v => new PayloadMap { { "new", Items(v.Joined) }, { "lost", Items(v.Lost) } }
        ),
        new("RunnerNew", "salt/run/{JobId}/new", Call, Runner),
        new("RunnerReturn", "salt/run/{JobId}/ret", Call + "FailedState SucceededState Return ReturnCode", RunnerReturn),
        new("RunnerArguments", "salt/run/{JobId}/args", "JobId Function ArgumentList Target TargetType", RunnerArguments),
        new(
            "RunnerProgress",
            "salt/run/{JobId}/progress",
            "JobId Message",
            v => new PayloadMap { { "message", v.Message ?? string.Empty } }
        ),
        new("WheelNew", "salt/wheel/{JobId}/new", "JobId Function User", Wheel),
        new("WheelReturn", "salt/wheel/{JobId}/ret", "JobId Function User Return ReturnCode", v => Returned(v, Wheel(v))),
        new("Cloud", "salt/cloud/{Name}/{Detail}", "Name Detail", Cloud) { Defaults = ("vm1", "creating") },
        new("FileServerUpdate", "salt/fileserver/{Name}/update", "Name", FileServer) { Defaults = ("roots", string.Empty) },
        new("Stats", "salt/stats/{Name}", "Name", Stats) { Defaults = ("MWorker-0", string.Empty) },
        new("Webhook", "salt/netapi/hook/{Name}", "Name Message", Webhook) { Defaults = ("deploy", string.Empty) },
    ];

    // A rejected key's event says no more (salt/channel/server.py, _auth, 3008).
    private static PayloadMap Key(EventValues v, (string Name, string Value)? more = null)
    {
        var action = v.Action ?? "accept";
        var map = new PayloadMap
        {
            { "result", action is not ("denied" or "full" or "reject") || more is null },
            { "act", action },
            { "id", v.MinionId },
        };
        if (more is { } field)
        {
            map.Add(field.Name, field.Value);
        }

        return map;
    }

    private static PayloadMap Credentials(EventValues v) => new()
    {
        { "key", new object?[] { "/etc/salt/pki/minion", v.Name is { Length: > 0 } id ? id : "minion1", "tcp://127.0.0.1:4506" } },
        { "creds", new PayloadMap { { "enc", "pub" }, { "aes", "no real key" }, { "session", "no real key" } } },
    };

    private static PayloadMap Runner(EventValues v) => new()
    {
        { "fun", Prefixed("runner.", v.Function ?? (v.States.Count > 0 ? "state.orchestrate" : "manage.up")) },
        { "jid", v.JobId },
        { "user", v.User },
        { "fun_args", Items(v.Arguments) },
        { EventCodec.StampKey, SaltTime.FormatStamp(v.Time) },
    };

    private static PayloadMap Wheel(EventValues v) => new()
    {
        { "fun", Prefixed("wheel.", v.Function ?? "key.list_all") },
        { "jid", v.JobId },
        { "tag", $"salt/wheel/{v.JobId}" },
        { "user", v.User },
        { EventCodec.StampKey, SaltTime.FormatStamp(v.Time) },
    };

    private static PayloadMap RunnerReturn(EventValues v)
    {
        if (v.States.Count == 0)
        {
            return Returned(v, Runner(v));
        }

        // An orchestration: its states are those of the master (salt/runners/state.py, orchestrate, 3006.16).
        var code = v.ReturnCode ?? (v.HasFailed ? 1 : 0);
        var orchestration = new PayloadMap
        {
            { "data", new PayloadMap { { "salt_master", Results(v, v.States.Select(Step)) } } },
            { "outputter", "highstate" },
            { "retcode", (long)code },
        };
        return Returned(v with { Return = v.Return ?? orchestration, ReturnCode = code }, Runner(v));
    }

    // A step of an orchestration of which only the id is given is the usual one: salt.state.
    private static StateRun Step(StateRun state)
    {
        if (!state.IsKindAssumed)
        {
            return state;
        }

        var assumed = StateRun.From(state.Id, state.Succeeded);
        return state with
        {
            Module = "salt",
            Function = "state",
            Name = state.Name == assumed.Name ? state.Id : state.Name,
            Comment = state.Comment != assumed.Comment ? state.Comment
                : state.Succeeded ? "States ran successfully."
                : "Run failed on minions: minion1",
        };
    }

    // The same map, fired again: its time is where it was.
    private static PayloadMap Returned(EventValues v, PayloadMap map)
    {
        map.Add("return", v.Return);
        map.Add("success", v.Code == 0);
        return map;
    }

    private static PayloadMap RunnerArguments(EventValues v) => new()
    {
        { "type", "function" },
        { "tgt", v.Target ?? "*" },
        { "name", v.MinionFunction },
        {
            "args", new PayloadMap
            {
                { "arg", Items(v.Arguments) },
                { "kwarg", new PayloadMap() },
                { "ret", string.Empty },
                { "timeout", null },
                { "tgt_type", v.TargetType },
                { "ssh", false },
                { "expect_minions", false },
                { "_cmd_meta", true },
            }
        },
    };

    private static PayloadMap Cloud(EventValues v) => new()
    {
        { "name", v.Name },
        { "profile", "profile1" },
        { "provider", "provider1:driver1" },
        { "driver", "provider1:driver1" },
        { "event", v.Detail == "creating" ? "starting create" : v.Detail },
    };

    private static PayloadMap FileServer(EventValues v) =>
        new()
        {
            { "changed", true },
            {
                "files",
                new PayloadMap
                {
                    { "changed", Array.Empty<object?>() },
                    { "removed", Array.Empty<object?>() },
                    { "added", Array.Empty<object?>() },
                }
            },
            { "backend", v.Name },
        };

    private static PayloadMap Stats(EventValues v) => new()
    {
        { "time", 60.5 },
        { "worker", v.Name },
        { "stats", new PayloadMap { { "_return", new PayloadMap { { "mean", 0.0025 }, { "runs", 1L } } } } },
    };

    private static PayloadMap Webhook(EventValues v) => new()
    {
        { "body", v.Message ?? string.Empty },
        { "post", new PayloadMap() },
        { "headers", new PayloadMap { { "Host", "localhost:8000" }, { "Content-Type", "application/json" } } },
    };

    private static string Prefixed(string prefix, string function) =>
        function.StartsWith(prefix, StringComparison.Ordinal) ? function : prefix + function;
}
