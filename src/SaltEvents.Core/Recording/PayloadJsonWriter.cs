using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using SaltEvents.Core.Events;
using SaltEvents.Core.Framing;

namespace SaltEvents.Core.Recording;

/// <summary>
/// Payload values as JSON. A value that JSON cannot express is an object with one key: $bytes (base64), $datetime, $float (nan, inf,
/// -inf), $ext (code and base64), $constant (name and value), $masked, and $map (pairs) for keys that are not text, occur twice or start
/// with $.
/// </summary>
internal sealed class PayloadJsonWriter(Utf8JsonWriter json)
{
    /// <summary>The bits of Python's nan, which $float stands for; double.NaN has the sign bit.</summary>
    public const long PythonNan = 0x7FF8_0000_0000_0000;

    /// <summary>How deep JSON of the deepest payload is: pairs of $map take three levels each.</summary>
    public const int MaxDepth = 4 * Framing.FrameLimits.MaxPayloadDepth;

    // A line is for people and grep: characters of all languages stay as they are.
    public static JsonWriterOptions Options { get; } =
        new()
        {
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            MaxDepth = MaxDepth,
            SkipValidation = true,
        };

    /// <summary>False once a value was written that reads back as another one: a float of 32 bits, another nan.</summary>
    public bool IsExact { get; private set; } = true;

    public void Write(object? value)
    {
        switch (value)
        {
            case null:
                json.WriteNullValue();
                break;
            case string text:
                json.WriteStringValue(text);
                break;
            case bool flag:
                json.WriteBooleanValue(flag);
                break;
            case long number:
                json.WriteNumberValue(number);
                break;
            case ulong number:
                json.WriteNumberValue(number);
                break;
            case float number:
                IsExact = false;
                WriteDouble(number);
                break;
            case double number:
                WriteDouble(number);
                break;
            case object?[] items:
                json.WriteStartArray();
                foreach (var item in items)
                {
                    Write(item);
                }

                json.WriteEndArray();
                break;
            case PayloadMap map:
                WriteMap(map);
                break;
            default:
                WriteTagged(value);
                break;
        }
    }

    private void WriteDouble(double number)
    {
        if (double.IsNaN(number) || double.IsInfinity(number))
        {
            IsExact &= !double.IsNaN(number) || BitConverter.DoubleToInt64Bits(number) == PythonNan;
            json.WriteStartObject();
            json.WriteString("$float", double.IsNaN(number) ? "nan" : number > 0 ? "inf" : "-inf");
            json.WriteEndObject();
            return;
        }

        var text = number.ToString("R", CultureInfo.InvariantCulture);
        // R of .NET Framework is wrong for some numbers.
        text =
            BitConverter.DoubleToInt64Bits(double.Parse(text, CultureInfo.InvariantCulture)) == BitConverter.DoubleToInt64Bits(number)
                ? text
                : number.ToString("G17", CultureInfo.InvariantCulture);
        if (number == 0 && BitConverter.DoubleToInt64Bits(number) < 0)
        {
            text = "-0"; // .NET Framework leaves the sign out
        }

        // Without a fraction it would be read as an integer.
        json.WriteRawValue(text.IndexOfAny(['.', 'E']) < 0 ? text + ".0" : text, skipInputValidation: true);
    }

    private void WriteMap(PayloadMap map)
    {
        json.WriteStartObject();
        if (IsPlain(map))
        {
            foreach (var entry in map)
            {
                json.WritePropertyName((string)entry.Key!);
                Write(entry.Value);
            }
        }
        else
        {
            json.WriteStartArray("$map");
            foreach (var entry in map)
            {
                json.WriteStartArray();
                Write(entry.Key);
                Write(entry.Value);
                json.WriteEndArray();
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    private static bool IsPlain(PayloadMap map)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var entry in map)
        {
            if (entry.Key is not string name || (name.Length > 0 && name[0] == '$') || !names.Add(name))
            {
                return false;
            }
        }

        return true;
    }

    private void WriteTagged(object value)
    {
        json.WriteStartObject();
        switch (value)
        {
            case byte[] bytes:
                json.WriteBase64String("$bytes", bytes);
                break;
            case DateTime time:
                json.WriteString("$datetime", time.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff", CultureInfo.InvariantCulture));
                break;
            case SaltConstant { IsMasked: true }:
                json.WriteBoolean("$masked", true);
                break;
            case SaltConstant constant:
                json.WriteStartArray("$constant");
                Write(constant.Name);
                Write(constant.Value);
                json.WriteEndArray();
                break;
            case SaltExtension extension:
                json.WriteStartArray("$ext");
                json.WriteNumberValue(extension.Code);
                json.WriteBase64StringValue(extension.Bytes);
                json.WriteEndArray();
                break;
            default:
                throw new ArgumentException(value.GetType().FullName, nameof(value));
        }

        json.WriteEndObject();
    }
}
