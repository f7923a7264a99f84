using System;
using System.Collections.Generic;
using SaltEvents.Core.Tests.Support;

namespace SaltEvents.Core.Tests.Fuzz;

/// <summary>Changes bytes by chance: a few changes, some of them where msgpack and frames are weak.</summary>
internal static class Mutation
{
    private const int MaxChanges = 6;

    // Codes that take a size, the invalid one, and those at the edges of the ranges.
    private static readonly byte[] Codes =
    [
        0x00, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC1, 0xC4, 0xC5, 0xC6, 0xC7, 0xC8, 0xC9, 0xD3, 0xD4, 0xD8, 0xD9, 0xDA, 0xDB,
        0xDC, 0xDD, 0xDE, 0xDF, 0xFF, 78, 79, (byte)'\n',
    ];

    private static readonly byte[][] Sizes =
    [
        [0, 0, 0, 0],
        [0, 0, 0, 1],
        [0, 0, 0xFF, 0xFF],
        [0, 1, 0, 0],
        [0x03, 0xFF, 0xFF, 0xFF],
        [0x7F, 0xFF, 0xFF, 0xFF],
        [0x80, 0, 0, 0],
        [0xFF, 0xFF, 0xFF, 0xFF],
    ];

    /// <summary>Some of the corpus, changed; now and then left as it is.</summary>
    public static byte[] Of(IReadOnlyList<byte[]> corpus, Random random)
    {
        var bytes = Any(corpus, random);
        for (var changes = random.Next(MaxChanges + 1); changes > 0; changes--)
        {
            bytes = Change(bytes, corpus, random);
        }

        return bytes;
    }

    public static T Any<T>(IReadOnlyList<T> items, Random random) => items[random.Next(items.Count)];

    private static byte[] Change(byte[] bytes, IReadOnlyList<byte[]> corpus, Random random)
    {
        var at = random.Next(bytes.Length + 1);
        var count = random.Next(Math.Min(64, bytes.Length - at) + 1);
        var noise = new byte[random.Next(1, 16)];
        random.NextBytes(noise);
        return random.Next(8) switch
        {
            0 => Overwrite(bytes, at, [(byte)random.Next(256)]),
            1 => Overwrite(bytes, at, [Any(Codes, random)]),
            2 => Overwrite(bytes, at, Any(Sizes, random)),
            3 => Frames.Join(bytes.AsSpan(0, at).ToArray(), bytes.AsSpan(at + count).ToArray()),
            4 => Frames.Join(bytes.AsSpan(0, at + count).ToArray(), bytes.AsSpan(at).ToArray()),
            5 => Frames.Join(bytes.AsSpan(0, at).ToArray(), noise, bytes.AsSpan(at).ToArray()),
            6 => Frames.Join(bytes.AsSpan(0, at).ToArray(), Any(corpus, random)),
            _ => bytes.AsSpan(0, at).ToArray(),
        };
    }

    private static byte[] Overwrite(byte[] bytes, int at, byte[] with)
    {
        var changed = (byte[])bytes.Clone();
        with.AsSpan(0, Math.Min(with.Length, changed.Length - at)).CopyTo(changed.AsSpan(at));
        return changed;
    }
}
