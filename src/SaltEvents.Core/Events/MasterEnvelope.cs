using System;

namespace SaltEvents.Core.Events;

/// <summary>The event by which a minion's bus carries events for the master (salt/utils/event.py, MinionEvent.fire_master and salt/minion.py, 3006.10).</summary>
internal static class MasterEnvelope
{
    public const string Tag = "fire_master";

    /// <summary>The body of a <c>fire_master</c> event that holds one event; all four keys, as Salt writes them.</summary>
    public static byte[] Encode(string tag, PayloadMap data, DateTime stamp, int maxEventBytes, out bool trimmed)
    {
        EventCodec.CheckTag(tag);
        var envelope = new PayloadMap(5)
        {
            { "tag", tag },
            { "data", data },
            { "events", null },
            { "pretag", null },
        };
        return EventCodec.Encode(Tag, envelope, stamp, maxEventBytes, out trimmed);
    }

    /// <summary>Whether a body is a <c>fire_master</c> event.</summary>
    public static bool IsEnvelope(ReadOnlySpan<byte> body) => body.StartsWith("fire_master\n\n"u8);
}
