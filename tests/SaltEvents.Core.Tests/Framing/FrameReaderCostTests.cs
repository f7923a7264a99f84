using System.Diagnostics;
using System.Linq;
using SaltEvents.Core.Framing;
using SaltEvents.Core.Tests.Support;
using Xunit;

namespace SaltEvents.Core.Tests.Framing;

/// <summary>
/// A partial frame is never scanned or copied again from its start: one long frame in small pieces costs about what the same
/// bytes cost as many short frames, where a second look at each piece would cost a thousand times as much.
/// </summary>
public sealed class FrameReaderCostTests
{
    private const double Allowed = 50;

    private static byte[] FrameOf(int values, int bodyLength) => Frames.Join(
        [0x82, 0xA4],
        Frames.Utf8("head"),
        [0xDD, (byte)(values >> 24), (byte)(values >> 16), (byte)(values >> 8), (byte)values],
        new byte[values],
        [0xA4],
        Frames.Utf8("body"),
        [0xC6, (byte)(bodyLength >> 24), (byte)(bodyLength >> 16), (byte)(bodyLength >> 8), (byte)bodyLength],
        new byte[bodyLength]);

    private static double Seconds(byte[] stream, int piece, int frames) => Enumerable.Range(0, 4).Min(_ =>
    {
        var watch = Stopwatch.StartNew();
        Assert.Equal(frames, Frames.Read(stream, piece).Count);
        return watch.Elapsed.TotalSeconds;
    });

    private static void AssertLinear(byte[] longFrame, byte[] shortFrame, int piece)
    {
        var count = longFrame.Length / shortFrame.Length;
        var many = Seconds(Frames.Join(Enumerable.Repeat(shortFrame, count)), piece, count);
        var one = Seconds(longFrame, piece, 1);

        Assert.True(
            one < many * Allowed,
            $"{longFrame.Length} bytes took {one * 1000:0.0} ms as one frame and {many * 1000:0.0} ms as {count}."
        );
    }

    [Fact]
    public void Many_values_in_small_pieces_cost_linear_time() => AssertLinear(FrameOf(128 * 1024, 1), FrameOf(64, 1), 32);

    [Fact]
    public void A_long_body_in_small_pieces_costs_linear_time() => AssertLinear(FrameOf(1, 4 * 1024 * 1024), FrameOf(1, 1024), 256);

    [Fact]
    public void One_big_frame_does_not_cost_its_size_forever()
    {
        var reader = new FrameReader();
        Frames.Read(reader, Frames.Of(new byte[8 * 1024 * 1024]), int.MaxValue);

        Assert.InRange(reader.GetBuffer().Count, 4096, 64 * 1024);
    }
}
