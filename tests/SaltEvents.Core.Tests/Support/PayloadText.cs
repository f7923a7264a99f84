using System;
using System.Collections;
using System.Globalization;
using System.Linq;
using System.Text.Json;
using SaltEvents.Core.Events;

namespace SaltEvents.Core.Tests.Support;

/// <summary>Payload values as text that differs where they differ, types, order and bits included; what tests compare.</summary>
internal static class PayloadText
{
    public static string Of(object? value) => value switch
    {
        null => "nil",
        bool flag => flag ? "true" : "false",
        sbyte or byte or short or ushort or int or uint or long or ulong => Convert.ToString(value, CultureInfo.InvariantCulture)!,
        float number => "f32:" + BitConverter.SingleToInt32Bits(number).ToString("x8", CultureInfo.InvariantCulture),
        double.NaN => "f64:nan",
        double number => "f64:" + number.ToString("R", CultureInfo.InvariantCulture),
        string text => JsonSerializer.Serialize(text),
        byte[] bytes => "bin:" + Convert.ToHexString(bytes),
        DateTime time => "time:" + time.ToString("o", CultureInfo.InvariantCulture),
        SaltConstant constant => $"const({Of(constant.Name)}, {Of(constant.Value)})",
        SaltExtension extension => $"ext({extension.Code}, {Convert.ToHexString(extension.Data)})",
        PayloadMap map => "{" + string.Join(", ", map.Select(e => Of(e.Key) + ": " + Of(e.Value))) + "}",
        IDictionary entries => "{" + string.Join(", ", entries.Keys.Cast<object>().Select(k => Of(k) + ": " + Of(entries[k]))) + "}",
        IList items => "[" + string.Join(", ", items.Cast<object?>().Select(Of)) + "]",
        _ => throw new ArgumentException(value.GetType().FullName),
    };
}
