using System;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using MessagePack;

namespace SaltEvents.Core.Framing;

/// <summary>
/// The head of one msgpack value: how long it is, what bytes and how many further values follow it.
/// MessagePackReader can neither resume a value whose bytes arrive in pieces nor skip one without recursion,
/// so what must not hang, grow or overflow on bytes from a socket walks tokens.
/// </summary>
internal readonly struct MessagePackToken
{
    // Most values are small and their code says all; for the others it says how long the size field is.
    private static readonly MessagePackToken[] ByCode = MakeTable();

    // The same for codes without a size field, to walk over values: the length, 0 for the other codes, and the values that follow.
    private static readonly byte[] FixedLengths = Array.ConvertAll(
        ByCode,
        t => t.HeadLength == 1 && t.Type != MessagePackType.Unknown ? (byte)(1 + t.Bytes) : (byte)0
    );
    private static readonly byte[] FixedValues = Array.ConvertAll(ByCode, t => (byte)t.Values);

    private const int FewLevels = 16;

    /// <summary>The only code that msgpack never uses.</summary>
    public const byte NeverUsed = 0xC1;

    private MessagePackToken(MessagePackType type, int headLength, long bytes, long values)
    {
        Type = type;
        HeadLength = headLength;
        Bytes = bytes;
        Values = values;
    }

    public MessagePackType Type { get; }

    /// <summary>The length of the code and its size field.</summary>
    public int HeadLength { get; }

    /// <summary>How many bytes of text or binary data follow.</summary>
    public long Bytes { get; }

    /// <summary>How many values follow: an array's items; a map's keys and values.</summary>
    public long Values { get; }

    public bool IsText => Type is MessagePackType.String or MessagePackType.Binary;

    public static bool IsMapCode(byte code) =>
        (code & 0xF0) == MessagePackCode.MinFixMap || code is MessagePackCode.Map16 or MessagePackCode.Map32;

    public static bool IsArrayCode(byte code) =>
        (code & 0xF0) == MessagePackCode.MinFixArray || code is MessagePackCode.Array16 or MessagePackCode.Array32;

    /// <summary>
    /// Reads the head at <paramref name="position"/> of <paramref name="data"/>; false if it is not all there yet, or is
    /// <see cref="NeverUsed"/>.
    /// </summary>
    public static bool TryRead(ReadOnlySpan<byte> data, int position, out MessagePackToken token)
    {
        if (position >= data.Length)
        {
            token = default;
            return false;
        }

        token = ByCode[data[position]];
        return (token.HeadLength == 1 && token.Type != MessagePackType.Unknown) || TryReadSize(data, position, ref token);
    }

    /// <summary>
    /// How long one value is, of a map or an array only its head, even if it ends behind the data; 0 where <see cref="TryRead"/> is false.
    /// </summary>
    /// <param name="data">The bytes.</param>
    /// <param name="position">Where it starts, before their end.</param>
    /// <param name="values">How many values follow: an array's items; a map's keys and values.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long Measure(ReadOnlySpan<byte> data, long position, out long values)
    {
        var code = data[(int)position];
        var length = FixedLengths[code];
        if (length > 0)
        {
            values = FixedValues[code];
            return length;
        }

        // Not by reference: the loops over values keep theirs in registers.
        var sized = MeasureSized(data, (int)position, code);
        values = sized.Values;
        return sized.Length;
    }

    /// <summary>Whether the data are one value, whole, with nothing after it and nested no deeper than that.</summary>
    public static bool IsOneValue(ReadOnlySpan<byte> data, int maxDepth) =>
        TryMeasure(data, maxDepth, out var length) && length == data.Length;

    /// <summary>Finds the end of the first value in the data.</summary>
    /// <returns>False if the data end before the value does, are not msgpack, or are nested deeper than that.</returns>
    public static bool TryMeasure(ReadOnlySpan<byte> data, int maxDepth, out int length) =>
        // Nearly every value has few levels, and memory for hundreds of them takes longer to clear than such a value to walk.
        TryMeasure(data, stackalloc long[Math.Min(maxDepth, FewLevels)], out length, out var isTooDeep)
        || (isTooDeep && maxDepth > FewLevels && TryMeasure(data, stackalloc long[maxDepth], out length, out _));

    /// <param name="data">The value, and what may follow it.</param>
    /// <param name="outer">A place for each level, which keeps how many of its values come after the one that is being measured.</param>
    /// <param name="length">The length of the value.</param>
    /// <param name="isTooDeep">Whether it has more levels than there are places.</param>
    private static bool TryMeasure(ReadOnlySpan<byte> data, Span<long> outer, out int length, out bool isTooDeep)
    {
        var (position, depth, left) = (0L, 0, 1L);
        (length, isTooDeep) = (0, false);
        while (left > 0)
        {
            if (position >= data.Length)
            {
                return false;
            }

            var head = Measure(data, position, out var values);
            if (head == 0)
            {
                return false;
            }

            position += head;
            left--;
            if (values > 0)
            {
                if (depth == outer.Length)
                {
                    isTooDeep = true;
                    return false;
                }

                outer[depth++] = left;
                left = values;
            }

            while (left == 0 && depth > 0)
            {
                left = outer[--depth];
            }
        }

        length = (int)Math.Min(position, int.MaxValue);
        return position <= data.Length;
    }

    /// <summary>Whether any value in the data is an extension of that type.</summary>
    public static bool HasExtension(ReadOnlySpan<byte> data, sbyte type)
    {
        for (var position = 0L; position < data.Length && TryRead(data, (int)position, out var token);)
        {
            var body = position + token.HeadLength;
            if (token.Type == MessagePackType.Extension && body < data.Length && data[(int)body] == (byte)type)
            {
                return true;
            }

            position = body + token.Bytes;
        }

        return false;
    }

    private static (long Length, long Values) MeasureSized(ReadOnlySpan<byte> data, int position, byte code) =>
        // By far the most frequent of them.
        code == MessagePackCode.Str8 && position + 1 < data.Length ? (2 + data[position + 1], 0)
        : TryRead(data, position, out var token) ? (token.HeadLength + token.Bytes, token.Values)
        : default;

    private static bool TryReadSize(ReadOnlySpan<byte> data, int position, ref MessagePackToken token)
    {
        if (token.Type == MessagePackType.Unknown || data.Length - position < token.HeadLength)
        {
            return false;
        }

        long size = token.HeadLength switch
        {
            2 => data[position + 1],
            3 => BinaryPrimitives.ReadUInt16BigEndian(data.Slice(position + 1)),
            _ => BinaryPrimitives.ReadUInt32BigEndian(data.Slice(position + 1)),
        };
        // An extension's size does not count its type code.
        token = WithSize(token.Type, token.HeadLength, token.Type == MessagePackType.Extension ? size + 1 : size);
        return true;
    }

    private static MessagePackToken WithSize(MessagePackType type, int headLength, long size) => type switch
    {
        MessagePackType.Map => new MessagePackToken(type, headLength, 0, 2 * size),
        MessagePackType.Array => new MessagePackToken(type, headLength, 0, size),
        _ => new MessagePackToken(type, headLength, size, 0),
    };

    private static MessagePackToken[] MakeTable()
    {
        var tokens = new MessagePackToken[byte.MaxValue + 1];
        for (var i = 0; i < tokens.Length; i++)
        {
            var code = (byte)i;
            tokens[i] = WithSize(MessagePackCode.ToMessagePackType(code), 1 + SizeFieldLength(code), FixedSize(code));
        }

        return tokens;
    }

    private static int SizeFieldLength(byte code) => code switch
    {
        MessagePackCode.Str8 or MessagePackCode.Bin8 or MessagePackCode.Ext8 => 1,
        MessagePackCode.Str16 or MessagePackCode.Bin16 or MessagePackCode.Ext16 or MessagePackCode.Array16 or MessagePackCode.Map16 => 2,
        MessagePackCode.Str32 or MessagePackCode.Bin32 or MessagePackCode.Ext32 or MessagePackCode.Array32 or MessagePackCode.Map32 => 4,
        _ => 0,
    };

    // What follows a code that has no size field: data bytes, or items of a fixmap or fixarray.
    private static int FixedSize(byte code) => code switch
    {
        <= MessagePackCode.MaxFixInt or >= MessagePackCode.MinNegativeFixInt => 0,
        <= MessagePackCode.MaxFixMap or <= MessagePackCode.MaxFixArray => code & 0x0F,
        <= MessagePackCode.MaxFixStr => code & 0x1F,
        MessagePackCode.UInt8 or MessagePackCode.Int8 => 1,
        MessagePackCode.UInt16 or MessagePackCode.Int16 => 2,
        MessagePackCode.UInt32 or MessagePackCode.Int32 or MessagePackCode.Float32 => 4,
        MessagePackCode.UInt64 or MessagePackCode.Int64 or MessagePackCode.Float64 => 8,
        MessagePackCode.FixExt1 => 2,
        MessagePackCode.FixExt2 => 3,
        MessagePackCode.FixExt4 => 5,
        MessagePackCode.FixExt8 => 9,
        MessagePackCode.FixExt16 => 17,
        _ => 0,
    };
}
