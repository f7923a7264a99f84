using System;
using SaltEvents.Core.Framing;

namespace SaltEvents.Core.ZeroMq;

/// <summary>
/// An event's body on a ZeroMQ bus, where a tag of up to 20 bytes can be padded, and the body as it is everywhere else: tag,
/// blank line, payload. The rule of reading is not for streams: there a long tag may have any byte at its 21st place.
/// </summary>
public static class TagEncoding
{
    /// <summary>The length to which a tag is padded (salt/utils/event.py, TAGEND and unpack, 0.17.5).</summary>
    public const int PaddedLength = 20;

    private const byte Padding = (byte)'|';
    private const byte FirstNonAscii = 0x80;

    /// <summary>Finds tag and payload in the body of a ZeroMQ event, whichever form it has.</summary>
    /// <param name="body">The body.</param>
    /// <param name="tagLength">The tag's length in bytes.</param>
    /// <param name="payloadOffset">Where the payload starts.</param>
    /// <returns>False if it is not an event. Only a padded tag can be empty: Salt before 0.17 fires such an event with each job.</returns>
    public static bool TryFind(ReadOnlySpan<byte> body, out int tagLength, out int payloadOffset)
    {
        tagLength = body.IndexOf("\n\n"u8);
        payloadOffset = tagLength + 2;
        // A payload starts at or above 0x80, unless it is a number from 0 to 127, after which nothing comes; a tag's byte lies
        // below, unless it is not ASCII.
        if (body.Length > PaddedLength && (tagLength < 0 || (tagLength > PaddedLength - 2 && body[PaddedLength] >= FirstNonAscii)))
        {
            for (tagLength = PaddedLength; tagLength > 0 && body[tagLength - 1] == Padding; tagLength--)
            {
            }

            payloadOffset = PaddedLength;
            return true;
        }

        return tagLength > 0;
    }

    /// <summary>
    /// The forms that a bus can have that published such an event. Only the bus's own events show it, not the probes of this library.
    /// </summary>
    internal static TagFormSet PossibleFor(ReadOnlySpan<byte> body)
    {
        if (body.StartsWith("saltevents/"u8) || !TryFind(body, out var tagLength, out var payloadOffset))
        {
            return TagFormSet.Any;
        }

        if (body.Slice(tagLength).StartsWith("\n\n"u8) && payloadOffset == tagLength + 2)
        {
            return tagLength <= PaddedLength ? TagFormSet.Delimited : TagFormSet.PaddedOrDelimited | TagFormSet.Delimited;
        }

        // From 0.17 on each event is a map with a time. Before, tags of more than 20 bytes were sent as they are, and cannot be read.
        return !MessagePackWalker.IsOneValue(body.Slice(payloadOffset)) ? TagFormSet.Any
            : MessagePackToken.IsMapCode(body[payloadOffset]) && body.Slice(payloadOffset).IndexOf("_stamp"u8) >= 0
                ? TagFormSet.PaddedOrDelimited
            : TagFormSet.Padded;
    }

    /// <summary>The one form in a set; null if it has none or several.</summary>
    internal static SaltTagForm? Only(TagFormSet forms) => forms switch
    {
        TagFormSet.Padded => SaltTagForm.Padded,
        TagFormSet.PaddedOrDelimited => SaltTagForm.PaddedOrDelimited,
        TagFormSet.Delimited => SaltTagForm.Delimited,
        _ => null,
    };

    /// <summary>Whether a set has more than one form.</summary>
    internal static bool IsSeveral(TagFormSet forms) => forms != TagFormSet.None && Only(forms) is null;

    /// <summary>Whether a tag of that length is padded.</summary>
    public static bool IsPadded(int tagLength, SaltTagForm form) => form != SaltTagForm.Delimited && tagLength <= PaddedLength;

    /// <summary>Writes a body whose tag has a blank line after it in another form.</summary>
    /// <param name="body">The body.</param>
    /// <param name="form">The form, which must be able to carry the tag.</param>
    public static byte[] Write(ReadOnlySpan<byte> body, SaltTagForm form)
    {
        var tagLength = body.IndexOf("\n\n"u8);
        if (!IsPadded(tagLength, form))
        {
            return body.ToArray();
        }

        var payload = body.Slice(tagLength + 2);
        var written = new byte[PaddedLength + payload.Length];
        written.AsSpan(0, PaddedLength).Fill(Padding);
        body.Slice(0, tagLength).CopyTo(written);
        payload.CopyTo(written.AsSpan(PaddedLength));
        return written;
    }
}
