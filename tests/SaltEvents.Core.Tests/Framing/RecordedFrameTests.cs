using System;
using System.Linq;
using SaltEvents.Core.Framing;
using SaltEvents.Core.Tests.Support;
using Xunit;

namespace SaltEvents.Core.Tests.Framing;

/// <summary>The frames that Salt itself wrote, in every way that a socket may deliver them.</summary>
public sealed class RecordedFrameTests
{
    private const int EveryPositionUpTo = 3000;

    // Salt's map head is 12 bytes, then bin8, bin16 or bin32: the body found without the reader.
    private static byte[] BodyOf(RecordedEvent recorded) =>
        recorded.Frame[
            (
                12
                + recorded.Frame[12] switch
                {
                    0xC4 => 2,
                    0xC5 => 3,
                    _ => 5,
                }
            )..
        ];

    private static byte[] Frame(RecordedEvent recorded, FrameFormat format) =>
        format == FrameFormat.Map ? recorded.Frame : Frames.Prefixed(recorded.Frame);

    [Fact]
    public void All_vectors_are_there() => Assert.Equal(131, RecordedEvent.All.Count);

    [Theory]
    [InlineData(FrameFormat.Map)]
    [InlineData(FrameFormat.LengthPrefixed)]
    public void Each_frame_is_read_whole(FrameFormat format)
    {
        foreach (var recorded in RecordedEvent.All)
        {
            var reader = new FrameReader();
            var body = Assert.Single(Frames.Read(reader, Frame(recorded, format), int.MaxValue));
            Assert.Equal(BodyOf(recorded), body);
            Assert.Equal(format, reader.Format);
            Assert.Equal(0, reader.Unread.Length);
        }
    }

    [Theory]
    [InlineData(FrameFormat.Map, 1)]
    [InlineData(FrameFormat.Map, 7)]
    [InlineData(FrameFormat.Map, 4096)]
    [InlineData(FrameFormat.Map, int.MaxValue)]
    [InlineData(FrameFormat.LengthPrefixed, 1)]
    [InlineData(FrameFormat.LengthPrefixed, 5)]
    [InlineData(FrameFormat.LengthPrefixed, int.MaxValue)]
    public void The_whole_stream_is_read_in_pieces_of_any_size(FrameFormat format, int piece)
    {
        var stream = Frames.Join(RecordedEvent.All.Select(r => Frame(r, format)));

        var bodies = Frames.Read(stream, piece);

        Assert.Equal(RecordedEvent.All.Select(BodyOf), bodies);
    }

    [Theory]
    [InlineData(FrameFormat.Map)]
    [InlineData(FrameFormat.LengthPrefixed)]
    public void A_frame_is_read_where_it_is_cut_at_any_position(FrameFormat format)
    {
        var reader = new FrameReader();
        foreach (var recorded in RecordedEvent.All)
        {
            var frame = Frame(recorded, format);
            var body = BodyOf(recorded);
            var step = frame.Length <= EveryPositionUpTo ? 1 : 251;
            for (var cut = 1; cut < frame.Length; cut += step)
            {
                Assert.Empty(Frames.Read(reader, frame.AsSpan(0, cut), int.MaxValue));
                Assert.Equal(cut, reader.Unread.Length);
                Assert.Equal(body, Assert.Single(Frames.Read(reader, frame.AsSpan(cut), int.MaxValue)));
            }
        }
    }

    [Fact]
    public void Bare_and_prefixed_frames_may_alternate()
    {
        var stream = Frames.Join(RecordedEvent.All.Select((r, i) => Frame(r, i % 2 == 0 ? FrameFormat.LengthPrefixed : FrameFormat.Map)));

        Assert.Equal(RecordedEvent.All.Select(BodyOf), Frames.Read(stream, 13));
    }
}
