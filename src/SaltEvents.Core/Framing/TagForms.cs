using System;

namespace SaltEvents.Core.Framing;

/// <summary>
/// An event's body on a ZeroMQ bus, where a tag of up to 20 bytes can be padded, and the body as it is everywhere else: tag,
/// blank line, payload. The rule of reading is not for streams: there a long tag may have any byte at its 21st place.
/// </summary>
public static class TagForms
{
    /// <summary>The length to which a tag is padded (salt/utils/event.py, TAGEND and unpack, 0.17.5).</summary>
    public const int PaddedLength = 20;

    private const byte Padding = (byte)'|';
    private const byte FirstNonAscii = 0x80;

    /// <summary>Finds tag and payload in the body of a ZeroMQ event, whichever form it has.</summary>
    /// <param name="body">The body.</param>
    /// <param name="tagLength">The tag's length in bytes.</param>
    /// <param name="payloadOffset">Where the payload starts.</param>
    /// <returns>False where there is no tag.</returns>
    public static bool TryFind(ReadOnlySpan<byte> body, out int tagLength, out int payloadOffset)
    {
        tagLength = body.IndexOf("\n\n"u8);
        payloadOffset = tagLength + 2;
        // What a payload starts with, a map or a text, never lies below 0x80; a tag's byte does, unless it is not ASCII.
        if (tagLength is < 0 or > PaddedLength - 2 && body.Length > PaddedLength && body[PaddedLength] >= FirstNonAscii)
        {
            for (tagLength = PaddedLength; tagLength > 0 && body[tagLength - 1] == Padding; tagLength--)
            {
            }

            payloadOffset = PaddedLength;
        }

        return tagLength > 0;
    }

    /// <summary>Whether a tag of that length is padded.</summary>
    public static bool IsPadded(int tagLength, TagForm form) => form != TagForm.Delimited && tagLength <= PaddedLength;

    /// <summary>Writes a body whose tag has a blank line after it in another form.</summary>
    /// <param name="body">The body.</param>
    /// <param name="form">The form; the tag has to be one that it can carry.</param>
    public static byte[] Write(ReadOnlySpan<byte> body, TagForm form)
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
