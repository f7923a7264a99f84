using System;
using System.Text;

namespace SaltEvents.Core.Compat;

/// <summary>UTF-8 over spans, which .NET Framework has only over pointers and arrays.</summary>
internal static class TextSupport
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Decodes, with U+FFFD for what is not UTF-8.</summary>
    public static string Utf8(ReadOnlySpan<byte> bytes)
    {
#if NETFRAMEWORK
        return bytes.IsEmpty ? string.Empty : Encoding.UTF8.GetString(bytes.ToArray());
#else
        return Encoding.UTF8.GetString(bytes);
#endif
    }

    /// <summary>Decodes; null where the bytes are not UTF-8.</summary>
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

    /// <summary>The first bytes of a body or frame, for an error message: printable ASCII as it is, the rest as \xNN.</summary>
    public static string Preview(ReadOnlySpan<byte> bytes, int limit = 48)
    {
        var text = new StringBuilder(limit + 8);
        foreach (var b in bytes.Slice(0, Math.Min(limit, bytes.Length)))
        {
            _ = b is >= 0x20 and < 0x7F ? text.Append((char)b) : text.Append("\\x").Append(b.ToString("x2", System.Globalization.CultureInfo.InvariantCulture));
        }

        return bytes.Length > limit ? text.Append("...").ToString() : text.ToString();
    }
}
