using System;
using System.Collections.Generic;
using System.Text;

namespace SaltEvents.Core.Compat;

/// <summary>UTF-8 over spans, which .NET Framework has only over pointers and arrays.</summary>
internal static class TextSupport
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Decodes, with U+FFFD for bytes that are not UTF-8.</summary>
    public static string Utf8(ReadOnlySpan<byte> bytes)
    {
#if NETFRAMEWORK
        return bytes.IsEmpty ? string.Empty : Encoding.UTF8.GetString(bytes.ToArray());
#else
        return Encoding.UTF8.GetString(bytes);
#endif
    }

    /// <summary>Encodes into memory that has room for it; returns the number of bytes.</summary>
    public static int WriteUtf8(string text, Span<byte> target)
    {
#if NETFRAMEWORK
        var encoded = Encoding.UTF8.GetBytes(text);
        encoded.CopyTo(target);
        return encoded.Length;
#else
        return Encoding.UTF8.GetBytes(text, target);
#endif
    }

    /// <summary>Decodes; null if the bytes are not UTF-8.</summary>
    public static string? StrictUtf8(ReadOnlySpan<byte> bytes)
    {
        try
        {
#if NETFRAMEWORK
            return Strict.GetString(bytes.ToArray());
#else
            return Strict.GetString(bytes);
#endif
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    /// <summary>
    /// A text with U+FFFD for the two characters that XML cannot contain and that PowerShell's serializer writes as they are, which ends
    /// a file or a remote session. It escapes all others.
    /// </summary>
    public static string ToXml(string text) =>
        text.IndexOf('\uFFFE') < 0 && text.IndexOf('\uFFFF') < 0 ? text : text.Replace('\uFFFE', '\uFFFD').Replace('\uFFFF', '\uFFFD');

    /// <summary>Whether a text has half of a surrogate pair, which UTF-8 cannot carry.</summary>
    public static bool HasHalfPair(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i]))
            {
                continue;
            }

            if (!char.IsSurrogatePair(text, i++))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The characters of a text; those outside the first plane also count as one each.</summary>
    public static List<int> CodePoints(string text)
    {
        var characters = new List<int>(text.Length);
        ReadOnlySpan<byte> utf8 = Encoding.UTF8.GetBytes(text);
        while (!utf8.IsEmpty)
        {
            characters.Add(CodePoint(utf8, out var length));
            utf8 = utf8.Slice(length);
        }

        return characters;
    }

    /// <summary>The first character of UTF-8 and its length in bytes; U+FFFD for a byte that is not UTF-8.</summary>
    public static int CodePoint(ReadOnlySpan<byte> utf8, out int length)
    {
        int first = utf8[0];
        length = first switch { < 0x80 => 1, < 0xC2 => 0, < 0xE0 => 2, < 0xF0 => 3, < 0xF5 => 4, _ => 0 };
        var character = length <= 1 ? first : first & (0x7F >> length);
        for (var i = 1; i < length; i++)
        {
            if (i >= utf8.Length || (utf8[i] & 0xC0) != 0x80)
            {
                length = 0;
                break;
            }

            character = (character << 6) | (utf8[i] & 0x3F);
        }

        if (length == 0)
        {
            length = 1;
            return '\uFFFD';
        }

        return character;
    }

    /// <summary>The first bytes of a body or frame, for an error message: printable ASCII as it is, the rest as \xNN.</summary>
    public static string Preview(ReadOnlySpan<byte> bytes, int limit = 48)
    {
        var text = new StringBuilder(limit + 8);
        foreach (var b in bytes.Slice(0, Math.Min(limit, bytes.Length)))
        {
            _ = b is >= 0x20 and < 0x7F
                ? text.Append((char)b)
                : text.Append("\\x").Append(b.ToString("x2", System.Globalization.CultureInfo.InvariantCulture));
        }

        return bytes.Length > limit ? text.Append("...").ToString() : text.ToString();
    }
}
