using System;
using System.Collections.Generic;
using System.Linq;
using SaltEvents.Core.Events;
using SaltEvents.Core.Framing;
using SaltEvents.Core.Tests.Support;
using Xunit;

namespace SaltEvents.Core.Tests.Events;

/// <summary>Msgpack of before 2013: no str8, no bin, no extensions.</summary>
public sealed class OldMessagePackTests
{
    private static readonly DateTime Time = new DateTime(2026, 11, 27, 13, 45, 1, DateTimeKind.Utc).AddTicks(1_234_560);

    private static byte[] Packed(object? value)
    {
        var output = new ByteBuffer();
        PayloadEncoder.Write(output, value);
        return output.ToArray();
    }

    private static object? Rewritten(object? value) => PayloadDecoder.Decode(OldMessagePack.Rewrite(Packed(value)));

    [Theory]
    [InlineData(31, "BF")]
    [InlineData(32, "DA0020")]
    [InlineData(255, "DA00FF")]
    [InlineData(256, "DA0100")]
    [InlineData(65535, "DAFFFF")]
    [InlineData(65536, "DB00010000")]
    public void Texts_and_bytes_of_any_length_are_raw(int length, string head)
    {
        foreach (var value in new object[] { new string('x', length), Enumerable.Repeat((byte)'x', length).ToArray() })
        {
            var rewritten = OldMessagePack.Rewrite(Packed(value)).ToArray();
            Assert.Equal(head, Convert.ToHexString(rewritten.AsSpan(0, rewritten.Length - length).ToArray()));
            Assert.Equal(new string('x', length), PayloadDecoder.Decode(rewritten));
        }
    }

    [Fact]
    public void Bytes_that_are_not_text_arrive_as_bytes() =>
        Assert.Equal("bin:FF00" + new string('8', 80), PayloadText.Of(Rewritten((byte[])[0xFF, 0, .. Enumerable.Repeat((byte)0x88, 40)])));

    [Fact]
    public void A_date_is_text_in_ISO_8601()
    {
        Assert.Equal("2026-11-27T13:45:01.123456Z", Rewritten(Time));
        Assert.Equal("0001-01-01T00:00:00Z", Rewritten(new DateTime(0, DateTimeKind.Utc)));
        Assert.Equal("9990101T00:00:00.000000", Rewritten(new SaltExtension(78, Frames.Utf8("9990101T00:00:00.000000")))); // what Salt made of the year 999
    }

    [Fact]
    public void Old_types_are_used_at_every_depth_and_in_keys()
    {
        var payload = new PayloadMap
        {
            {
                new string('k', 40),
                new object?[]
                {
                    1L,
                    -1L,
                    1.5,
                    null,
                    true,
                    new PayloadMap { { "time", Time }, { "b", new byte[] { 1 } } },
                }
            },
            { Time, new string('v', 300) },
            { "plain", "x" },
        };

        var expected =
            $$"""{"{{new string('k', 40)}}": [1, -1, f64:1.5, nil, true, {"time": "2026-11-27T13:45:01.123456Z", "b": "\u0001"}], "2026-11-27T13:45:01.123456Z": "{{new string('v', 300)}}", "plain": "x"}""";
        Assert.Equal(expected, PayloadText.Of(Rewritten(payload)));
    }

    [Fact]
    public void A_payload_without_new_types_keeps_its_bytes()
    {
        ReadOnlyMemory<byte> packed = Packed(new PayloadMap { { "a", "short" }, { "b", new string('x', 300) } });
        Assert.Equal(packed, OldMessagePack.Rewrite(packed));
    }

    public static IEnumerable<object[]> Extensions => [[new SaltConstant("NOT_SET", null)], [new SaltExtension(5, [1, 2, 3])]];

    [Theory]
    [MemberData(nameof(Extensions))]
    public void An_extension_without_a_text_is_refused_and_stays_where_it_may(object extension)
    {
        var error = Assert.Throws<InvalidEventException>(() => Rewritten(new PayloadMap { { "a", extension } }));
        Assert.Equal(InvalidEventReason.UnsupportedValue, error.Reason);
        Assert.Equal(
            PayloadText.Of(extension),
            PayloadText.Of(PayloadDecoder.Decode(OldMessagePack.Rewrite(Packed(extension), keepsExtensions: true)))
        );
    }

    [Theory]
    [InlineData("D9")]
    [InlineData("D905616263")] // cut off
    [InlineData("C5FFFF00")]
    [InlineData("C1D90161")]
    [InlineData("")]
    public void Bytes_that_are_not_msgpack_stay_as_they_are(string hex) =>
        Assert.Equal(hex, Convert.ToHexString(OldMessagePack.Rewrite(Convert.FromHexString(hex)).ToArray()));
}
