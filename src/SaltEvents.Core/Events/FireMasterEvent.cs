using System;

namespace SaltEvents.Core.Events;

/// <summary>
/// The event by which a minion's bus carries events for the master (salt/utils/event.py, MinionEvent.fire_master and salt/minion.py,
/// 3006.10).
/// </summary>
internal static class FireMasterEvent
{
    public const string Tag = "fire_master";

    /// <summary>
    /// The body of a <c>fire_master</c> event that holds one event; all four keys, as Salt writes them; dates before 1900 as text, see
    /// <see cref="EarlyDates"/>.
    /// </summary>
    public static byte[] Encode(string tag, PayloadMap data, EventStamp stamp, int maxEventBytes, out bool trimmed)
    {
        EventCodec.CheckTag(tag);
        var envelope = new PayloadMap(5)
        {
            { "tag", tag },
            { "data", EarlyDates.ToText(data) },
            { "events", null },
            { "pretag", null },
        };
        return EventCodec.Encode(Tag, envelope, stamp, maxEventBytes, out trimmed);
    }

    /// <summary>Whether an event with that tag is one.</summary>
    public static bool IsTag(ReadOnlySpan<byte> tag) => tag.SequenceEqual("fire_master"u8);
}
