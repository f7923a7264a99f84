using System;
using System.Collections.Generic;
using System.Linq;
using SaltEvents.Core.Events;
using SaltEvents.Core.Framing;
using SaltEvents.Core.Tests.Support;
using Xunit;

namespace SaltEvents.Core.Tests.Events;

/// <summary>Payloads that are broken on purpose end in a typed error, never in a crash or in memory.</summary>
public sealed class HostilePayloadTests
{
    private static byte[] Nested(byte[] level, int depth, byte[] inside) => Frames.Join(Enumerable.Repeat(level, depth).Append(inside));

    private static SaltEvent Decode(byte[] payload) => EventCodec.Decode(Frames.Join(Frames.Utf8("t\n\n"), payload));

    [Theory]
    [InlineData("")]
    [InlineData("C1")]
    [InlineData("81")]
    [InlineData("81A1")]
    [InlineData("81A16")]
    [InlineData("81A161")]
    [InlineData("A5616263")]
    [InlineData("C6FFFFFFFF")]
    [InlineData("DBFFFFFFFF61")]
    [InlineData("DDFFFFFFFF")]
    [InlineData("DFFFFFFFFF")]
    [InlineData("DD7FFFFFFFC0")]
    [InlineData("C9FFFFFFFF4E")]
    [InlineData("92C1C0")]
    public void Bytes_that_are_not_msgpack_are_a_format_error(string hex)
    {
        var bytes = Convert.FromHexString(hex.Length % 2 == 0 ? hex : hex + "0");
        var before = GC.GetAllocatedBytesForCurrentThread();

        _ = Assert.Throws<EventFormatException>(() => PayloadDecoder.Decode(bytes));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1_000_000);

