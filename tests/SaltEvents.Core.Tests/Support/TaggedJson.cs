using System;
using System.Globalization;
using System.Linq;
using System.Text.Json;
using System.Text.Json.Nodes;
using SaltEvents.Core.Events;

namespace SaltEvents.Core.Tests.Support;

/// <summary>
/// The JSON form of payloads in tests/vectors: values that JSON cannot hold are tagged ($bytes, $datetime, $float, $ext, $map).
/// </summary>
internal static class TaggedJson
{
    public static object? Read(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.Null => null,
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.String => json.GetString(),
        JsonValueKind.Number => ReadNumber(json),
        JsonValueKind.Array => json.EnumerateArray().Select(Read).ToArray(),
        _ => ReadObject(json),
    };

    public static JsonNode? Write(object? value) => value switch
    {
        null => null,
        byte[] bytes => Tagged("$bytes", Convert.ToBase64String(bytes)),
        DateTime time => Tagged("$datetime", time.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff", CultureInfo.InvariantCulture)),
        double number when !double.IsFinite(number) => Tagged("$float", number.ToString("R", CultureInfo.InvariantCulture)),
        double number => JsonNode.Parse(number.ToString("E16", CultureInfo.InvariantCulture)),
        float number => Write((double)number),
        SaltExtension extension => Tagged("$ext", new JsonArray(extension.Code, Convert.ToBase64String(extension.Data))),
        object?[] items => new JsonArray(items.Select(Write).ToArray()),
        PayloadMap map => Tagged("$map", new JsonArray(map.Select(e => (JsonNode)new JsonArray(Write(e.Key), Write(e.Value))).ToArray())),
        _ => JsonSerializer.SerializeToNode(value),
    };

    private static JsonObject Tagged(string tag, JsonNode? value) => new() { [tag] = value };

    private static object ReadNumber(JsonElement json)
    {
        var text = json.GetRawText();
        return text.AsSpan().IndexOfAny('.', 'e', 'E') >= 0 ? (object)double.Parse(text, CultureInfo.InvariantCulture)
            : long.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var number) ? number
            : ulong.Parse(text, CultureInfo.InvariantCulture);
    }

    private static object? ReadObject(JsonElement json)
    {
        var map = new PayloadMap();
        foreach (var property in json.EnumerateObject())
        {
            var value = property.Value;
            switch (property.Name)
            {
                case "$bytes":
                    return value.GetBytesFromBase64();
                case "$datetime":
                    return DateTime.Parse(
                        value.GetString()!,
                        CultureInfo.InvariantCulture,
                        DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal
                    );
                case "$float":
                    return ReadSpecial(value.GetString()!);
                case "$ext":
                    return new SaltExtension(value[0].GetSByte(), value[1].GetBytesFromBase64());
                case "$map":
                    foreach (var pair in value.EnumerateArray())
                    {
                        map.Add(Read(pair[0]), Read(pair[1]));
                    }

                    return map;
                default:
                    map.Add(property.Name, Read(value));
                    break;
            }
        }

        return map;
    }

    private static double ReadSpecial(string text) => text.ToLowerInvariant() switch
    {
        "nan" => BitConverter.Int64BitsToDouble(0x7FF8_0000_0000_0000), // Python's; double.NaN has the sign bit
        "inf" or "infinity" => double.PositiveInfinity,
        "-inf" or "-infinity" => double.NegativeInfinity,
        _ => throw new FormatException(text),
    };
}
