using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.RegularExpressions;
using SaltEvents.Core.Events;
using SaltEvents.Core.Templates;
using SaltEvents.Core.Tests.Support;
using Xunit;

namespace SaltEvents.Core.Tests.Templates;

/// <summary>Events made from templates, beside those that a real Salt sent.</summary>
public sealed class EventTemplateTests
{
    private static readonly DateTime Time = new(2026, 11, 27, 10, 0, 0, 123, DateTimeKind.Utc);

    private static readonly EventValues Values = new()
    {
        Time = Time,
        JobId = "20261127100000123000",
        MinionId = "web01",
        Minions = ["web01", "db01"],
        States = [StateRun.From("web_config", succeeded: true), StateRun.From("broken_thing", succeeded: false)],
    };

    public static TheoryData<string, string> Recorded => new()
    {
        { "JobReturn", "salt/job/[0-9]+/ret/.*" },
        { "JobNew", "salt/job/[0-9]+/new" },
        { "JobProgress", "salt/job/[0-9]+/prog/.*" },
        { "JobStateError", "salt/job/[0-9]+/sub/.*" },
        { "Job", "[0-9]{20}" },
        { "Auth", "salt/auth" },
        { "Key", "salt/key" },
        { "KeyRotation", "key" },
        { "MinionRefresh", "minion/refresh/.*" },
        { "MinionStart", "salt/minion/.*/start" },
        { "Presence", "salt/presence/present" },
        { "PresenceChange", "salt/presence/change" },
        { "RunnerNew", "salt/run/[0-9]+/new" },
        { "RunnerReturn", "salt/run/[0-9]+/ret" },
        { "RunnerArguments", "salt/run/[0-9]+/args" },
        { "MinionError", "_salt_error" },
        { "FireMaster", "fire_master" },
    };

    // Salt 3006.10 sends no ts; the field came with 3006.12. A return that the schedule makes has fields of its own.
    [Theory]
    [MemberData(nameof(Recorded))]
    public void An_event_has_the_fields_of_a_recorded_one_in_their_order(string family, string tag)
    {
        var recorded = RecordedEvent
            .All.Where(e => Regex.IsMatch(e.Tag, $"^{tag}$") && Regex.IsMatch(e.Tag, "[^0-9]|^2026") && e.Data["schedule"] is null)
            .ToArray();
        Assert.NotEmpty(recorded);
        var made = Make(family, Values);
        Assert.All(made, e => Assert.Matches($"^{tag}$", e.Tag));
        Assert.All(made, e => Assert.Contains(Names(e), recorded.Select(r => string.Join(" ", r.Data.Select(f => f.Key)))));
    }

    [Fact]
    public void A_state_run_is_that_of_a_recorded_return()
    {
        var recorded = RecordedEvent.All.First(e =>
            e.Tag.Contains("/ret/web01", StringComparison.Ordinal) && e.Data["return"] is PayloadMap { Count: 4 }
        );
        var made = (PayloadMap)Make("JobReturn", Values)[0].Fields.Decode()!;
        var (theirs, ours) = ((PayloadMap)recorded.Data["return"]!, (PayloadMap)made["return"]!);
        Assert.Equal(recorded.Data["retcode"], made["retcode"]);
        Assert.Equal(recorded.Data["success"], made["success"]);
        Assert.Equal(recorded.Data["out"], made["out"]);
        Assert.Equal(((PayloadMap)theirs[0].Value!).Select(f => f.Key), ((PayloadMap)ours[0].Value!).Select(f => f.Key));
        Assert.Equal(
            ((PayloadMap)theirs[0].Value!).Select(f => f.Value?.GetType()),
            ((PayloadMap)ours[0].Value!).Select(f => f.Value?.GetType())
        );
        Assert.Equal("test_|-broken_thing_|-broken_thing_|-fail_without_changes", ours[1].Key);
    }

    [Fact]
    public void Every_template_makes_an_event_that_can_be_sent()
    {
        Assert.All(EventTemplates.All, template =>
        {
            foreach (var saltEvent in Make(template.Family, Values with { States = [] }))
            {
                EventCodec.CheckTag(saltEvent.Tag);
                Assert.DoesNotContain('{', saltEvent.Tag);
                Assert.True(saltEvent.Fields.IsMap);
                Assert.Equal(Time, saltEvent.GetTimestamp());
            }
        });
        Assert.Equal(EventTemplates.All.Count, EventTemplates.All.Select(t => t.Family).Distinct(StringComparer.OrdinalIgnoreCase).Count());
    }

    [Fact]
    public void A_job_id_is_the_time_and_never_given_twice()
    {
        Assert.Equal("20261127100000123000", JobIds.From(Time));
        var ids = Enumerable.Range(0, 10_000).Select(_ => JobIds.Next()).ToArray();
        Assert.Equal(ids.Length, ids.Distinct().Count());
        Assert.Equal(ids.Order(StringComparer.Ordinal), ids);
        Assert.All(ids, id => Assert.Equal(20, id.Length));
    }

    private static List<SaltEvent> Make(string family, EventValues values) =>
        EventTemplates.Find(family)!.Make(values).Select(body => EventCodec.Decode(body)).ToList();

    private static string Names(SaltEvent saltEvent) => string.Join(" ", saltEvent.Fields.GetNames().Where(n => n != "ts"));
}
