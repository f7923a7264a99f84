using System;
using System.Text;
using MessagePack;
using SaltEvents.Core.Compat;
using SaltEvents.Core.Framing;
using SaltEvents.Core.ZeroMq;

namespace SaltEvents.Core.Events;

/// <summary>
/// Events to and from a frame's body: tag, blank line, one msgpack value (salt/utils/event.py, SaltEvent.pack and unpack, 3006.10).
/// </summary>
public static class EventCodec
{
    /// <summary>Salt's default max_event_size: 1 MiB (salt/config/__init__.py, 3006.10).</summary>
    public const int DefaultMaxEventBytes = 1_048_576;

    /// <summary>The field that holds the time of firing.</summary>
    internal const string StampKey = "_stamp";

    /// <summary>Takes a body apart at its first blank line. The bytes are copied.</summary>
    /// <exception cref="EventFormatException">It has no tag.</exception>
    public static SaltEvent Decode(ReadOnlySpan<byte> body) => Decode(body, takesEmptyTag: false);

    /// <inheritdoc cref="Decode(ReadOnlySpan{byte})"/>
    /// <param name="body">The body.</param>
    /// <param name="takesEmptyTag">Whether the tag can be empty, as in some events of Salt before 0.17.</param>
    /// <param name="site">The site whose relay has published the event; null if none has.</param>
    internal static SaltEvent Decode(ReadOnlySpan<byte> body, bool takesEmptyTag, string? site = null)
    {
        var tagLength = TagLength(body);
        return tagLength > 0 || (tagLength == 0 && takesEmptyTag)
            ? new SaltEvent(body.ToArray(), tagLength) { Site = site }
            : throw NoTag(body);
    }

    /// <summary>Says whether a body has a tag.</summary>
    /// <exception cref="EventFormatException">It has none.</exception>
    internal static void CheckBody(ReadOnlySpan<byte> body)
    {
        if (TagLength(body) <= 0)
        {
            throw NoTag(body);
        }
    }

    /// <summary>Makes a body.</summary>
    /// <param name="tag">The tag; not empty, no blank line in it.</param>
    /// <param name="payload">The payload: a <see cref="PayloadMap"/> of the values that <see cref="PayloadView.Decode"/> gives.</param>
    /// <param name="stamp">The time of firing; null keeps the payload's own <c>_stamp</c> or leaves it out.</param>
    /// <param name="maxEventBytes">Salt's max_event_size: above it, large values are replaced by VALUE_TRIMMED.</param>
    /// <exception cref="InvalidEventException">It is not an event that Salt could carry.</exception>
    public static byte[] Encode(string tag, PayloadMap payload, EventStamp? stamp, int maxEventBytes = DefaultMaxEventBytes) =>
        Encode(tag, payload, stamp, maxEventBytes, out _);

    /// <inheritdoc cref="Encode(string, PayloadMap, EventStamp?, int)"/>
    /// <param name="tag">The tag.</param>
    /// <param name="payload">The payload.</param>
    /// <param name="stamp">The time of firing.</param>
    /// <param name="maxEventBytes">Salt's max_event_size.</param>
    /// <param name="trimmed">Whether values were replaced.</param>
    public static byte[] Encode(string tag, PayloadMap payload, EventStamp? stamp, int maxEventBytes, out bool trimmed)
    {
        CheckTag(tag);
        var stamped = Stamped(payload, stamp);
        var packed = new ByteBuffer();
        PayloadEncoder.Write(packed, stamped);
        var length = packed.Length;
        packed = PayloadTrimmer.Trim(stamped, packed, maxEventBytes);
        trimmed = packed.Length != length;
        return Join(Encoding.UTF8.GetBytes(tag), packed.Written);
    }

    /// <summary>Makes a body whose payload is a text, as Salt before 0.17 takes it (salt/modules/event.py, fire, 0.16.4).</summary>
    /// <exception cref="InvalidEventException">The tag cannot be fired.</exception>
    public static byte[] EncodeText(string tag, string text) => EncodeValue(tag, text);

    /// <summary>Makes a body whose payload is not a map: only Salt before 0.17 takes it, and a file keeps it.</summary>
    /// <exception cref="InvalidEventException">The tag cannot be fired, or the payload holds what the bus cannot carry.</exception>
    internal static byte[] EncodeValue(string tag, object? payload)
    {
        CheckTag(tag);
        var packed = new ByteBuffer();
        PayloadEncoder.Write(packed, payload);
        return Join(Encoding.UTF8.GetBytes(tag), packed.Written);
    }

    /// <summary>Makes a body from an event's own bytes with another tag or time: every other field stays byte for byte.</summary>
    /// <param name="tag">The tag.</param>
    /// <param name="source">The event.</param>
    /// <param name="stamp">The time of firing; null keeps the payload's own.</param>
    /// <param name="takesText">Whether the bus takes a payload that is not a map, as Salt before 0.17 does; such a one is not
    /// stamped.</param>
    /// <exception cref="InvalidEventException">The tag cannot be fired, or the payload is not a map.</exception>
    public static byte[] Encode(string tag, SaltEvent source, EventStamp? stamp, bool takesText = false)
    {
        CheckTag(tag);
        var tagBytes = tag == source.Tag ? source.TagUtf8.ToArray() : Encoding.UTF8.GetBytes(tag);
        if (takesText && !source.Fields.IsMap)
        {
            return Join(tagBytes, source.Payload.Span);
        }

        if (!source.Fields.IsMap)
        {
            throw new InvalidEventException(
                InvalidEventReason.PayloadIsNoMap,
                $"The payload of the event {source.Tag} is not a map. Salt only accepts maps."
            );
        }

        return Join(tagBytes, stamp is { } time ? Restamp(source, time) : source.Payload.Span);
    }

