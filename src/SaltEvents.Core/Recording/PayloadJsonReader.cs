using System;
using System.Globalization;
using System.Linq;
using System.Text.Json;
using SaltEvents.Core.Events;

namespace SaltEvents.Core.Recording;

/// <summary>The reverse of <see cref="PayloadJsonWriter"/>.</summary>
internal static class PayloadJsonReader
{
    private static readonly string[] TimeFormats =
    [
        "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF",
        "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFzzz",
        "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'",
    ];

    public static object? Read(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.String => json.GetString(),
        JsonValueKind.Number => ReadNumber(json.GetRawText()),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Array => json.EnumerateArray().Select(Read).ToArray(),
        JsonValueKind.Object => ReadObject(json),
        _ => null,
    };

    private static object ReadNumber(string text) =>
        text.IndexOfAny(['.', 'e', 'E']) >= 0 ? ReadDouble(text)
        : long.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var number) ? number
        : ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var big) ? big
        : text; // what Salt sends for greater ones

    private static double ReadDouble(string text)
    {
        var number = double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);
        return number == 0 && text[0] == '-' ? -0.0 : number;
    }

    private static object? ReadObject(JsonElement json)
    {
        var map = new PayloadMap();
        foreach (var property in json.EnumerateObject())
        {
            if (map.Count == 0 && property.Name.Length > 1 && property.Name[0] == '$' && TryReadTagged(json, property, out var value))
            {
                return value;
            }

            map.Add(property.Name, Read(property.Value));
        }

        // What ConvertTo-Json makes of a masked value.
        return map.Count == 2 && new SaltConstant(map["Name"], map["Value"]) is { IsMasked: true } masked ? masked : map;
    }

    // An object of another origin that only looks like one of these stays an object.
    private static bool TryReadTagged(JsonElement json, JsonProperty property, out object? value)
    {
        value =
            json.EnumerateObject().Count() > 1
                ? null
                : (property.Name, property.Value.ValueKind) switch
                {
                    ("$bytes", JsonValueKind.String) => property.Value.TryGetBytesFromBase64(out var bytes) ? bytes : null,
                    ("$datetime", JsonValueKind.String) => ReadTime(property.Value.GetString()!),
                    ("$float", JsonValueKind.String) => ReadSpecial(property.Value.GetString()!),
                    ("$masked", JsonValueKind.True) => SaltConstant.Masked,
                    ("$constant", JsonValueKind.Array) when property.Value.GetArrayLength() == 2 => new SaltConstant(
                        Read(property.Value[0]),
                        Read(property.Value[1])
                    ),
                    ("$ext", JsonValueKind.Array) when property.Value.GetArrayLength() == 2 => ReadExtension(property.Value),
                    ("$map", JsonValueKind.Array) => ReadPairs(property.Value),
                    _ => null,
                };
        return value is not null;
    }

    private static object? ReadTime(string text) =>
        DateTime.TryParseExact(
            text,
            TimeFormats,
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
            out var time
        )
            ? time
            : null;

    private static object? ReadSpecial(string text) => text.ToLowerInvariant() switch
    {
        "nan" => BitConverter.Int64BitsToDouble(PayloadJsonWriter.PythonNan),
        "inf" or "infinity" => double.PositiveInfinity,
        "-inf" or "-infinity" => double.NegativeInfinity,
        _ => null,
    };

    private static object? ReadExtension(JsonElement pair) =>
        pair[0].ValueKind == JsonValueKind.Number
        && pair[0].TryGetSByte(out var code)
        && pair[1].ValueKind == JsonValueKind.String
        && pair[1].TryGetBytesFromBase64(out var data)
            ? new SaltExtension(code, data)
            : null;

    private static object? ReadPairs(JsonElement pairs)
    {
        var map = new PayloadMap();
        foreach (var pair in pairs.EnumerateArray())
        {
            if (pair.ValueKind != JsonValueKind.Array || pair.GetArrayLength() != 2)
            {
                return null;
            }

            map.Add(Read(pair[0]), Read(pair[1]));
        }

        return map;
    }
}
