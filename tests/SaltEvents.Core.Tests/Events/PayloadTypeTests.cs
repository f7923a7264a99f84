using System;
using System.Collections.Generic;
using System.Linq;
using SaltEvents.Core.Events;
using SaltEvents.Core.Framing;
using SaltEvents.Core.Tests.Support;
using Xunit;

namespace SaltEvents.Core.Tests.Events;

/// <summary>Each type of value against bytes written by hand from the msgpack specification.</summary>
public sealed class PayloadTypeTests
{
    private static readonly Dictionary<string, (object? Value, string Hex)> Cases = new()
    {
        ["nil"] = (null, "C0"),
        ["false"] = (false, "C2"),
        ["true"] = (true, "C3"),
        ["0"] = (0L, "00"),
        ["127"] = (127L, "7F"),
        ["128"] = (128L, "CC80"),
        ["255"] = (255L, "CCFF"),
        ["256"] = (256L, "CD0100"),
        ["65535"] = (65535L, "CDFFFF"),
        ["65536"] = (65536L, "CE00010000"),
        ["2^32-1"] = (4294967295L, "CEFFFFFFFF"),
        ["2^32"] = (4294967296L, "CF0000000100000000"),
        ["2^63-1"] = (long.MaxValue, "CF7FFFFFFFFFFFFFFF"),
        ["2^63"] = (9223372036854775808UL, "CF8000000000000000"),
        ["2^64-1"] = (ulong.MaxValue, "CFFFFFFFFFFFFFFFFF"),
        ["-1"] = (-1L, "FF"),
        ["-32"] = (-32L, "E0"),
        ["-33"] = (-33L, "D0DF"),
        ["-128"] = (-128L, "D080"),
        ["-129"] = (-129L, "D1FF7F"),
        ["-32768"] = (-32768L, "D18000"),
        ["-32769"] = (-32769L, "D2FFFF7FFF"),
        ["-2^31"] = (-2147483648L, "D280000000"),
        ["-2^31-1"] = (-2147483649L, "D3FFFFFFFF7FFFFFFF"),
        ["-2^63"] = (long.MinValue, "D38000000000000000"),
        ["1.5"] = (1.5, "CB3FF8000000000000"),
        ["-0.0"] = (-0.0, "CB8000000000000000"),
        ["infinity"] = (double.PositiveInfinity, "CB7FF0000000000000"),
        ["float32"] = (0.1f, "CA3DCCCCCD"),
        ["empty str"] = ("", "A0"),
        ["fixstr"] = (new string('a', 31), "BF" + Hex('a', 31)),
        ["str8"] = (new string('a', 32), "D920" + Hex('a', 32)),
        ["str8 longest"] = (new string('a', 255), "D9FF" + Hex('a', 255)),
        ["str16"] = (new string('a', 256), "DA0100" + Hex('a', 256)),
        ["str32"] = (new string('a', 65536), "DB00010000" + Hex('a', 65536)),
        ["emoji"] = ("🧂", "A4F09FA782"),
        ["nul"] = ("a\0b", "A3610062"),
        ["empty bin"] = (Array.Empty<byte>(), "C400"),
        ["bin8"] = (new byte[255], "C4FF" + Hex('\0', 255)),
        ["bin16"] = (new byte[256], "C50100" + Hex('\0', 256)),
        ["bin32"] = (new byte[65536], "C600010000" + Hex('\0', 65536)),
        ["empty array"] = (Array.Empty<object?>(), "90"),
        ["fixarray"] = (new object?[] { 1L, "x", null }, "9301A178C0"),
        ["array16"] = (new object?[16], "DC0010" + string.Concat(Enumerable.Repeat("C0", 16))),
        ["array32"] = (new object?[65536], "DD00010000" + string.Concat(Enumerable.Repeat("C0", 65536))),
        ["empty map"] = (new PayloadMap(), "80"),
        ["keys of every kind, some twice"] = (
            new PayloadMap
            {
                { "id", 1L },
                { "ID", 2L },
                { 1L, 3L },
                { "1", 4L },
                { "", 5L },
                { null, 6L },
                { true, 7L },
                { new byte[] { 0xFF }, 8L },
                { 1.5, 9L },
                { "id", 10L },
            },
            "8AA2696401A249440201" + "03A13104A005C006C307C401FF08CB3FF800000000000009A269640A"
        ),
        ["map16"] = (Map(16), "DE0010" + string.Concat(Enumerable.Range(0, 16).Select(i => $"{i:X2}C0"))),
        ["datetime"] = (
            new DateTime(2026, 11, 23, 19, 41, 15, DateTimeKind.Utc).AddTicks(6567070),
            "C7184E" + Hex("20261123T19:41:15.656707")
        ),
        ["datetime without fraction"] = (new DateTime(1970, 1, 1, 0, 0, 0, DateTimeKind.Utc), "C7184E" + Hex("19700101T00:00:00.000000")),
        ["constant"] = (new SaltConstant("NO_DEFAULT", null), "C70D4F92AA" + Hex("NO_DEFAULT") + "C0"),
        ["constant in a constant"] = (new SaltConstant("a", new SaltConstant("b", 1L)), "C7094F92A161D64F92A16201"),
        ["fixext1"] = (new SaltExtension(5, [1]), "D40501"),
        ["fixext16"] = (new SaltExtension(-128, new byte[16]), "D880" + Hex('\0', 16)),
        ["ext8 empty"] = (new SaltExtension(127, []), "C7007F"),
        ["ext16"] = (new SaltExtension(1, new byte[256]), "C8010001" + Hex('\0', 256)),
        ["msgpack's own timestamp"] = (new SaltExtension(-1, [0, 0, 0, 1]), "D6FF00000001"),
        ["no datetime in ext 78"] = (new SaltExtension(78, Frames.Utf8("yesterday")), "C7094E" + Hex("yesterday")),
        ["no pair in ext 79"] = (new SaltExtension(79, [0x93, 1, 2, 3]), "D64F93010203"),
        ["no msgpack in ext 79"] = (new SaltExtension(79, [0xC1]), "D44FC1"),
        ["more than a pair in ext 79"] = (new SaltExtension(79, [0x92, 1, 2, 3]), "D64F92010203"),
    };

