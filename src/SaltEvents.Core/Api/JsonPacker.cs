using System;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Text.Json;
using SaltEvents.Core.Compat;

namespace SaltEvents.Core.Api;

/// <summary>
/// Turns JSON into msgpack in one pass, into memory that it keeps for the next value: token by token, so that any depth takes
/// no stack. A container gets its size when it ends. Not safe for several threads.
/// </summary>
internal sealed class JsonPacker
{
    private const int InitialBytes = 4096;
    private const int MaxKept = 256 * 1024;
    private const int LongestHead = 5;

    // Deeper containers get a head of five bytes at once: making room for each when it ends would move its content each time.
    private const int MaxMoves = 16;
    private byte[] buffer = new byte[InitialBytes];
    private (int Head, int Count, bool IsMap)[] open = new (int, int, bool)[MaxMoves];
    private int length;

    /// <summary>The value that was packed last, valid until the next one.</summary>
    public ReadOnlySpan<byte> Packed => buffer.AsSpan(0, length);

    /// <summary>Packs the value that the reader is at, and leaves it at the value's last token.</summary>
    [MethodImpl(Compile.AtOnce)]
    public void Pack(ref Utf8JsonReader reader)
    {
        if (buffer.Length > MaxKept || open.Length > MaxKept)
        {
            (buffer, open) = (new byte[InitialBytes], new (int, int, bool)[MaxMoves]); // one big event must not occupy its size forever
        }

        length = 0;
        var depth = 0;
        do
        {
            var token = reader.TokenType;
            if (token is JsonTokenType.EndObject or JsonTokenType.EndArray)
            {
                End(--depth);
                continue;
            }

            if (depth > 0 && open[depth - 1].IsMap == (token == JsonTokenType.PropertyName))
            {
                open[depth - 1].Count++; // of a map its keys, of an array its items
            }

            if (token is JsonTokenType.StartObject or JsonTokenType.StartArray)
            {
                Begin(depth++, token == JsonTokenType.StartObject);
            }
            else
            {
                WriteScalar(ref reader, token);
            }
        }
        while (depth > 0 && reader.Read());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Begin(int depth, bool isMap)
    {
        if (depth == open.Length)
        {
            Array.Resize(ref open, depth * 2);
        }

        open[depth] = (length, 0, isMap);
        Reserve(LongestHead);
        length += depth < MaxMoves ? 1 : LongestHead;
    }

    [MethodImpl(Compile.AtOnce)]
    private void End(int depth)
    {
        var (head, count, isMap) = open[depth];
        var size = depth >= MaxMoves ? LongestHead : count < 16 ? 1 : count <= ushort.MaxValue ? 3 : LongestHead;
        if (depth < MaxMoves && size > 1)
        {
            Reserve(size - 1);
            Buffer.BlockCopy(buffer, head + 1, buffer, head + size, length - head - 1);
            length += size - 1;
        }

        var target = buffer.AsSpan(head);
        switch (size)
        {
            case 1:
                target[0] = (byte)((isMap ? 0x80 : 0x90) | count);
                break;
            case 3:
                target[0] = isMap ? (byte)0xDE : (byte)0xDC;
                BinaryPrimitives.WriteUInt16BigEndian(target.Slice(1), (ushort)count);
                break;
            default:
                target[0] = isMap ? (byte)0xDF : (byte)0xDD;
                BinaryPrimitives.WriteInt32BigEndian(target.Slice(1), count);
                break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void WriteScalar(ref Utf8JsonReader reader, JsonTokenType token)
    {
        switch (token)
        {
            case JsonTokenType.PropertyName or JsonTokenType.String:
                WriteText(reader.ValueIsEscaped ? JsonText.Unescape(reader.ValueSpan) : reader.ValueSpan);
                break;
            case JsonTokenType.Number:
                WriteNumber(ref reader);
                break;
            default:
                Reserve(1);
                buffer[length++] = token == JsonTokenType.Null ? (byte)0xC0 : token == JsonTokenType.True ? (byte)0xC3 : (byte)0xC2;
                break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void WriteText(ReadOnlySpan<byte> text)
    {
        Reserve(LongestHead + text.Length);
        if (text.Length < 32)
        {
            buffer[length++] = (byte)(0xA0 | text.Length);
        }
        else if (text.Length <= byte.MaxValue)
        {
            buffer[length++] = 0xD9;
            buffer[length++] = (byte)text.Length;
        }
        else if (text.Length <= ushort.MaxValue)
        {
            buffer[length++] = 0xDA;
            BinaryPrimitives.WriteUInt16BigEndian(buffer.AsSpan(length), (ushort)text.Length);
            length += 2;
        }
        else
        {
            buffer[length++] = 0xDB;
            BinaryPrimitives.WriteInt32BigEndian(buffer.AsSpan(length), text.Length);
            length += 4;
        }

        text.CopyTo(buffer.AsSpan(length));
        length += text.Length;
    }

    [MethodImpl(Compile.AtOnce)]
    private void WriteNumber(ref Utf8JsonReader reader)
    {
        var text = reader.ValueSpan;
        if (text.IndexOfAny((byte)'.', (byte)'e', (byte)'E') < 0)
        {
            if (reader.TryGetInt64(out var number))
            {
                WriteInteger(number);
            }
            else if (reader.TryGetUInt64(out var big))
            {
                WriteWide(0xCF, unchecked((long)big));
            }
            else
            {
                WriteText(text); // as Salt itself sends what 64 bits cannot hold
            }

            return;
        }

        var value =
            JsonSpecials.Find(text)
            ?? (
                reader.TryGetDouble(out var found) ? found
                : text[0] == '-' ? double.NegativeInfinity
                : double.PositiveInfinity
            );
        WriteWide(0xCB, BitConverter.DoubleToInt64Bits(value == 0 && text[0] == '-' ? -0.0 : value)); // .NET Framework loses the sign
    }

    [MethodImpl(Compile.AtOnce)]
    private void WriteInteger(long number)
    {
        Reserve(LongestHead);
        switch (number)
        {
            case >= -32 and <= 127:
                buffer[length++] = unchecked((byte)number);
                break;
            case >= 0 and <= byte.MaxValue:
                buffer[length++] = 0xCC;
                buffer[length++] = (byte)number;
                break;
            case >= sbyte.MinValue and < 0:
                buffer[length++] = 0xD0;
                buffer[length++] = unchecked((byte)number);
                break;
            case >= short.MinValue and <= ushort.MaxValue:
                buffer[length] = number < 0 ? (byte)0xD1 : (byte)0xCD;
                BinaryPrimitives.WriteUInt16BigEndian(buffer.AsSpan(length + 1), unchecked((ushort)number));
                length += 3;
                break;
            case >= int.MinValue and <= uint.MaxValue:
                buffer[length] = number < 0 ? (byte)0xD2 : (byte)0xCE;
                BinaryPrimitives.WriteUInt32BigEndian(buffer.AsSpan(length + 1), unchecked((uint)number));
                length += 5;
                break;
            default:
                WriteWide(number < 0 ? (byte)0xD3 : (byte)0xCF, number);
                break;
        }
    }

    private void WriteWide(byte code, long bits)
    {
        Reserve(9);
        buffer[length] = code;
        BinaryPrimitives.WriteInt64BigEndian(buffer.AsSpan(length + 1), bits);
        length += 9;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Reserve(int count)
    {
        if (buffer.Length - length < count)
        {
            Grow(count);
        }
    }

    private void Grow(int count) =>
        Array.Resize(ref buffer, (int)Math.Min(Math.Max(buffer.Length * 2L, length + (long)count), int.MaxValue));
}
