using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.RegularExpressions;
using static SaltEvents.Objects.FamilyProperty;

namespace SaltEvents.Objects;

/// <summary>
/// The families of Salt's events (salt/utils/event.py and the modules that fire them, 3006.10 to 3008). Any other tag belongs to no family.
/// </summary>
internal static class TagFamilies
{
    private static readonly TagFamily None = new(string.Empty, "none");
    private static readonly Regex Jid = new("^[0-9]{20}(_[0-9]+)?$", RegexOptions.CultureInvariant);

    // Masters up to 2015.5 fire each return under the bare job id: 0.16 only there, later ones first there and then as a JobReturn
    // (salt/master.py, AESFuncs._return, 0.16.4 and 0.17.5; salt/daemons/masterapi.py, 2015.5.0).
    private static readonly TagFamily OldReturn = ReturnOfMinion("Job", "{JobId}", Field("MinionId", "id"));

    private static readonly TagFamily[] All =
    [
        ReturnOfMinion("JobReturn", "salt/job/{JobId}/ret/{MinionId}"),
        new(
            "JobNew",
            "salt/job/{JobId}/new",
            Field("Function", "fun"),
            Field("Target", "tgt"),
            Field("TargetType", "tgt_type"),
            Field("User", "user"),
            Field("Minions", "minions"),
            Field("Missing", "missing")
        )
        {
            Headline = Show("Function", "Target", "User"),
        },
        new("JobPublish", "salt/job/{JobId}/publish", Field("Function", "fun"), Field("Target", "tgt"), Field("TargetType", "tgt_type"))
        {
            IsSecret = true,
        },
        new("JobStart", "salt/job/{JobId}/start/{MinionId}"),
        new(
            "JobProgress",
            "salt/job/{JobId}/prog/{MinionId}/{Number}",
            Wrapped("StateName", "ret", "name"),
            Wrapped("Succeeded", "ret", "result"),
            Wrapped("Comment", "ret", "comment"),
            Wrapped("DurationMs", "ret", "duration")
        )
        {
            Headline = Show("Succeeded", "StateName", "Comment"),
        },
        new(
            "JobStateError",
            "salt/job/{JobId}/sub/{MinionId}/error/{Function}",
            Field("StateName", "name"),
            Field("Comment", "comment"),
            Field("ReturnCode", "retcode")
        )
        {
            Headline = Show("StateName", "Comment"),
        },
        new("JobError", "salt/job/{JobId}/error", Field("Function", "fun"), Field("Error", "error"))
        {
            Headline = Show("Function", "Error"),
        },
        new("Job", "{JobId}", Jid.IsMatch, Field("Minions", "minions")) { Headline = Show("Minions"), OfReturn = OldReturn },
        new("StateResult", "salt/state_result/{JobId}/{MinionId}/{StateName+}", Wrapped("Succeeded", "ret", "result"))
        {
            Headline = Show("Succeeded", "StateName"),
        },
        new("Auth", "salt/auth", Field("MinionId", "id"), Field("Action", "act"), Field("Result", "result"))
        {
            Headline = Show("Action", "MinionId"),
        },
        new("AuthCredentials", "salt/auth/creds") { IsSecret = true },
        new("Key", "salt/key", Field("MinionId", "id"), Field("Action", "act"), Field("Result", "result"))
        {
            Headline = Show("Action", "MinionId"),
        },
        new("KeyRotation", "key", Field("RotateAesKey", "rotate_aes_key")),
        new("MinionStart", "salt/minion/{MinionId}/start", Field("Message", "data")) { Headline = Show("Message") },
        new("MinionStart", "minion_start", Field("MinionId", "id"), Field("Message", "data")) { Headline = Show("Message") },
        new("MinionRefresh", "minion/refresh/{MinionId}"),
        new("SyndicStart", "salt/syndic/{MinionId}/start", Field("Message", "data")) { Headline = Show("Message") },
        new("Presence", "salt/presence/present", Field("Minions", "present")) { Headline = Show("Minions") },
        new("PresenceChange", "salt/presence/change", Field("Joined", "new"), Field("Lost", "lost")),
        new("RunnerNew", "salt/run/{JobId}/new", Field("Function", "fun"), Field("User", "user")) { Headline = Show("Function", "User") },
        ReturnOnMaster("RunnerReturn", "salt/run/{JobId}/ret"),
        new("RunnerArguments", "salt/run/{JobId}/args", Field("Type", "type"), Field("Target", "tgt"), Field("Name", "name"))
        {
            Headline = Show("Type", "Name", "Target"),
        },
        new("RunnerProgress", "salt/run/{JobId}/progress"),
        new("WheelNew", "salt/wheel/{JobId}/new", Field("Function", "fun"), Field("User", "user")) { Headline = Show("Function", "User") },
        ReturnOnMaster("WheelReturn", "salt/wheel/{JobId}/ret"),
        new("Beacon", "salt/beacon/{MinionId}/{Beacon}/{Detail+}"),
        new("Beacon", "salt/beacon/{MinionId}/{Beacon}"),
        new("Cloud", "salt/cloud/{Name}/{Step+}", Field("Provider", "provider"), Field("Profile", "profile")),
        new("FileServerUpdate", "salt/fileserver/{Backend}/update", Field("Changed", "changed"), Field("Files", "files")),
        new("Stats", "salt/stats/{Worker}"),
        new("Webhook", "salt/netapi/hook/{Path+}", Field("Headers", "headers"), Field("Post", "post"), Field("Body", "body")),
        new("Webhook", "salt/engines/hook/{Path+}", Field("Headers", "headers"), Field("Post", "post"), Field("Body", "body")),
        new("MinionError", "_salt_error", Field("MinionId", "id"), Wrapped("Message", "message"))
        {
            Headline = Show("MinionId", "Message"),
        },
        new("FireMaster", "fire_master", Field("MasterTag", "tag")),
    ];

    /// <summary>A pattern for the tags of each family, for completion.</summary>
    public static IEnumerable<(string Pattern, string Family)> Patterns =>
        All.Where(f => f.Pattern != "*").Select(f => (f.Pattern, f.Name)).OrderBy(p => p.Pattern, StringComparer.Ordinal);

    /// <summary>The family of a tag; one without name and properties if the tag belongs to none.</summary>
    public static TagFamily Find(string tag)
    {
        foreach (var family in All)
        {
            if (family.Matches(tag))
            {
                return family;
            }
        }

        return None;
    }

    // What a minion returned; first the properties that this form does not have from its tag.
    private static TagFamily ReturnOfMinion(string name, string form, params FamilyProperty[] first) =>
        new(
            name,
            form,
            [
                .. first,
                Field("Function", "fun"),
                JobOutcome.Succeeded,
                JobOutcome.FailedStates,
                Field("ReturnCode", "retcode"),
                Field("Return", "return"),
            ]
        )
        {
            Headline = JobOutcome.Headline,
        };

    // What a runner or a wheel function returned.
    private static TagFamily ReturnOnMaster(string name, string form) =>
        new(name, form, Field("Function", "fun"), Field("User", "user"), JobOutcome.Succeeded, JobOutcome.FailedStates, Field("Return", "return"))
        {
            Headline = JobOutcome.Headline,
        };

    private static Func<SaltEvent, IEnumerable<object?>> Show(params string[] properties) =>
        e => properties.Select(name => e.TagFamily.Properties.First(p => p.Name == name).GetValue(e));
}
