using System;
using SaltEvents.Core.Framing;

namespace SaltEvents.Core.Api;

/// <summary>
/// Python's NaN, Infinity and -Infinity, which are not JSON, become numbers that Python does not write, so that a JSON reader
/// takes them.
/// </summary>
internal static class JsonSpecials
{
    private static ReadOnlySpan<byte> NanMark => "9e99991"u8;

    private static ReadOnlySpan<byte> InfinityMark => "9e99992"u8;

    private static ReadOnlySpan<byte> NegativeInfinityMark => "-9e99992"u8;

    /// <summary>The JSON with marks; null if none of the three is outside its strings.</summary>
    public static byte[]? Mark(ReadOnlySpan<byte> json)
    {
        ByteBuffer? output = null;
        var copied = 0;
        for (var i = 0; i < json.Length; i++)
        {
            if (json[i] == '"')
            {
                i = EndOfString(json, i);
                continue;
            }

            var (length, isNan) = json[i] switch
            {
                (byte)'N' when json.Slice(i).StartsWith("NaN"u8) => (3, true),
                (byte)'I' when json.Slice(i).StartsWith("Infinity"u8) => (8, false),
                _ => (0, false),
            };
            if (length > 0)
            {
                output ??= new ByteBuffer(json.Length + 64);
                output.Write(json.Slice(copied, i - copied)); // a minus sign before it stays
                output.Write(isNan ? NanMark : InfinityMark);
                copied = i + length;
                i = copied - 1;
            }
        }

        output?.Write(json.Slice(copied));
        return output?.ToArray();
    }

    /// <summary>The number that a mark stands for.</summary>
    public static double? Find(ReadOnlySpan<byte> number) =>
        number.SequenceEqual(NanMark) ? BitConverter.Int64BitsToDouble(0x7FF8_0000_0000_0000) // Python's nan
        : number.SequenceEqual(InfinityMark) ? double.PositiveInfinity
        : number.SequenceEqual(NegativeInfinityMark) ? double.NegativeInfinity
        : null;

    private static int EndOfString(ReadOnlySpan<byte> json, int start)
    {
        var i = start + 1;
        while (i < json.Length && json[i] != '"')
        {
            i += json[i] == '\\' ? 2 : 1;
        }

        return i;
    }
}
