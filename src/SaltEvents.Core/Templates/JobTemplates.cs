using System;
using System.Collections.Generic;
using System.Linq;
using SaltEvents.Core.Events;
using static SaltEvents.Core.Templates.PayloadParts;

namespace SaltEvents.Core.Templates;

/// <summary>
/// The events of a job: fields and order as recorded from Salt 3006.16, 3006.30, 3007.8 and 3008.5. Their senders, in 3006.16: the
/// master publishes (salt/master.py, ClearFuncs._prep_pub), returns and copies of failed states (salt/utils/event.py, fire_ret_load),
/// the minion's progress and results of states (salt/state.py, State.event). <c>salt/job/.../publish</c> is of 3007 and later
/// (salt/master.py, 3007.8).
/// </summary>
internal static class JobTemplates
{
    private const string Call = "JobId Function ArgumentList User ";
    private const string Run = "MinionId JobId Function ArgumentList User FailedState SucceededState ";

    public static IReadOnlyList<EventTemplate> All { get; } =
    [
        new("JobReturn", "salt/job/{JobId}/ret/{MinionId}", Run + "Return ReturnCode", Return),
        new("JobNew", "salt/job/{JobId}/new", Call + "Minions Missing Target TargetType", New),
        new("JobPublish", "salt/job/{JobId}/publish", Call + "Minions Target TargetType", Publish),
        new("JobStart", "salt/job/{JobId}/start/{MinionId}", "MinionId JobId Function ArgumentList User", Start),
        new("JobProgress", "salt/job/{JobId}/prog/{MinionId}/{Number}", Run + "Return", Progress) { IsPerState = true },
        new(
            "JobStateError",
            "salt/job/{JobId}/sub/{MinionId}/error/{Function}",
            "MinionId JobId Function ArgumentList User FailedState ReturnCode",
            StateError
        )
        {
            IsPerState = true,
            DefaultState = StateRun.From("failing_state", succeeded: false),
        },
        new("JobError", "salt/job/{JobId}/error", Call + "Minions Target TargetType Message", Error),
        new("Job", "{JobId}", "JobId Minions", v => new PayloadMap { { "minions", Items(v.Minions) } }),
        new("StateResult", "salt/state_result/{JobId}/{MinionId}/{StateName}", Run, StateResult)
        {
            IsPerState = true,
            DefaultState = StateRun.From("good_state", succeeded: true),
        },
    ];

    private static PayloadMap Return(EventValues v)
    {
        var hasStates = v.States.Count > 0;
        var map = new PayloadMap
        {
            { "cmd", "_return" },
            { "id", v.MinionId },
            { "success", v.Code == 0 },
            { "return", v.Return ?? (hasStates ? Results(v, v.States) : true) },
            { "retcode", v.Code },
            { "jid", v.JobId },
            { "fun", v.MinionFunction },
            { "fun_args", Items(v.Arguments) },
            { "user", v.User },
        };
        if (v.MinionFunction.StartsWith("state.", StringComparison.Ordinal))
        {
            map.Add("out", "highstate");
        }

        map.Add(EventCodec.StampKey, SaltTime.FormatStamp(v.Time));
        map.Add("ts", UnixSeconds(v.Time));
        return map;
    }

    private static PayloadMap New(EventValues v) => new()
    {
        { "jid", v.JobId },
        { "tgt_type", v.TargetType },
        { "tgt", Target(v) },
        { "user", v.User },
        { "fun", v.MinionFunction },
        { "arg", Items(v.Arguments) },
        { "minions", Items(v.Minions) },
        { "missing", Items(v.Missing) },
    };

    private static PayloadMap Publish(EventValues v) => new()
    {
        { "fun", v.MinionFunction },
        { "arg", Items(v.Arguments) },
        { "tgt", Target(v) },
        { "jid", v.JobId },
        { "ret", string.Empty },
        { "tgt_type", v.TargetType },
        { "user", v.User },
    };

    // Of Salt 3008 with "salt --start-event" (saltstack/salt pull request 69013). No recording of one is at hand: these fields, those of
    // the job, are not checked. The tag is that of the pull request.
    private static PayloadMap Start(EventValues v) => new()
    {
        { "id", v.MinionId },
        { "jid", v.JobId },
        { "fun", v.MinionFunction },
        { "fun_args", Items(v.Arguments) },
        { "user", v.User },
    };

    // A generator function gives its values one by one (salt/minion.py, Minion._thread_return, 3006.10).
    private static PayloadMap Progress(EventValues v)
    {
        var data = v.States.Count > 0
            ? new PayloadMap { { "ret", State(v) }, { "len", (long)v.StateCount } }
            : new PayloadMap { { "return", v.Return ?? true } };
        var map = FromMinion(v, $"salt/job/{v.JobId}/prog/{v.MinionId}/{v.StateNumber}", data);
        map.Add("jid", v.JobId);
        map.Add("ts", UnixSeconds(v.Time));
        return map;
    }

    // The master adds to the state what it knows of the job (salt/utils/event.py, fire_ret_load, 3006.10).
    private static PayloadMap StateError(EventValues v)
    {
        var state = v.States[0];
        var map = State(v);
        map.Add("retcode", v.Code);
        map.Add(EventCodec.StampKey, SaltTime.FormatStamp(v.Time));
        map.Add("jid", v.JobId);
        map.Add("id", v.MinionId);
        map.Add("success", false);
        map.Add("return", $"Error: {state.Module}.{state.Function}");
        map.Add("fun", v.MinionFunction);
        map.Add("user", v.User);
        return map;
    }

    // The request of the client, less the key or token that it holds, and why it was refused (salt/client/__init__.py,
    // _prep_pub, and salt/master.py, ClearFuncs.publish, 3006.16).
    private static PayloadMap Error(EventValues v)
    {
        var map = new PayloadMap
        {
            { "cmd", "publish" },
            { "tgt", Target(v) },
            { "fun", v.MinionFunction },
            { "arg", Items(v.Arguments) },
            { "tgt_type", v.TargetType },
            { "ret", string.Empty },
            { "jid", v.JobId },
            { "user", v.User },
        };
        map.Add("error", new PayloadMap { { "name", "AuthorizationError" }, { "message", v.Message ?? "Authorization error occurred." } });
        return map;
    }

    private static PayloadMap StateResult(EventValues v)
    {
        var map = FromMinion(v, $"salt/state_result/{v.JobId}/{v.MinionId}/{v.States[0].Name}", new PayloadMap { { "ret", State(v) } });
        map.Add("ts", UnixSeconds(v.Time));
        return map;
    }

    private static PayloadMap State(EventValues v) => v.States[0].ToPayload(v.Sls, v.StateNumber, v.Time);

    private static object Target(EventValues v) =>
        v.TargetType == "list" ? Items(v.Target is { } list ? list.Split(',').Select(id => id.Trim()) : v.Minions)
        : v.Target ?? (v.Minions.Count == 1 ? v.Minions[0] : "*");

    // The state events' own order, with the tag before the data.
    private static PayloadMap FromMinion(EventValues v, string tag, PayloadMap data) => new()
    {
        { "id", v.MinionId },
        { "tag", tag },
        { "data", data },
        { "cmd", "_minion_event" },
    };
}
