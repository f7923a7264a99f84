using System;
using System.Collections.Generic;
using System.Linq;
using SaltEvents.Core.Framing;
using SaltEvents.Core.Tests.Support;
using Xunit;

namespace SaltEvents.Core.Tests.Framing;

/// <summary>Frames that differ from today's Salt and are still frames.</summary>
public sealed class FrameShapeTests
{
    private static readonly byte[] Body = Frames.Utf8("tag\n\n\u0080");
    private static readonly byte[] Bin = Frames.Join([0xC4, (byte)Body.Length], Body);
    private static readonly byte[] BodyKey = Frames.Utf8("\u00A4body")[1..];
    private static readonly byte[] HeadKey = Frames.Utf8("\u00A4head")[1..];

    public static TheoryData<string> Names => new(Shapes.Keys);

    private static Dictionary<string, byte[]> Shapes { get; } =
        new()
        {
            ["head then body"] = Frames.Join([0x82], HeadKey, [0x80], BodyKey, Bin),
            ["body first"] = Frames.Join([0x82], BodyKey, Bin, HeadKey, [0x80]),
            ["body alone"] = Frames.Join([0x81], BodyKey, Bin),
            ["head with keys, one of them body"] = Frames.Join(
                [0x82],
                HeadKey,
                [0x82],
                BodyKey,
                [0xC4, 1, 0],
                [0xA1, (byte)'x', 0x93, 1, 0x80, 0xC0],
                BodyKey,
                Bin
            ),
            ["unknown keys around"] = Frames.Join(
                [0x84],
                [0xA1, (byte)'z', 0xCF, 1, 2, 3, 4, 5, 6, 7, 8],
                HeadKey,
                [0x80],
                BodyKey,
                Bin,
                [0xA6],
                Frames.Utf8("bodies"),
                [0xC4, 1, 9]
            ),
            ["keys of other types"] = Frames.Join(
                [0x85],
                [0xC0, 1],
                [0x01, 0xC7, 2, 78, 1, 2],
                [0x92, 1, 2, 3],
                BodyKey,
                Bin,
                [0xC3, 0xD8, 5],
                new byte[16]
            ),
            ["map16"] = Frames.Join([0xDE, 0, 1], BodyKey, Bin),
            ["map32"] = Frames.Join([0xDF, 0, 0, 0, 1], BodyKey, Bin),
            ["key as bin"] = Frames.Join([0x81, 0xC4, 4], Frames.Utf8("body"), Bin),
            ["key as str32"] = Frames.Join([0x81, 0xDB, 0, 0, 0, 4], Frames.Utf8("body"), Bin),
            ["body as fixstr"] = Frames.Join([0x81], BodyKey, [(byte)(0xA0 + Body.Length)], Body),
            ["body as str8"] = Frames.Join([0x81], BodyKey, [0xD9, (byte)Body.Length], Body),
            ["body as str16"] = Frames.Join([0x81], BodyKey, [0xDA, 0, (byte)Body.Length], Body),
            ["body as str32"] = Frames.Join([0x81], BodyKey, [0xDB, 0, 0, 0, (byte)Body.Length], Body),
            ["body as bin16"] = Frames.Join([0x81], BodyKey, [0xC5, 0, (byte)Body.Length], Body),
            ["body as bin32"] = Frames.Join([0x81], BodyKey, [0xC6, 0, 0, 0, (byte)Body.Length], Body),
        };

    [Theory]
    [MemberData(nameof(Names))]
    public void Its_body_is_found(string shape)
    {
        var map = Shapes[shape];
        foreach (var frame in new[] { map, Frames.Prefixed(map) })
        {
            // Between two others, so that its end shows too.
            var stream = Frames.Join(Frames.Of([1]), frame, Frames.Of([2]));
            for (var piece = 1; piece <= stream.Length; piece++)
            {
                Assert.Equal([[1], Body, [2]], Frames.Read(stream, piece));
            }
        }
    }

    [Fact]
    public void A_key_that_is_longer_than_body_and_starts_like_it_is_another_key()
    {
        var map = Frames.Join([0x82, 0xA5], Frames.Utf8("body2"), [0xC4, 1, 7], BodyKey, Bin);

        Assert.Equal(Body, Assert.Single(Frames.Read(map, 1)));
    }

    [Fact]
    public void A_body_stays_valid_until_more_bytes_are_asked_for()
    {
        var reader = new FrameReader();
        var stream = Frames.Join(Enumerable.Range(0, 5).Select(i => Frames.Of([(byte)i, 9])));
        stream.CopyTo(reader.GetBuffer().AsSpan());
        reader.Advance(stream.Length);

        Assert.True(reader.TryRead(out var first));
        Assert.True(reader.TryRead(out var second));
        Assert.Equal([0, 9], first.ToArray());
        Assert.Equal([1, 9], second.ToArray());
    }
}
