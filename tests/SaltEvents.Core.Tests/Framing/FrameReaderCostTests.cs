using System;
using System.Diagnostics;
using System.Linq;
using SaltEvents.Core.Framing;
using SaltEvents.Core.Tests.Support;
using Xunit;

namespace SaltEvents.Core.Tests.Framing;

/// <summary>A partial frame is never scanned again from its start: eight times the bytes cost about eight times the time, not 64 times.</summary>
public sealed class FrameReaderCostTests
{
    private const int Growth = 8;
    private const double Allowed = 3;

    private static double Seconds(byte[] frame, int piece) => Enumerable.Range(0, 3).Min(_ =>
    {
        var watch = Stopwatch.StartNew();
        Assert.Single(Frames.Read(frame, piece));
        return watch.Elapsed.TotalSeconds;
    });

    private static void AssertLinear(Func<int, byte[]> frameOf, int size, int piece)
    {
        Seconds(frameOf(size), piece); // compiles
        var small = Seconds(frameOf(size), piece);
        var large = Seconds(frameOf(Growth * size), piece);

        Assert.True(large < small * Growth * Allowed, $"{size} bytes took {small * 1000:0.0} ms, {Growth} times as many {large * 1000:0.0} ms.");
    }

    [Fact]
    public void Many_values_in_small_pieces_cost_linear_time() =>
        AssertLinear(
            values => Frames.Join([0x82, 0xA4], Frames.Utf8("head"), [0xDD, 0, (byte)(values >> 16), (byte)(values >> 8), 0], new byte[values & ~0xFF], [0xA4], Frames.Utf8("body"), [0xC4, 1, 1]),
            64 * 1024,
            32);

    [Fact]
    public void A_long_body_in_small_pieces_costs_linear_time() => AssertLinear(size => Frames.Of(new byte[size]), 512 * 1024, 1);

    [Fact]
    public void One_big_frame_does_not_cost_its_size_for_ever()
    {
        var reader = new FrameReader();
        Frames.Read(reader, Frames.Of(new byte[8 * 1024 * 1024]), int.MaxValue);

        Assert.InRange(reader.GetBuffer().Count, 4096, 64 * 1024);
    }
}