    public static TheoryData<string> Names => new(Cases.Keys);

    [Theory]
    [MemberData(nameof(Names))]
    public void Each_type_is_decoded(string name) => Assert.Equal(PayloadText.Of(Cases[name].Value), PayloadText.Of(Decode(Cases[name].Hex)));

    [Theory]
    [MemberData(nameof(Names))]
    public void Each_type_is_the_same_in_a_list(string name)
    {
        var (value, hex) = Cases[name];
        Assert.Equal(PayloadText.Of(new[] { value }), PayloadText.Of(Decode("91" + hex)));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Each_type_is_encoded(string name)
    {
        var output = new ByteBuffer();
        PayloadEncoder.Write(output, Cases[name].Value);

        Assert.Equal(Cases[name].Hex, Convert.ToHexString(output.ToArray()));
    }

    [Theory]
    [InlineData("CB7FF8000000000000")]
    [InlineData("CBFFF8000000000000")]
    public void Not_a_number_stays_one(string hex) => Assert.True(double.IsNaN(Assert.IsType<double>(Decode(hex))));

    [Theory]
    [InlineData("CF0000000000000005", "5")]
    [InlineData("D30000000000000005", "5")]
    [InlineData("D3FFFFFFFFFFFFFFFF", "-1")]
    [InlineData("D005", "5")]
    [InlineData("D90161", "\"a\"")]
    [InlineData("DC000105", "[5]")]
    [InlineData("DF0000000105C0", "{5: nil}")]
    public void Longer_forms_than_needed_are_the_same_values(string hex, string value) => Assert.Equal(value, PayloadText.Of(Decode(hex)));

    [Theory]
    [InlineData("A2C328")] // a broken UTF-8 sequence
    [InlineData("A3EDA080")] // a surrogate
    [InlineData("A1FF")]
    public void A_str_that_is_not_UTF8_keeps_its_bytes(string hex) =>
        Assert.Equal(hex[2..], Convert.ToHexString(Assert.IsType<byte[]>(Decode(hex))));

    [Fact]
    public void A_byte_order_mark_is_part_of_the_text() => Assert.Equal("\uFEFFa", Decode("A4EFBBBF61"));

    [Theory]
    [InlineData((sbyte)-5, "FB")]
    [InlineData((byte)200, "CCC8")]
    [InlineData((short)-300, "D1FED4")]
    [InlineData((ushort)300, "CD012C")]
    [InlineData(70000, "CE00011170")]
    [InlineData(70000U, "CE00011170")]
    [InlineData(5UL, "05")]
    public void Smaller_integers_are_encoded_as_the_same_number(object number, string hex)
    {
        var output = new ByteBuffer();
        PayloadEncoder.Write(output, number);

        Assert.Equal(hex, Convert.ToHexString(output.ToArray()));
    }

    private static object? Decode(string hex) => PayloadDecoder.Decode(Convert.FromHexString(hex));

    private static PayloadMap Map(int count)
    {
        var map = new PayloadMap();
        foreach (var i in Enumerable.Range(0, count))
        {
            map.Add((long)i, null);
        }

        return map;
    }

    private static string Hex(string text) => Convert.ToHexString(Frames.Utf8(text));

    private static string Hex(char c, int count) => Hex(new string(c, count));
}