    /// <summary>
    /// A body with its payload in the msgpack that every Salt with a ZeroMQ bus can read: see <see cref="OldMessagePack"/>.
    /// </summary>
    /// <exception cref="InvalidEventException">The payload holds an extension that has no text.</exception>
    internal static byte[] WithOldMessagePack(byte[] body)
    {
        var payloadOffset = TagLength(body) + SaltEvent.DelimiterLength;
        var payload = body.AsMemory(payloadOffset);
        var rewritten = OldMessagePack.Rewrite(payload);
        return rewritten.Equals(payload) ? body : [.. body.AsSpan(0, payloadOffset), .. rewritten.Span];
    }

    /// <summary>Writes a body as a ZeroMQ bus takes it.</summary>
    /// <param name="body">The body, with a blank line after its tag.</param>
    /// <param name="form">How the bus marks the end of a tag.</param>
    /// <exception cref="InvalidEventException">The tag is one that this form cannot carry.</exception>
    public static byte[] ToZeroMq(ReadOnlySpan<byte> body, SaltTagForm form)
    {
        var tag = body.Slice(0, TagLength(body));
        var problem =
            form == SaltTagForm.Padded && tag.Length > TagEncoding.PaddedLength
                ? $"has {tag.Length} bytes; Salt before 0.17 accepts {TagEncoding.PaddedLength} at most"
            : form == SaltTagForm.PaddedOrDelimited && tag.Length > TagEncoding.PaddedLength && tag[TagEncoding.PaddedLength] >= 0x80
                ? $"has a non-ASCII character at its byte {TagEncoding.PaddedLength + 1}, which Salt 0.17 to 2014.7 reads as the start of the data"
            : TagEncoding.IsPadded(tag.Length, form) && tag[tag.Length - 1] == (byte)'|'
                ? "ends in |, which Salt before 2015.5 uses to pad tags and removes again"
            : null;
        return problem is null
            ? TagEncoding.Write(body, form)
            : throw new InvalidEventException(
                InvalidEventReason.TagDoesNotFit,
                $"The tag {TextSupport.Utf8(tag)} {problem}. Change the tag, or the form of tags if the bus is of another version."
            );
    }

    /// <summary>Checks a tag before anything is sent.</summary>
    /// <exception cref="InvalidEventException">It is empty, a blank line would end it too early, or UTF-8 cannot carry it.</exception>
    public static void CheckTag(string tag)
    {
        if (string.IsNullOrEmpty(tag))
        {
            throw new InvalidEventException(
                InvalidEventReason.EmptyTag,
                "The tag is empty. Salt refuses an event without a tag: give one such as my/tag."
            );
        }

        if (tag.Contains("\n\n") || tag[tag.Length - 1] == '\n')
        {
            throw new InvalidEventException(
                InvalidEventReason.TagHasBlankLine,
                "The tag contains a blank line (two line feeds) or ends with a line feed, which marks the end of a tag on the bus. Remove it."
            );
        }

        if (TextSupport.HasHalfPair(tag))
        {
            throw new InvalidEventException(
                InvalidEventReason.TagDoesNotFit,
                $"The tag {tag} contains half of a character (of a surrogate pair), so it would arrive as another tag. Cut the text between characters."
            );
        }
    }

    /// <summary>The length of the tag in a body; -1 if no blank line marks its end.</summary>
    internal static int TagLength(ReadOnlySpan<byte> body) => body.IndexOf("\n\n"u8);

    private static EventFormatException NoTag(ReadOnlySpan<byte> body) => new("there is no tag with a blank line after it", body);

    private static PayloadMap Stamped(PayloadMap payload, EventStamp? stamp)
    {
        if (stamp is not { } time)
        {
            return payload;
        }

        var copy = new PayloadMap(payload.Count + 1);
        foreach (var entry in payload)
        {
            copy.Add(entry.Key, entry.Value);
        }

        copy.Set(StampKey, time.ToString());
        return copy;
    }

    private static ReadOnlySpan<byte> Restamp(SaltEvent source, EventStamp stamp)
    {
        var payload = source.Payload.Span;
        var output = new ByteBuffer(payload.Length + 48);
        var entries = source.Fields.GetEntries();
        var writer = new MessagePackWriter(output);
        var hasStamp = HasStamp(source);
        writer.WriteMapHeader((int)entries.Left + (hasStamp ? 0 : 1));
        while (entries.MoveNext())
        {
            if (IsStamp(entries))
            {
                WriteStamp(ref writer, stamp);
            }
            else
            {
                writer.WriteRaw(payload.Slice(entries.EntryOffset, entries.ValueOffset + entries.ValueLength - entries.EntryOffset));
            }
        }

        if (!hasStamp)
        {
            WriteStamp(ref writer, stamp);
        }

        writer.Flush();
        return output.Written;
    }

    private static bool HasStamp(SaltEvent source)
    {
        var entries = source.Fields.GetEntries();
        while (entries.MoveNext())
        {
            if (IsStamp(entries))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsStamp(in PayloadView.Entries entry) => entry.HasStringKey && entry.KeyText.SequenceEqual("_stamp"u8);

    private static void WriteStamp(ref MessagePackWriter writer, EventStamp stamp)
    {
        writer.Write(StampKey);
        writer.Write(stamp.ToString());
    }

    private static byte[] Join(ReadOnlySpan<byte> tag, ReadOnlySpan<byte> payload)
    {
        var body = new byte[tag.Length + SaltEvent.DelimiterLength + payload.Length];
        tag.CopyTo(body);
        "\n\n"u8.CopyTo(body.AsSpan(tag.Length));
        payload.CopyTo(body.AsSpan(tag.Length + SaltEvent.DelimiterLength));
        return body;
    }
}
