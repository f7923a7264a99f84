using System;
using System.Linq;
using SaltEvents.Core.Events;
using SaltEvents.Core.Framing;
using SaltEvents.Core.Tests.Support;
using SaltEvents.Tests;
using Xunit;

namespace SaltEvents.Core.Tests.Interop;

/// <summary>What we write, an independent msgpack reads to the same values, and the other way round.</summary>
public sealed class PythonMsgpackTests(PythonMsgpack python) : IClassFixture<PythonMsgpack>
{
    private static readonly object?[] Values =
    [
        null,
        true,
        false,
        "",
        "text",
        "täg 🧂\0\n",
        new string('x', 70_000),
        Array.Empty<byte>(),
        new byte[] { 0, 0xFF, 0x0A, 0x0A },
        new byte[70_000],
        0L, 127L, 128L, 255L, 256L, 65535L, 65536L, 4294967295L, 4294967296L,
        long.MaxValue,
        9223372036854775808UL,
        ulong.MaxValue,
        -1L, -32L, -33L, -128L, -129L, -32768L, -32769L, -2147483648L, -2147483649L,
        long.MinValue,
        1.5,
        0.1,
        -0.0,
        1e300,
        double.PositiveInfinity,
        double.NegativeInfinity,
        double.NaN,
        Array.Empty<object?>(),
        new object?[]
        {
            1L,
            new object?[]
            {
                null,
                new PayloadMap { { "a", 1L } },
            },
        },
        new object?[20],
        new PayloadMap(),
        new PayloadMap
        {
            { "a", 1L },
            { 1L, "int" },
            { null, "nil" },
            { false, "bool" },
            { new byte[] { 0xFF }, "bin" },
        },
        new DateTime(2026, 11, 23, 19, 41, 15, DateTimeKind.Utc).AddTicks(6567070),
        new DateTime(2000, 1, 1, 0, 0, 0, DateTimeKind.Utc),
        new SaltExtension(5, [1, 2, 3]),
        new SaltExtension(127, []),
        new SaltExtension(79, [0x93, 1, 2, 3]),
    ];

    public static TheoryData<int> Indexes => new(Enumerable.Range(0, Values.Length));

    [NeedsTheory(What = "python3-msgpack")]
    [MemberData(nameof(Indexes))]
    public void Python_decodes_our_bytes(int index)
    {
        var answer = python.Ask("decode", ("data", Convert.ToBase64String(Encode(Values[index]))));

        Assert.Equal(PayloadText.Of(Values[index]), PayloadText.Of(TaggedJson.Read(answer)));
    }

    [NeedsTheory(What = "python3-msgpack")]
    [MemberData(nameof(Indexes))]
    public void Bytes_from_Python_are_decoded_and_encoded_to_the_same_bytes(int index)
    {
        var bytes = python.Ask("encode", ("value", TaggedJson.Write(Values[index]))).GetBytesFromBase64();

        Assert.Equal(PayloadText.Of(Values[index]), PayloadText.Of(PayloadDecoder.Decode(bytes)));
        Assert.Equal(Convert.ToHexString(bytes), Convert.ToHexString(Encode(PayloadDecoder.Decode(bytes))));
    }

    [NeedsFact(What = "python3-msgpack")]
    public void Python_decodes_a_float32_to_the_same_number() =>
        Assert.Equal((double)0.1f, TaggedJson.Read(python.Ask("decode", ("data", Convert.ToBase64String(Encode(0.1f))))));

    [NeedsFact(What = "python3-msgpack")]
    public void Python_decodes_a_constant_to_its_extension()
    {
        var answer = TaggedJson.Read(python.Ask("decode", ("data", Convert.ToBase64String(Encode(new SaltConstant("NO_DEFAULT", null))))));

        var extension = Assert.IsType<SaltExtension>(answer);
        Assert.Equal(79, extension.Code);
        Assert.Equal(["NO_DEFAULT", null], Assert.IsType<object?[]>(PayloadDecoder.Decode(extension.Data)));
    }

    [NeedsFact(What = "python3-msgpack")]
    public void Python_decodes_recorded_payloads_that_we_encoded_again()
    {
        foreach (var recorded in RecordedEvent.All)
        {
            var saltEvent = EventCodec.Decode(EventCodec.Encode(recorded.Tag, recorded.Data, stamp: null));
            var answer = python.Ask("decode", ("data", Convert.ToBase64String(saltEvent.Payload.Span)));
            Assert.Equal(PayloadText.Of(recorded.Data), PayloadText.Of(TaggedJson.Read(answer)));
        }
    }

    [NeedsTheory(What = "python3-msgpack")]
    [InlineData(0)]
    [InlineData(255)]
    [InlineData(256)]
    [InlineData(65536)]
    public void Our_frames_are_Pythons_byte_for_byte(int length) =>
        Assert.Equal(
            python.Ask("body", ("data", Convert.ToBase64String(new byte[length]))).GetBytesFromBase64(),
            Frames.Of(new byte[length])
        );

    [NeedsFact(What = "python3-msgpack")]
    public void Pythons_unpacker_reads_our_stream_in_pieces()
    {
        var bodies = RecordedEvent.All.Select(r => EventCodec.Encode(r.Tag, r.Data, stamp: null)).ToList();
        var stream = Frames.Join(bodies.Select(b => Frames.Of(b)));

        var frames = python.Ask("frames", ("data", Convert.ToBase64String(stream)), ("size", 100)).EnumerateArray().ToList();

        Assert.Equal(bodies, frames.Select(f => f[1].GetBytesFromBase64()));
        Assert.All(frames, f => Assert.Equal("{}", PayloadText.Of(TaggedJson.Read(f[0]))));
    }

    private static byte[] Encode(object? value)
    {
        var output = new ByteBuffer();
        PayloadEncoder.Write(output, value);
        return output.ToArray();
    }
}
