using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using SaltEvents.Core.Compat;
using SaltEvents.Core.Events;
using SaltEvents.Payload.Lazy;

namespace SaltEvents.Payload;

/// <summary>
/// Keys that differ in .NET and are one on the bus, such as 1 as int and as long, or a Guid and its text; and those that a sequence of
/// pairs has twice.
/// </summary>
internal static class PayloadKeys
{
    /// <summary>The first key that occurs a second time, as text; null if each occurs once.</summary>
    public static string? FindDuplicate(PayloadMap map)
    {
        var seen = new HashSet<object?>(PayloadKeyComparer.Instance);
        return map.Where(entry => !seen.Add(Comparable(entry.Key))).Select(entry => Text(Comparable(entry.Key))).FirstOrDefault();
    }

    /// <summary>Whether a key becomes another one on the bus.</summary>
    public static bool MayChange(object? key) => key is not string text || TextSupport.HasHalfPair(text);

    private static string Text(object? key) =>
        key is byte[] ? "the same bytes" : System.Convert.ToString(key, CultureInfo.InvariantCulture) ?? "null";

    // msgpack has one form for a whole number, whatever its type. 1.0 and true are other keys than 1.
    private static object? Comparable(object? key) => key switch
    {
        sbyte or byte or short or ushort or int or uint or long or ulong => System.Convert.ToDecimal(key, CultureInfo.InvariantCulture),
        string text when TextSupport.HasHalfPair(text) => TextSupport.Utf8(Encoding.UTF8.GetBytes(text)),
        _ => key,
    };
}
