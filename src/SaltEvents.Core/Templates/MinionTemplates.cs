using System.Collections.Generic;
using SaltEvents.Core.Events;
using static SaltEvents.Core.Templates.PayloadParts;

namespace SaltEvents.Core.Templates;

/// <summary>
/// What minions and syndics report about themselves (salt/minion.py, Minion._fire_master_minion_start and Syndic.fire_master_syndic_start,
/// 3006.16), as a master passes it on. With start_event_grains the event of a start has grains too, between tag and ts.
/// </summary>
internal static class MinionTemplates
{
    public static IReadOnlyList<EventTemplate> All { get; } =
    [
        new(
            "MinionStart",
            "salt/minion/{MinionId}/start",
            "MinionId Message",
            v => Wrapped(v, $"salt/minion/{v.MinionId}/start", v.Message ?? $"Minion {v.MinionId} started at {AscTime(v.Time)}")
        ),
        new(
            "SyndicStart",
            "salt/syndic/{MinionId}/start",
            "MinionId Message",
            v => Wrapped(v, $"salt/syndic/{v.MinionId}/start", v.Message ?? $"Syndic {v.MinionId} started at {AscTime(v.Time)}")
        ),
        new("Beacon", "salt/beacon/{MinionId}/{Name}/{Detail}", "MinionId Name Detail", Beacon)
        {
            Defaults = ("status", string.Empty),
            PlacesData = true,
        },
        new("MinionError", "_salt_error", "MinionId Message", Error),
        new("FireMaster", "fire_master", "Name", FireMaster) { Defaults = ("my/tag", string.Empty), PlacesData = true },
    ];

    // The beacon's own fields, then whose they are (salt/minion.py, handle_beacons, 3006.10).
    private static PayloadMap Beacon(EventValues v)
    {
        var map = new PayloadMap();
        foreach (var field in v.Data)
        {
            map.Add(field.Key, field.Value);
        }

        if (map["id"] is null)
        {
            map.Add("id", v.MinionId);
        }

        return map;
    }

    private static PayloadMap Error(EventValues v)
    {
        var message = v.Message ?? "The minion function caused an exception";
        return Wrapped(v, "_salt_error", new PayloadMap
        {
            { "message", message },
            { "args", new object?[] { message } },
            { EventCodec.StampKey, SaltTime.FormatStamp(v.Time) },
        });
    }

    private static PayloadMap FireMaster(EventValues v) => new()
    {
        { "tag", v.Name },
        { "data", v.Data },
        { "events", null },
        { "pretag", null },
    };
}
