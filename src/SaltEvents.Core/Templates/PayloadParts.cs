using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using SaltEvents.Core.Events;

namespace SaltEvents.Core.Templates;

/// <summary>What several templates put into payloads.</summary>
internal static class PayloadParts
{
    public static object?[] Items(IEnumerable<object?> values) => values.ToArray();

    public static long UnixSeconds(DateTime utc) => new DateTimeOffset(utc.ToUniversalTime()).ToUnixTimeSeconds();

    /// <summary>Seconds since 1970 with their fraction, as Python's time.time().</summary>
    public static double UnixTime(DateTime utc) =>
        (utc.ToUniversalTime() - new DateTime(1970, 1, 1, 0, 0, 0, DateTimeKind.Utc)).TotalSeconds;

    /// <summary>A time as Python's time.asctime() writes it.</summary>
    public static string AscTime(DateTime time) =>
        time.ToString("ddd MMM ", CultureInfo.InvariantCulture)
        + time.Day.ToString(CultureInfo.InvariantCulture).PadLeft(2)
        + time.ToString(" HH:mm:ss yyyy", CultureInfo.InvariantCulture);

    /// <summary>What a master makes of an event that a minion sends (salt/master.py, AESFuncs._minion_event, 3006.30).</summary>
    public static PayloadMap Wrapped(EventValues v, string tag, object? data) => new()
    {
        { "id", v.MinionId },
        { "cmd", "_minion_event" },
        { "pretag", null },
        { "data", data },
        { "tag", tag },
        { "ts", UnixSeconds(v.Time) },
    };

    /// <summary>The states of a run, one after the other, as a return lists them.</summary>
    public static PayloadMap Results(EventValues v, IEnumerable<StateRun> states)
    {
        var map = new PayloadMap();
        var start = v.Time;
        foreach (var (state, number) in states.Select((state, number) => (state, number)))
        {
            map.Add(state.Key, state.ToPayload(v.Sls, number, start));
            start = start.AddMilliseconds(state.Duration);
        }

        return map;
    }
}
