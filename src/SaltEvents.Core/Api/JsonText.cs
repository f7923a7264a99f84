using System;
using System.Buffers.Text;
using System.Text;
using SaltEvents.Core.Framing;

namespace SaltEvents.Core.Api;

/// <summary>
/// The text of a JSON string as UTF-8. Unlike System.Text.Json it takes half of a surrogate pair, which Python writes for a byte
/// that is not UTF-8: it becomes U+FFFD.
/// </summary>
internal static class JsonText
{
    /// <summary>Undoes the escapes of a string's inner part, which a JSON reader has found to be well formed.</summary>
    public static byte[] Unescape(ReadOnlySpan<byte> escaped)
    {
        var output = new ByteBuffer(escaped.Length);
        while (!escaped.IsEmpty)
        {
            var plain = escaped.IndexOf((byte)'\\');
            output.Write(plain < 0 ? escaped : escaped.Slice(0, plain));
            if (plain < 0)
            {
                break;
            }

            escaped = escaped.Slice(plain);
            if (escaped[1] == 'u')
            {
                escaped = escaped.Slice(WriteCodePoint(escaped, output));
                continue;
            }

            output.Write([
                escaped[1] switch
                {
                    (byte)'b' => (byte)'\b',
                    (byte)'f' => (byte)'\f',
                    (byte)'n' => (byte)'\n',
                    (byte)'r' => (byte)'\r',
                    (byte)'t' => (byte)'\t',
                    var other => other,
                },
            ]);
            escaped = escaped.Slice(2);
        }

        return output.ToArray();
    }

    /// <summary>
    /// Text that System.Text.Json can read as strings, whatever bytes and surrogates it has: what is not UTF-8, and each escaped
    /// half of a surrogate pair, becomes U+FFFD.
    /// </summary>
    public static byte[] Repair(byte[] json)
    {
        var text = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(json));
        for (var rest = text.AsSpan(); rest.IndexOf((byte)'\\') is var next and >= 0;)
        {
            rest = rest.Slice(next);
            var isPair = rest.Length >= 12 && IsPair(rest);
            if (!isPair && char.IsSurrogate((char)Unit(rest)))
            {
                "FFFD"u8.CopyTo(rest.Slice(2));
            }

            rest = rest.Slice(Math.Min(isPair ? 12 : 2, rest.Length));
        }

        return text;
    }

    // The length of the text that was read: \uXXXX, or two of them.
    private static int WriteCodePoint(ReadOnlySpan<byte> escaped, ByteBuffer output)
    {
        var length = 6;
        var character = Unit(escaped);
        if (IsPair(escaped))
        {
            length = 12;
            character = char.ConvertToUtf32((char)character, (char)Unit(escaped.Slice(6)));
        }

        if (character is >= 0xD800 and <= 0xDFFF)
        {
            character = 0xFFFD;
        }

        ReadOnlySpan<byte> utf8 = character switch
        {
            < 0x80 => [(byte)character],
            < 0x800 => [(byte)(0xC0 | (character >> 6)), Next(character, 0)],
            < 0x10000 => [(byte)(0xE0 | (character >> 12)), Next(character, 6), Next(character, 0)],
            _ => [(byte)(0xF0 | (character >> 18)), Next(character, 12), Next(character, 6), Next(character, 0)],
        };
        output.Write(utf8);
        return length;
    }

    private static byte Next(int character, int shift) => (byte)(0x80 | ((character >> shift) & 0x3F));

    private static bool IsPair(ReadOnlySpan<byte> escaped) =>
        char.IsHighSurrogate((char)Unit(escaped)) && char.IsLowSurrogate((char)Unit(escaped.Slice(6)));

    // U+FFFF, which is no surrogate, if the text does not start with \uXXXX.
    private static int Unit(ReadOnlySpan<byte> escaped) =>
        escaped.Length >= 6
        && escaped.StartsWith("\\u"u8)
        && Utf8Parser.TryParse(escaped.Slice(2, 4), out ushort unit, out var read, 'x')
        && read == 4
            ? unit
            : char.MaxValue;
}