        var fields = EventCodec.Decode(Frames.Join(Frames.Utf8("tag\n\n"), bytes)).Fields;
        Assert.False(fields.IsMap);
        Assert.False(fields.TryGetValue("b", out _));
    }

    [Theory]
    [InlineData(0x91)]
    [InlineData(0x81)]
    public void Nesting_is_decoded_to_the_limit_and_refused_beyond_it(byte code)
    {
        var level = code == 0x91 ? new byte[] { 0x91 } : [0x81, 0xC0];

        _ = PayloadDecoder.Decode(Nested(level, FrameLimits.MaxPayloadDepth, [0xC0]));
        _ = Assert.Throws<EventFormatException>(() => PayloadDecoder.Decode(Nested(level, FrameLimits.MaxPayloadDepth + 1, [0xC0])));
        _ = Assert.Throws<EventFormatException>(() => PayloadDecoder.Decode(Nested(level, 200_000, [0xC0])));
    }

    [Fact]
    public void Constants_inside_constants_are_bounded_like_other_nesting()
    {
        // ext32 of type 79, holding an array of nil and the next: deep enough to exhaust any stack.
        const int Depth = 100_000;
        var bytes = new List<byte[]>();
        for (var size = 8 * Depth; size > 0; size -= 8)
        {
            bytes.Add([
                0xC9,
                (byte)((size - 5) >> 24),
                (byte)((size - 5) >> 16),
                (byte)((size - 5) >> 8),
                (byte)(size - 5),
                79,
                0x92,
                0xC0,
            ]);
        }

        var value = PayloadDecoder.Decode(Frames.Join(bytes.Append([0xC0])));

        Assert.IsType<SaltConstant>(value);
    }

    [Fact]
    public void Counts_in_a_constant_allocate_no_more_than_its_bytes_are_worth()
    {
        // ext32 of type 79 that holds arrays in arrays, of which each claims as many items as there are bytes left.
        const int Size = 1_000_000;
        var bytes = new byte[Size];
        new byte[] { 0xC9, 0, 0x0F, 0x42, 0x3A, 79 }.CopyTo(bytes, 0);
        for (var i = 6; i < 6 + (500 * 5); i += 5)
        {
            var left = Size - i - 5;
            new byte[] { 0xDD, 0, (byte)(left >> 16), (byte)(left >> 8), (byte)left }.CopyTo(bytes, i);
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        var value = PayloadDecoder.Decode(bytes);

        Assert.IsType<SaltExtension>(value);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 20L * Size);
    }

    [Theory]
    [InlineData("", false)]
    [InlineData("C1", false)]
    [InlineData("80", true)]
    [InlineData("01", true)]
    [InlineData("8080", false)]
    [InlineData("81A16101", true)]
    [InlineData("81A161", false)]
    [InlineData("DFFFFFFFFF", false)]
    [InlineData("92C1C0", false)]
    public void A_payload_can_be_decoded_where_it_is_one_whole_value(string hex, bool can) =>
        Assert.Equal(can, Decode(Convert.FromHexString(hex)).Fields.IsDecodable);

    [Fact]
    public void A_payload_can_be_decoded_down_to_the_limit_of_nesting()
    {
        Assert.True(Decode(Nested([0x91], FrameLimits.MaxPayloadDepth, [0x90])).Fields.IsDecodable);
        Assert.False(Decode(Nested([0x91], FrameLimits.MaxPayloadDepth + 1, [0x90])).Fields.IsDecodable);
        Assert.True(Decode(Nested([0x91], FrameLimits.MaxPayloadDepth + 1, [0x90])).Fields.IsWhole);
        Assert.False(Decode(Nested([0x81, 0xC0], 1_000_000, [0xC0])).Fields.IsDecodable);
        // Wide is not deep.
        Assert.True(
            Decode(
                Frames.Join([0xDD, 0, 1, 0, 0], Enumerable.Repeat((byte)0x91, 65536).SelectMany(b => new byte[] { b, 1 }).ToArray())
            ).Fields.IsDecodable
        );
    }

    [Theory]
    [InlineData(1, 3)]
    [InlineData(16, 16)]
    [InlineData(17, 17)]
    [InlineData(18, 16)]
    [InlineData(FrameLimits.MaxPayloadDepth, FrameLimits.MaxPayloadDepth)]
    [InlineData(FrameLimits.MaxPayloadDepth + 1, FrameLimits.MaxPayloadDepth)]
    public void The_fields_of_a_map_are_found_down_to_the_same_limit(int levels, int limit)
    {
        var inKey = Frames.Join([0x81], Nested([0x91], levels - 1, [0xC0]), [0xC0]);
        foreach (var payload in new[] { Nested([0x81, 0xC0], levels, [0xC0]), inKey })
        {
            var entries = new PayloadView.Entries(payload, limit);
            while (entries.MoveNext())
            {
            }

            Assert.Equal(levels <= limit, entries.IsWhole);
            Assert.Equal(levels <= limit, MessagePackToken.IsOneValue(payload, limit));
        }
    }

    [Fact]
    public void A_map_that_contains_itself_is_too_deep()
    {
        var map = new PayloadMap();
        map.Add("me", map);

        Assert.Equal(InvalidEventReason.TooDeep, Assert.Throws<InvalidEventException>(() => EventCodec.Encode("t", map, null)).Reason);
    }

    [Fact]
    public void A_text_in_many_places_is_refused_before_it_takes_all_memory()
    {
        object? shared = new string('x', 1 << 24);
        for (var i = 0; i < 20; i++)
        {
            shared = new[] { shared, shared };
        }

        var map = new PayloadMap { { "x", shared } };
        Assert.Equal(InvalidEventReason.TooLarge, Assert.Throws<InvalidEventException>(() => EventCodec.Encode("t", map, null)).Reason);
    }

    [Fact]
    public void A_constant_that_contains_itself_is_too_deep()
    {
        var map = new PayloadMap();
        map.Add("me", new SaltConstant("name", map));

        Assert.Equal(InvalidEventReason.TooDeep, Assert.Throws<InvalidEventException>(() => EventCodec.Encode("t", map, null)).Reason);
    }

    [Fact]
    public void A_value_of_another_type_is_refused_by_name()
    {
        var error = Assert.Throws<InvalidEventException>(() =>
            EventCodec.Encode("t", new PayloadMap { { "x", new Uri("https://x") } }, null)
        );

        Assert.Equal(InvalidEventReason.UnsupportedValue, error.Reason);
        Assert.Contains("System.Uri", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Half_a_surrogate_pair_does_not_throw()
    {
        var saltEvent = EventCodec.Decode(Frames.Body("t", ("x", "a\uD800b")));

        Assert.Equal("a\uFFFDb", ((PayloadMap)saltEvent.Fields.Decode()!)["x"]);
    }

    [Fact]
    public void A_broken_payload_has_no_fields_from_the_break_on()
    {
        var fields = EventCodec.Decode(Frames.Join(Frames.Utf8("t\n\n"), [0x83, 0xA1, (byte)'a', 1, 0xA1, (byte)'b', 0xC1])).Fields;

        Assert.Equal(["a"], fields.GetNames());
        Assert.True(fields.TryGetValue("a", out var value));
        Assert.Equal(1L, value);
        Assert.False(fields.IsMap);
        _ = Assert.Throws<EventFormatException>(() => fields.Decode());
    }

    [Fact]
    public void Bytes_after_the_payload_make_it_no_map()
    {
        var fields = EventCodec.Decode(Frames.Join(Frames.Utf8("t\n\n"), [0x80, 0x80])).Fields;

        Assert.False(fields.IsMap);
        _ = Assert.Throws<EventFormatException>(() => fields.Decode());
    }
}
