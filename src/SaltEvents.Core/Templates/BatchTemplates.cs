using System.Collections.Generic;
using System.Linq;
using SaltEvents.Core.Events;
using static SaltEvents.Core.Templates.PayloadParts;

namespace SaltEvents.Core.Templates;

/// <summary>A job that goes to a few minions at a time, as recorded from Salt 3008.5.</summary>
internal static class BatchTemplates
{
    private const string Uses = "JobId Function ArgumentList User Minions Target TargetType";

    public static IReadOnlyList<EventTemplate> All { get; } =
    [
        new("BatchNew", "salt/batch/{JobId}/new", Uses, v => Batch(v, Pending(v))),
        new("BatchProgress", "salt/batch/{JobId}/progress", Uses, v => Batch(v, active: Active(v))),
        new("BatchComplete", "salt/batch/{JobId}/complete", Uses, v => Batch(v, done: Done(v))),
        new(
            "BatchHalted",
            "salt/batch/{JobId}/halted",
            Uses + " Message",
            v => Batch(v, Pending(v), haltedReason: v.Message ?? "failhard")
        ),
    ];

    private static object?[] Pending(EventValues v) => Items(v.Minions);

    private static PayloadMap Active(EventValues v) => PerMinion(v, UnixTime(v.Time));

    private static PayloadMap Done(EventValues v) =>
        PerMinion(
            v,
            new PayloadMap
            {
                { "ret", true },
                { "retcode", 0L },
                { "jid", v.JobId },
            }
        );

    private static PayloadMap PerMinion(EventValues v, object value)
    {
        var map = new PayloadMap();
        foreach (var id in v.Minions)
        {
            map.Add(id, value);
        }

        return map;
    }

    private static PayloadMap Batch(
        EventValues v,
        object?[]? pending = null,
        PayloadMap? active = null,
        PayloadMap? done = null,
        string? haltedReason = null
    )
    {
        var head = new PayloadMap
        {
            { "jid", v.JobId },
            { "fun", v.MinionFunction },
            { "tgt", v.Target ?? "*" },
            { "tgt_type", v.TargetType },
            { "user", v.User },
            { "driver", "cli" },
        };
        head.Add(
            "state",
            new PayloadMap
            {
                { "jid", v.JobId },
                { "all_minions", Items(v.Minions) },
                { "pending", pending ?? [] },
                { "active", active ?? [] },
                { "done", done ?? [] },
                { "failed", new PayloadMap() },
                { "wait", Items([]) },
                { "batch_size", 1L },
                { "fun", v.MinionFunction },
                { "arg", Items(v.Arguments) },
                { "kwargs", new PayloadMap() },
                { "tgt", v.Target ?? "*" },
                { "tgt_type", v.TargetType },
                { "failhard", false },
                { "batch_wait", 0L },
                { "timeout", 5L },
                { "gather_job_timeout", 10L },
                { "last_progress", UnixTime(v.Time) },
                { "created", UnixTime(v.Time) },
                { "halted", haltedReason is not null },
                { "halted_reason", haltedReason },
                { "driver", "cli" },
                { "ret", string.Empty },
                { "user", v.User },
            }
        );
        return head;
    }
}
