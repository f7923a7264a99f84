using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using System.Text.Json;
using SaltEvents.Core.Events;
using SaltEvents.Core.Framing;

namespace SaltEvents.Core.Api;

/// <summary>Payloads as the JSON that salt-api takes: dates as text, keys as text as Python writes them; bytes are refused.</summary>
internal static class JsonRequest
{
    private static readonly JsonWriterOptions Options = new() { SkipValidation = true, MaxDepth = FrameLimits.MaxPayloadDepth + 16 };

    /// <summary>The body of a request.</summary>
    /// <exception cref="InvalidEventException">A value cannot be written as JSON.</exception>
    public static byte[] Write(Action<Utf8JsonWriter> content)
    {
        var output = new ByteBuffer();
        using var json = new Utf8JsonWriter(output, Options);
        content(json);
        json.Flush();
        return output.ToArray();
    }

    /// <summary>Writes one value of a payload.</summary>
    /// <exception cref="InvalidEventException">It, or a value in it, cannot be written as JSON.</exception>
    public static void WriteValue(Utf8JsonWriter json, object? value, string place = "", int depth = 0)
    {
        if (depth > FrameLimits.MaxPayloadDepth)
        {
            throw new InvalidEventException(
                InvalidEventReason.TooDeep,
                $"The payload is nested deeper than {FrameLimits.MaxPayloadDepth} levels."
            );
        }

        switch (value)
        {
            case null:
                json.WriteNullValue();
                break;
            case string text:
                json.WriteStringValue(Encoding.UTF8.GetBytes(text)); // half of a surrogate pair becomes U+FFFD, as on the bus
                break;
            case bool flag:
                json.WriteBooleanValue(flag);
                break;
            case ulong number:
                json.WriteNumberValue(number);
                break;
            case sbyte or byte or short or ushort or int or uint or long:
                json.WriteNumberValue(Convert.ToInt64(value, CultureInfo.InvariantCulture));
                break;
            case float or double:
                json.WriteRawValue(FormatNumber(Convert.ToDouble(value, CultureInfo.InvariantCulture)), skipInputValidation: true);
                break;
            case DateTime time:
                json.WriteStringValue(SaltTime.FormatText(time));
                break;
            case PayloadMap map:
                WriteMap(json, map, place, depth);
                break;
            case object?[] items:
                json.WriteStartArray();
                for (var i = 0; i < items.Length; i++)
                {
                    WriteValue(json, items[i], $"{place}[{i}]", depth + 1);
                }

                json.WriteEndArray();
                break;
            default:
                throw Unsupported(value, place);
        }
    }

    private static void WriteMap(Utf8JsonWriter json, PayloadMap map, string place, int depth)
    {
        json.WriteStartObject();
        var keys = map.Any(entry => entry.Key is not string) ? new HashSet<string>(StringComparer.Ordinal) : null;
        foreach (var entry in map)
        {
            var key = KeyText(entry.Key, place);
            if (keys?.Add(key) == false)
            {
                throw new InvalidEventException(
                    InvalidEventReason.UnsupportedValue,
                    $"{(place.Length == 0 ? "The payload" : $"The payload's {place}")} has two keys that are both {key} in JSON, which is what salt-api takes. Give them different names."
                );
            }

            json.WritePropertyName(Encoding.UTF8.GetBytes(key));
            WriteValue(json, entry.Value, place.Length == 0 ? key : $"{place}.{key}", depth + 1);
        }

        json.WriteEndObject();
    }

    // As Python's json.dumps writes keys.
    private static string KeyText(object? key, string place) => key switch
    {
        string text => text,
        null => "null",
        bool flag => flag ? "true" : "false",
        float or double => FormatNumber(Convert.ToDouble(key, CultureInfo.InvariantCulture)),
        sbyte or byte or short or ushort or int or uint or long or ulong => Convert.ToString(key, CultureInfo.InvariantCulture)!,
        DateTime time => SaltTime.FormatText(time),
        _ => throw Unsupported(key, place.Length == 0 ? "a key" : $"a key of {place}"),
    };

    // With a fraction, so that it stays a float in Python.
    private static string FormatNumber(double number)
    {
        if (double.IsNaN(number) || double.IsInfinity(number))
        {
            return double.IsNaN(number) ? "NaN" : number > 0 ? "Infinity" : "-Infinity";
        }

        var text = number.ToString("R", CultureInfo.InvariantCulture);
        text = double.Parse(text, CultureInfo.InvariantCulture).Equals(number)
            ? text
            : number.ToString("G17", CultureInfo.InvariantCulture); // R of .NET Framework is wrong for some numbers
        text = number == 0 && BitConverter.DoubleToInt64Bits(number) < 0 ? "-0" : text;
        return text.IndexOfAny(['.', 'E']) < 0 ? text + ".0" : text;
    }

    private static InvalidEventException Unsupported(object value, string place) =>
        new(
            InvalidEventReason.UnsupportedValue,
            value is byte[]
                ? $"The payload has bytes at {place}. salt-api accepts only JSON, which has no bytes: send them as text, for example [Convert]::ToBase64String($bytes)."
                : $"The payload has a {value.GetType().Name} at {place}, which JSON cannot express. Send it as text."
        );
}
