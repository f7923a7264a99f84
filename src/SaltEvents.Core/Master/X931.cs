using System;

namespace SaltEvents.Core.Master;

/// <summary>
/// The block that an RSA key signs in ANSI X9.31 as Salt uses it, without a hash: 6B BB.. BA, the text, CC; if the text fills it,
/// 6A, the text, CC (salt/utils/rsax931.py, 3006.10, which asks OpenSSL for RSA_X931_PADDING). Written by hand: .NET does not have
/// this padding.
/// </summary>
internal static class X931
{
    private const byte HeadWithPadding = 0x6B;
    private const byte HeadAlone = 0x6A;
    private const byte Padding = 0xBB;
    private const byte PaddingEnd = 0xBA;
    private const byte Trailer = 0xCC;

    /// <summary>The block for a text.</summary>
    /// <param name="text">At most two bytes shorter than the block.</param>
    /// <param name="size">The length of the key's modulus in bytes.</param>
    /// <exception cref="ArgumentException">The text does not fit.</exception>
    public static byte[] Pad(ReadOnlySpan<byte> text, int size)
    {
        if (text.Length > size - 2)
        {
            throw new ArgumentException("The key is too short for the text.", nameof(size));
        }

        var block = new byte[size];
        var start = size - 1 - text.Length;
        block.AsSpan(0, start).Fill(Padding);
        block[start - 1] = PaddingEnd;
        block[0] = start == 1 ? HeadAlone : HeadWithPadding;
        text.CopyTo(block.AsSpan(start));
        block[size - 1] = Trailer;
        return block;
    }

    /// <summary>The text in a block; null if it is not such a block.</summary>
    public static byte[]? Unpad(ReadOnlySpan<byte> block)
    {
        if (block.Length < 2 || block[block.Length - 1] != Trailer)
        {
            return null;
        }

        var start = 1;
        if (block[0] == HeadWithPadding)
        {
            while (block[start] == Padding)
            {
                start++;
            }

            if (block[start++] != PaddingEnd)
            {
                return null;
            }
        }

        return block[0] is HeadAlone or HeadWithPadding && start < block.Length
            ? block.Slice(start, block.Length - 1 - start).ToArray()
            : null;
    }
}
