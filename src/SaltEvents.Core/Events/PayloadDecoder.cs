using System;
using System.Buffers;
using System.Buffers.Binary;
using MessagePack;
using SaltEvents.Core.Compat;
using SaltEvents.Core.Framing;

namespace SaltEvents.Core.Events;

/// <summary>
/// msgpack to CLR values: null, bool, long, ulong (above long's range), float, double, string, byte[] (bin, and str that is
/// not UTF-8), object?[], <see cref="PayloadMap"/>, DateTime (UTC; a text if Salt has removed zeros of its year),
/// <see cref="SaltConstant"/>, <see cref="SaltExtension"/>.
/// </summary>
internal static class PayloadDecoder
{
    private static readonly object True = true;
    private static readonly object False = false;

    /// <exception cref="EventFormatException">The bytes are not msgpack value, or nested too deep.</exception>
    public static object? Decode(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            if (TryReadSimple(bytes.Span, out var simple))
            {
                return simple;
            }

            // Counts in hostile data are checked against the data before anything is allocated for them.
            if (!MessagePackWalker.IsOneValue(bytes.Span))
            {
                throw new EventFormatException("its payload is not msgpack", bytes.Span);
            }

            var reader = new MessagePackReader(bytes);
            return Read(ref reader, 0);
        }
        catch (Exception e) when (e is MessagePackSerializationException or System.IO.EndOfStreamException)
        {
            var isTooDeep = !MessagePackToken.IsOneValue(bytes.Span, FrameLimits.MaxPayloadDepth);
            throw new EventFormatException(
                isTooDeep ? $"its payload is nested deeper than {FrameLimits.MaxPayloadDepth} levels" : "its payload is not msgpack",
                bytes.Span,
                e
            );
        }
    }

    // Most single fields are one of these, and a MessagePackReader costs more than they do.
    private static bool TryReadSimple(ReadOnlySpan<byte> bytes, out object? value)
    {
        value = null;
        if (!MessagePackToken.TryRead(bytes, 0, out var token) || token.HeadLength + token.Bytes != bytes.Length)
        {
            return false;
        }

        switch (token.Type)
        {
            case MessagePackType.Nil:
                return true;
            case MessagePackType.Boolean:
                value = bytes[0] == MessagePackCode.True ? True : False;
                return true;
            case MessagePackType.Integer:
                value = ReadInteger(bytes);
                return true;
            case MessagePackType.Float when bytes[0] == MessagePackCode.Float64:
                value = BitConverter.Int64BitsToDouble(BinaryPrimitives.ReadInt64BigEndian(bytes.Slice(1)));
                return true;
            case MessagePackType.String:
                var utf8 = bytes.Slice(token.HeadLength);
                value = TextSupport.StrictUtf8(utf8) ?? (object)utf8.ToArray();
                return true;
            default:
                return false;
        }
    }

    private static object ReadInteger(ReadOnlySpan<byte> bytes)
    {
        var rest = bytes.Slice(1);
        return bytes[0] switch
        {
            MessagePackCode.UInt8 => (long)rest[0],
            MessagePackCode.UInt16 => (long)BinaryPrimitives.ReadUInt16BigEndian(rest),
            MessagePackCode.UInt32 => (long)BinaryPrimitives.ReadUInt32BigEndian(rest),
            MessagePackCode.UInt64 => Narrow(BinaryPrimitives.ReadUInt64BigEndian(rest)),
            MessagePackCode.Int8 => (long)(sbyte)rest[0],
            MessagePackCode.Int16 => (long)BinaryPrimitives.ReadInt16BigEndian(rest),
            MessagePackCode.Int32 => (long)BinaryPrimitives.ReadInt32BigEndian(rest),
            MessagePackCode.Int64 => BinaryPrimitives.ReadInt64BigEndian(rest),
            var small => (long)(sbyte)small,
        };
    }

    private static object Narrow(ulong big) => big <= long.MaxValue ? (long)big : (object)big;

    private static object? Read(ref MessagePackReader reader, int depth)
    {
        if (depth > FrameLimits.MaxPayloadDepth)
        {
            throw new MessagePackSerializationException($"nested deeper than {FrameLimits.MaxPayloadDepth}");
        }

        switch (reader.NextMessagePackType)
        {
            case MessagePackType.Nil:
                reader.ReadNil();
                return null;
            case MessagePackType.Boolean:
                return reader.ReadBoolean();
            case MessagePackType.Integer:
                return reader.NextCode == MessagePackCode.UInt64 ? Narrow(reader.ReadUInt64()) : reader.ReadInt64();
            case MessagePackType.Float:
                return reader.NextCode == MessagePackCode.Float32 ? reader.ReadSingle() : (object)reader.ReadDouble();
            case MessagePackType.String:
                return ReadText(ref reader);
            case MessagePackType.Binary:
                return reader.ReadBytes()!.Value.ToArray();
            case MessagePackType.Array:
                return ReadArray(ref reader, depth);
            case MessagePackType.Map:
                return ReadMap(ref reader, depth);
            default:
                return ReadExtension(ref reader, depth);
        }
    }

    private static object ReadText(ref MessagePackReader reader)
    {
        // The payload is one piece of memory, so its text is one span.
        reader.TryReadStringSpan(out var utf8);
        return TextSupport.StrictUtf8(utf8) ?? (object)utf8.ToArray();
    }

    private static object?[] ReadArray(ref MessagePackReader reader, int depth)
    {
        var items = new object?[reader.ReadArrayHeader()];
        for (var i = 0; i < items.Length; i++)
        {
            items[i] = Read(ref reader, depth + 1);
        }

        return items;
    }

    private static PayloadMap ReadMap(ref MessagePackReader reader, int depth)
    {
        var count = reader.ReadMapHeader();
        var map = new PayloadMap(count);
        for (var i = 0; i < count; i++)
        {
            var key = Read(ref reader, depth + 1);
            map.Add(key, Read(ref reader, depth + 1));
        }

        return map;
    }

    private static object ReadExtension(ref MessagePackReader reader, int depth)
    {
        var extension = reader.ReadExtensionFormat();
        switch (extension.TypeCode)
        {
            case SaltTime.DateTimeExtension when SaltTime.ParseExtension(TextSupport.Utf8(extension.Data.ToArray())) is { } time:
                return time;
            case SaltTime.DateTimeExtension when SaltTime.IsMangledExtension(extension.Data.ToArray()):
                return TextSupport.Utf8(extension.Data.ToArray());
            case SaltTime.ConstantExtension when TryReadConstant(extension.Data, depth) is { } constant:
                return constant;
            default:
                return new SaltExtension(extension.TypeCode, extension.Data.ToArray());
        }
    }

    // Read in place and counted as nesting: constants can be nested too.
    private static SaltConstant? TryReadConstant(in ReadOnlySequence<byte> data, int depth)
    {
        try
        {
            // The check of the counts around an extension takes its data as bytes.
            if (!MessagePackWalker.TryMeasure(data.First.Span, out _))
            {
                return null;
            }

            var reader = new MessagePackReader(data);
            return Read(ref reader, depth + 1) is object?[] { Length: 2 } pair && reader.End ? new SaltConstant(pair[0], pair[1]) : null;
        }
        catch (Exception e) when (e is MessagePackSerializationException or System.IO.EndOfStreamException)
        {
            return null;
        }
    }
}
