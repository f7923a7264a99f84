using System;
using System.Linq;
using SaltEvents.Core.Framing;
using SaltEvents.Core.Tests.Support;
using Xunit;

namespace SaltEvents.Core.Tests.Framing;

/// <summary>What an enemy writes: it is refused at once, with the bytes, and nothing is allocated for it.</summary>
public sealed class FrameLimitTests
{
    private static FrameFormatException Refused(byte[] bytes, int limit = FrameLimits.DefaultMaxFrameBytes)
    {
        foreach (var piece in new[] { 1, 3, int.MaxValue })
        {
            _ = Assert.Throws<FrameFormatException>(() => Frames.Read(bytes, piece, limit));
        }

        return Assert.Throws<FrameFormatException>(() => Frames.Read(bytes, int.MaxValue, limit));
    }

    [Fact]
    public void The_default_limit_is_64_MiB() => Assert.Equal(64 * 1024 * 1024, FrameLimits.DefaultMaxFrameBytes);

    [Theory]
    [InlineData("04000001")] // the limit and one
    [InlineData("7FFFFFFF")]
    [InlineData("90000000")] // 2^31 and more
    [InlineData("FE000000")]
    [InlineData("00000000")]
    public void A_length_out_of_bounds_is_refused_when_its_four_bytes_are_there(string length)
    {
        var error = Refused(Convert.FromHexString(length));

        Assert.Contains("length", error.Message, StringComparison.Ordinal);
        Assert.Equal(Convert.FromHexString(length), error.FirstBytes);
    }

    [Fact]
    public void Lengths_from_2_31_on_that_look_like_a_map_are_read_as_a_map()
    {
        // 0x80 and 0xDF FF FF FF FF: no length-prefixed frame can start so.
        Assert.Contains("not a map", Refused([0x80, 0, 0, 0]).Message, StringComparison.Ordinal);
        Assert.Contains("limit", Refused([0xDF, 0xFF, 0xFF, 0xFF, 0xFF]).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_ZeroMQ_greeting_is_named()
    {
        Assert.Contains("ZeroMQ", Refused([0xFF, 0, 0, 0, 0, 0, 0, 0, 1, 0x7F]).Message, StringComparison.Ordinal);
        Assert.Contains("ZeroMQ", Refused([0xFF, 0xFF, 0xFF, 0xFF]).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\n\r\n")]
    [InlineData("SSH-2.0-OpenSSH_9.2\r\n")]
    [InlineData("\0\0\0\u0010hello, this is no map")]
    [InlineData("\n\n\n\n\n\n\n\n")]
    public void Other_protocols_are_refused(string junk) => Refused(Frames.Utf8(junk));

    [Theory]
    [InlineData("82A46865616480A4626F6479C6FFFFFFFF")] // bin32 of 4 GiB
    [InlineData("82A46865616480A4626F6479DB80000000")]
    [InlineData("81A4686561DBFFFFFFFF")]
    [InlineData("81A468656164DDFFFFFFFF")] // array32 of 4 G items
    [InlineData("81A468656164DFFFFFFFFF")] // map32 of 4 G entries
    [InlineData("81A468656164C9FFFFFFFF4E")] // ext32
    [InlineData("DFFFFFFFFF")]
    [InlineData("DF04000000")]
    public void A_size_inside_a_frame_above_the_limit_is_refused_before_it_is_waited_for(string hex) => Refused(Convert.FromHexString(hex));

    [Theory]
    [InlineData("82A46865616480A4626F647901")] // a number
    [InlineData("82A46865616480A4626F647980")] // a map
    [InlineData("82A46865616480A4626F6479C0")]
    [InlineData("82A46865616480A4626F6479C7014E00")]
    [InlineData("81A46865616480")] // no body at all
    [InlineData("81A4626F6479C1")] // the code that msgpack never uses
    [InlineData("81C1")]
    public void A_map_without_bytes_as_body_is_not_a_frame(string hex) => Refused(Convert.FromHexString(hex));

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    public void A_length_that_is_not_its_maps_is_refused(int wrong)
    {
        var frame = Frames.Prefixed(Frames.Of(Frames.Utf8("tag\n\n\u0001")));
        frame[3] = (byte)(frame[3] + wrong);

        Refused(Frames.Join(frame, [0x82]));
    }

    [Theory]
    [InlineData(FrameFormat.Map)]
    [InlineData(FrameFormat.LengthPrefixed)]
    public void The_limit_is_an_option_and_exact(FrameFormat format)
    {
        var frame = Frames.Of(new byte[1000], format);
        var limit = Frames.Of(new byte[1000]).Length;

        Assert.Equal(1000, Assert.Single(Frames.Read(frame, 100, limit)).Length);
        Refused(frame, limit - 1);
    }

    [Fact]
    public void A_head_a_million_maps_deep_costs_nothing()
    {
        const int Depth = 1_000_000;
        var nested = Enumerable.Repeat(new byte[] { 0x81, 0x01 }, Depth).SelectMany(b => b).ToArray();
        var frame = Frames.Join([0x82, 0xA4], Frames.Utf8("head"), nested, [0xC0, 0xA4], Frames.Utf8("body"), [0xC4, 1, 5]);

        Assert.Equal([5], Assert.Single(Frames.Read(frame, 4096)));
    }

    [Fact]
    public void Maps_as_keys_a_million_deep_are_read_too()
    {
        var nested = Enumerable.Repeat((byte)0x81, 1_000_000).ToArray();
        var frame = Frames.Join(
            [0x82],
            nested,
            Enumerable.Repeat((byte)0xC0, 1_000_001).ToArray(),
            [0xC0, 0xA4],
            Frames.Utf8("body"),
            [0xC4, 1, 5]
        );

        Assert.Equal([5], Assert.Single(Frames.Read(frame, 65536)));
    }

    [Fact]
    public void The_error_shows_the_frame_from_its_start()
    {
        var frame = Frames.Join([0x82, 0xA4], Frames.Utf8("head"), [0x91, 0xC1]);

        Assert.Equal(frame, Refused(frame).FirstBytes);
    }

    [Fact]
    public void A_claimed_length_is_not_allocated()
    {
        var reader = new FrameReader();
        var before = GC.GetAllocatedBytesForCurrentThread();

        Frames.Read(reader, [0x03, 0xFF, 0xFF, 0xFF, 0x82, 0xA4], 1);

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100_000);
        Assert.Equal(6, reader.Unread.Length);
    }
}
