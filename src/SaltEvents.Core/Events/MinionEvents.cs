using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;

namespace SaltEvents.Core.Events;

/// <summary>
/// What a master makes of a minion's <c>fire_master</c> event (salt/daemons/masterapi.py, AESFuncs._minion_event in
/// salt/master.py, 3006.10; the forbidden tags are those of 3006.12).
/// </summary>
internal static class MinionEvents
{
    private const string Command = "_minion_event";

    private static readonly TagFilter Forbidden = new(
        [
            "salt/job/*/publish", "salt/job/*/new", "salt/job/*/return",
            "salt/key", "salt/cloud/*", "salt/run/*", "salt/cluster/*",
            "salt/wheel/*/new", "salt/wheel/*/return",
        ],
        SaltTagMatch.FnMatch);

    /// <summary>
    /// The bodies for the master's bus, for one event of the envelope after the other, so that never more than one is in memory: a long
    /// pretag makes a long body of each. None for an event that is not valid or not allowed to a minion.
    /// </summary>
    /// <param name="envelope">The <c>fire_master</c> event.</param>
    /// <param name="minionId">The minion's id.</param>
    /// <param name="stamp">The time of firing on the master, UTC.</param>
    public static IEnumerable<IReadOnlyList<byte[]>> Unwrap(SaltEvent envelope, string minionId, EventStamp stamp) =>
        TryDecode(envelope) is not { } load ? [[]]
        : load["events"] is object?[] { Length: > 0 } events
            ? events.Select(item => MakeFlat(item as PayloadMap, load["pretag"] as string, stamp))
        : [MakeWrapped(load, minionId, stamp)];

    /// <summary>How many events a <c>fire_master</c> event holds: those of its list, otherwise one, valid or not.</summary>
    public static int Count(SaltEvent envelope)
    {
        try
        {
            return envelope.Fields.TryGetValue("events", out var events) && events is object?[] { Length: > 0 } items ? items.Length : 1;
        }
        catch (EventFormatException)
        {
            return 1;
        }
    }

    private static PayloadMap? TryDecode(SaltEvent envelope)
    {
        try
        {
            return envelope.Fields.Decode() as PayloadMap;
        }
        catch (EventFormatException)
        {
            return null;
        }
    }

    private static byte[][] MakeWrapped(PayloadMap load, string minionId, EventStamp stamp)
    {
        if (load["tag"] is not string tag)
        {
            return [];
        }

        var payload = new PayloadMap(6)
        {
            { "id", minionId },
            { "cmd", Command },
            { "pretag", load["pretag"] },
            { "data", IsFalsy(load["data"]) ? new PayloadMap() : load["data"] },
            { "tag", tag },
        };
        return TryEncode(tag, payload, stamp) is { } body ? [body] : [];
    }

    // An event whose own tag is refused is not fired under the longer one either.
    private static byte[][] MakeFlat(PayloadMap? item, string? pretag, EventStamp stamp)
    {
        if (
            item?["tag"] is not string tag
            || item["data"] is not PayloadMap data
            || Forbidden.IsMatch(Encoding.UTF8.GetBytes(tag))
            || TryEncode(tag, data, stamp) is not { } body
        )
        {
            return [];
        }

        return pretag is not null && TryEncode(pretag + "/" + tag, data, stamp) is { } longer ? [body, longer] : [body];
    }

    private static byte[]? TryEncode(string tag, PayloadMap payload, EventStamp stamp)
    {
        try
        {
            return EventCodec.Encode(tag, payload, stamp);
        }
        catch (InvalidEventException)
        {
            return null;
        }
    }

    // Python's truth: Salt sends "data or {}".
    private static bool IsFalsy(object? value) => value switch
    {
        null => true,
        bool flag => !flag,
        string text => text.Length == 0,
        byte[] bytes => bytes.Length == 0,
        object?[] items => items.Length == 0,
        PayloadMap map => map.Count == 0,
        long number => number == 0,
        double number => number == 0,
        float number => number == 0,
        _ => false,
    };
}
