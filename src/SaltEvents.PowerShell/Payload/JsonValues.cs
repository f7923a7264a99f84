using System;
using System.Collections;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace SaltEvents.Payload;

/// <summary>
/// Values of System.Text.Json, which Windows PowerShell does not have, and of Newtonsoft.Json. JObject, JArray, JsonObject
/// and JsonArray are collections like any other; this reads the rest.
/// </summary>
internal static class JsonValues
{
    private const string Element = "System.Text.Json.JsonElement";

    /// <summary>What is in a JSON value that is neither object nor array; the root of a document. False for anything else.</summary>
    public static bool TryUnwrap(object value, out object? inner)
    {
        inner = null;
        for (var type = value.GetType(); type is not null && type != typeof(object); type = type.BaseType)
        {
            switch (type.FullName)
            {
                case Element:
                    return TryConvert(value, out inner);
                case "System.Text.Json.JsonDocument":
                    inner = ((dynamic)value).RootElement;
                    return true;
                case "System.Text.Json.Nodes.JsonValue":
                    inner = Parse(type.Assembly.GetType("System.Text.Json.JsonDocument")!, (string)((dynamic)value).ToJsonString());
                    return true;
                case "Newtonsoft.Json.Linq.JValue":
                    inner = ((dynamic)value).Value;
                    return true;
            }
        }

        return false;
    }

    /// <summary>The properties of an object; null for anything else.</summary>
    public static IEnumerable<(object? Key, object? Value)>? EntriesOf(object value) =>
        KindOf(value) == "Object"
            ? ((IEnumerable)((dynamic)value).EnumerateObject())
                .Cast<object>()
                .Select(p => ((object?)((dynamic)p).Name, (object?)((dynamic)p).Value))
            : null;

    /// <summary>The items of an array; null for anything else.</summary>
    public static IEnumerable<object?>? ItemsOf(object value) =>
        KindOf(value) == "Array" ? ((IEnumerable)((dynamic)value).EnumerateArray()).Cast<object?>() : null;

    private static bool TryConvert(object element, out object? converted)
    {
        var kind = KindOf(element);
        converted = kind switch
        {
            "String" => (string)((dynamic)element).GetString(),
            "Number" => Number((string)((dynamic)element).GetRawText()),
            "True" => true,
            "False" => false,
            _ => null,
        };
        return converted is not null || kind == "Null";
    }

    private static object Parse(Type document, string json)
    {
        var parse = document.GetMethods().First(m => m.Name == "Parse" && m.GetParameters()[0].ParameterType == typeof(string));
        return parse.Invoke(null, [json, Activator.CreateInstance(parse.GetParameters()[1].ParameterType)])!;
    }

    private static string? KindOf(object value) =>
        value.GetType().FullName == Element ? (string)((dynamic)value).ValueKind.ToString() : null;

    // An integer that the bus cannot carry as a number goes as its digits, as every other does.
    private static object Number(string text) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) ? whole
        : ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var large) ? large
        : text.IndexOfAny(['.', 'e', 'E']) >= 0
        && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
        && !double.IsInfinity(number)
            ? number
        : text;
}
