using System;
using System.Linq;
using SaltEvents.Core.Framing;
using SaltEvents.Core.Tests.Support;
using Xunit;

namespace SaltEvents.Core.Tests.Framing;

public sealed class FrameWriterTests
{
    [Fact]
    public void The_bytes_are_Salts_own()
    {
        foreach (var recorded in RecordedEvent.All)
        {
            var body = Assert.Single(Frames.Read(recorded.Frame, int.MaxValue));
            Assert.Equal(recorded.Frame, Frames.Of(body));
            Assert.Equal(Frames.Prefixed(recorded.Frame), Frames.Of(body, FrameFormat.LengthPrefixed));
        }
    }

    [Theory]
    [InlineData(0, "C400")]
    [InlineData(255, "C4FF")]
    [InlineData(256, "C50100")]
    [InlineData(65535, "C5FFFF")]
    [InlineData(65536, "C600010000")]
    public void The_body_is_bin_with_the_shortest_length(int length, string head)
    {
        var expected = Frames.Join(
            [0x82, 0xA4],
            Frames.Utf8("head"),
            [0x80, 0xA4],
            Frames.Utf8("body"),
            Convert.FromHexString(head),
            new byte[length]
        );

        Assert.Equal(expected, Frames.Of(new byte[length]));
        Assert.Equal(Frames.Prefixed(expected), Frames.Of(new byte[length], FrameFormat.LengthPrefixed));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(31)]
    [InlineData(32)]
    [InlineData(255)]
    [InlineData(256)]
    [InlineData(65535)]
    [InlineData(65536)]
    [InlineData(1024 * 1024)]
    public void A_frame_is_read_as_it_was_written(int length)
    {
        var body = new byte[length];
        new Random(length).NextBytes(body);
        foreach (var format in Enum.GetValues<FrameFormat>())
        {
            foreach (var write in new[] { Frames.Of, Frames.OfStr })
            {
                var stream = Frames.Join(write(body, format), write([1], format));
                foreach (var piece in new[] { 1000, 65536, int.MaxValue })
                {
                    Assert.Equal([body, [1]], Frames.Read(stream, piece));
                }
            }
        }
    }

    [Fact]
    public void A_frame_is_written_after_the_existing_bytes()
    {
        var output = new ByteBuffer(1);
        foreach (var i in Enumerable.Range(0, 100))
        {
            FrameWriter.Write(output, new byte[i]);
        }

        Assert.Equal(Enumerable.Range(0, 100), Frames.Read(output.ToArray(), 10).Select(b => b.Length));
    }
}
