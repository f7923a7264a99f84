using System;
using System.Buffers;
using System.Collections;
using System.Globalization;
using System.Text;
using MessagePack;
using SaltEvents.Core.Framing;

namespace SaltEvents.Core.Events;

/// <summary>
/// CLR values to msgpack, in the shortest form, as Salt's msgpack for Python writes it. The reverse of <see cref="PayloadDecoder"/>.
/// </summary>
internal static class PayloadEncoder
{
    /// <exception cref="InvalidEventException">A type that the bus cannot carry, nested too deep, or too large.</exception>
    public static void Write(IBufferWriter<byte> output, object? value)
    {
        var values = 0;
        try
        {
            Write(output, value, 0, ref values);
        }
        catch (OverflowException)
        {
            throw TooLarge();
        }
    }

    /// <summary>The error for a payload that has more values or bytes than a bus could take.</summary>
    public static InvalidEventException TooLarge() =>
        new(
            InvalidEventReason.TooLarge,
            $"The payload is too large: it has more than {FrameLimits.MaxPayloadValues} values, or more than {FrameLimits.GreatestMaxFrameBytes} bytes. Send less of it."
        );

    private static void Write(IBufferWriter<byte> output, object? value, int depth, ref int values)
    {
        var writer = new MessagePackWriter(output);
        Write(ref writer, value, depth, ref values);
        writer.Flush();
    }

    private static void Write(ref MessagePackWriter writer, object? value, int depth, ref int values)
    {
        if (depth > FrameLimits.MaxPayloadDepth)
        {
            throw new InvalidEventException(
                InvalidEventReason.TooDeep,
                $"The payload is nested deeper than {FrameLimits.MaxPayloadDepth} levels."
            );
        }

        if (++values > FrameLimits.MaxPayloadValues)
        {
            throw TooLarge();
        }

        switch (value)
        {
            case PayloadMap map:
                writer.WriteMapHeader(map.Count);
                foreach (var entry in map)
                {
                    Write(ref writer, entry.Key, depth + 1, ref values);
                    Write(ref writer, entry.Value, depth + 1, ref values);
                }

                break;
            case IDictionary dictionary:
                writer.WriteMapHeader(dictionary.Count);
                foreach (DictionaryEntry entry in dictionary)
                {
                    Write(ref writer, entry.Key, depth + 1, ref values);
                    Write(ref writer, entry.Value, depth + 1, ref values);
                }

                break;
            case byte[] bytes:
                writer.Write(bytes);
                break;
            case PayloadBytes part:
                writer.WriteRaw(part.Packed.Span);
                break;
            case IList list:
                writer.WriteArrayHeader(list.Count);
                foreach (var item in list)
                {
                    Write(ref writer, item, depth + 1, ref values);
                }

                break;
            default:
                WriteScalar(ref writer, value, depth, ref values);
                break;
        }
    }

    private static void WriteScalar(ref MessagePackWriter writer, object? value, int depth, ref int values)
    {
        switch (value)
        {
            case null:
                writer.WriteNil();
                break;
            case string text:
                writer.Write(text);
                break;
            case bool flag:
                writer.Write(flag);
                break;
            case ulong number:
                writer.Write(number);
                break;
            case sbyte or byte or short or ushort or int or uint or long:
                writer.Write(Convert.ToInt64(value, CultureInfo.InvariantCulture));
                break;
            case float number:
                writer.Write(number);
                break;
            case double number:
                writer.Write(number);
                break;
            case DateTime time:
                WriteExtension(ref writer, SaltTime.DateTimeExtension, Encoding.ASCII.GetBytes(SaltTime.FormatExtension(time)));
                break;
            case SaltConstant constant:
                var pair = new ByteBuffer();
                Write(pair, new[] { constant.Name, constant.Value }, depth + 1, ref values);
                WriteExtension(ref writer, SaltTime.ConstantExtension, pair.ToArray());
                break;
            case SaltExtension extension:
                WriteExtension(ref writer, (sbyte)extension.Code, extension.Bytes);
                break;
            default:
                throw new InvalidEventException(
                    InvalidEventReason.UnsupportedValue,
                    $"The payload has a {value.GetType()}, which the event bus cannot carry."
                );
        }
    }

    private static void WriteExtension(ref MessagePackWriter writer, sbyte code, byte[] data) =>
        writer.WriteExtensionFormat(new ExtensionResult(code, new ReadOnlySequence<byte>(data)));
}
