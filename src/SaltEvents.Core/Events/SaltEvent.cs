using System;
using SaltEvents.Core.Compat;

namespace SaltEvents.Core.Events;

/// <summary>
/// One event: its tag and its payload, still as the bytes that were on the bus. Nothing is decoded before it is asked for.
/// </summary>
public sealed class SaltEvent
{
    /// <summary>The separator between tag and payload (salt/utils/event.py, TAGEND, 3006.10).</summary>
    internal const int DelimiterLength = 2;

    private readonly byte[] body;
    private readonly int tagLength;
    private string? tag;

    internal SaltEvent(byte[] body, int tagLength)
    {
        this.body = body;
        this.tagLength = tagLength;
    }

    /// <summary>An event from a body as it was on the bus, whatever marks the end of the tag there. The bytes are copied.</summary>
    internal static SaltEvent From(ReadOnlySpan<byte> body, int tagLength, int payloadOffset)
    {
        var payload = body.Slice(payloadOffset);
        var copy = new byte[tagLength + DelimiterLength + payload.Length];
        body.Slice(0, tagLength).CopyTo(copy);
        "\n\n"u8.CopyTo(copy.AsSpan(tagLength));
        payload.CopyTo(copy.AsSpan(tagLength + DelimiterLength));
        return new SaltEvent(copy, tagLength);
    }

    /// <summary>The tag; bytes that are not UTF-8 show as U+FFFD.</summary>
    public string Tag => tag ??= TextSupport.Utf8(TagUtf8);

    /// <summary>The site whose relay has published it; null for an event that was read from a bus.</summary>
    public string? Site { get; init; }

    /// <summary>The subject to acknowledge it and all events before it, over NATS; null if nothing is acknowledged.</summary>
    internal string? AckSubject { get; init; }

    /// <summary>The tag's bytes.</summary>
    public ReadOnlySpan<byte> TagUtf8 => body.AsSpan(0, tagLength);

    /// <summary>The whole body: tag, delimiter, payload.</summary>
    public ReadOnlyMemory<byte> Body => body;

    /// <summary>The payload's msgpack bytes.</summary>
    public ReadOnlyMemory<byte> Payload => body.AsMemory(tagLength + DelimiterLength);

    /// <summary>The payload's fields.</summary>
    public PayloadView Fields => new(Payload);

    /// <summary>
    /// When the event was fired, by the sender's clock (UTC): the payload's <c>_stamp</c>; null if it has none. A stamp of Salt
    /// 0.17 or 2014.1.0, with <c>_</c> in place of <c>T</c>, is local time, and taken for that of this computer; that of Salt
    /// 2014.1.1 to 2014.7.1 is local time too, which cannot be seen.
    /// </summary>
    public DateTime? GetTimestamp()
    {
        try
        {
            return Fields.TryGetValue("_stamp"u8, out var stamp) ? SaltTime.ParseStamp(stamp) : null;
        }
        catch (EventFormatException)
        {
            return null;
        }
    }

    /// <summary>The payload's first bytes for a message: printable ASCII as it is, the rest as \xNN.</summary>
    internal string PreviewPayload() => TextSupport.Preview(Payload.Span);

    /// <inheritdoc/>
    public override string ToString() => Tag;
}
