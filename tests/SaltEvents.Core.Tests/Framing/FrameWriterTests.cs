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
    [InlineData(0, FrameBodyType.Bin, "C400")]
    [InlineData(255, FrameBodyType.Bin, "C4FF")]
    [InlineData(256, FrameBodyType.Bin, "C50100")]
    [InlineData(65535, FrameBodyType.Bin, "C5FFFF")]
    [InlineData(65536, FrameBodyType.Bin, "C600010000")]
    [InlineData(0, FrameBodyType.Str, "A0")]
    [InlineData(31, FrameBodyType.Str, "BF")]
    [InlineData(32, FrameBodyType.Str, "DA0020")] // Salt's Python 2 knows no str8
    [InlineData(256, FrameBodyType.Str, "DA0100")]
    [InlineData(65535, FrameBodyType.Str, "DAFFFF")]
    [InlineData(65536, FrameBodyType.Str, "DB00010000")]
    public void The_body_has_the_type_that_Salt_gives_it(int length, FrameBodyType type, string head)
    {
        var expected = Frames.Join(
            [0x82, 0xA4],
            Frames.Utf8("head"),
            [0x80, 0xA4],
            Frames.Utf8("body"),
            Convert.FromHexString(head),
            new byte[length]
        );

        Assert.Equal(expected, Frames.Of(new byte[length], type: type));
        Assert.Equal(Frames.Prefixed(expected), Frames.Of(new byte[length], FrameFormat.LengthPrefixed, type));
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
    public void What_is_written_is_read_again(int length)
    {
        var body = new byte[length];
        new Random(length).NextBytes(body);
        foreach (var format in Enum.GetValues<FrameFormat>())
        {
            foreach (var type in Enum.GetValues<FrameBodyType>())
            {
                var stream = Frames.Join(Frames.Of(body, format, type), Frames.Of([1], format, type));
                foreach (var piece in new[] { 1000, 65536, int.MaxValue })
                {
                    Assert.Equal([body, [1]], Frames.Read(stream, piece));
                }
            }
        }
    }

    [Fact]
    public void It_writes_after_what_is_there()
    {
        var output = new ByteBuffer(1);
        foreach (var i in Enumerable.Range(0, 100))
        {
            FrameWriter.Write(output, new byte[i]);
        }

        Assert.Equal(Enumerable.Range(0, 100), Frames.Read(output.ToArray(), 10).Select(b => b.Length));
    }
}
