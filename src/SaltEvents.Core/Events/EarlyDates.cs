using System;
using System.Collections;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using SaltEvents.Core.Framing;

namespace SaltEvents.Core.Events;

/// <summary>
/// Dates that Salt cannot write. A Salt from 2018.3 on writes each datetime again when an event passes through it, with strftime
/// (salt/payload.py, ext_type_encoder, 3006.10): on Python 2.7 a year before 1900 raises there, on Python 3 one before 1000
/// loses its zeros, and the event, or the process that reads it, is lost. As text such a date passes unchanged.
/// </summary>
internal sealed class EarlyDates
{
    private const int FirstYear = 1900;
    private const string Iso8601 = "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'";

    // What has more values, or is nested deeper, is refused when it is written. The same object in several places counts in each.
    private int values;

    private EarlyDates()
    {
    }

    /// <summary>The payload with every date before 1900, at any depth, as text: ISO 8601 in UTC, such as 1601-01-01T00:00:00Z.</summary>
    public static PayloadMap ToText(PayloadMap payload) => new EarlyDates().IsIn(payload, 0) ? (PayloadMap)new EarlyDates().Convert(payload, 0)! : payload;

    private static bool IsEarly(DateTime time) => time.ToUniversalTime().Year < FirstYear;

    private bool IsTooMuch(int depth) => depth > FrameLimits.MaxPayloadDepth || ++values > FrameLimits.MaxPayloadValues;

    private bool IsIn(object? value, int depth) =>
        !IsTooMuch(depth)
        && value switch
        {
            DateTime time => IsEarly(time),
            PayloadMap map => map.Any(entry => IsIn(entry.Key, depth + 1) || IsIn(entry.Value, depth + 1)),
            SaltConstant constant => IsIn(constant.Name, depth + 1) || IsIn(constant.Value, depth + 1),
            IDictionary dictionary => EntriesOf(dictionary).Any(entry => IsIn(entry.Key, depth + 1) || IsIn(entry.Value, depth + 1)),
            byte[] => false,
            IList list => list.Cast<object?>().Any(item => IsIn(item, depth + 1)),
            _ => false,
        };

    private object? Convert(object? value, int depth) =>
        IsTooMuch(depth)
            ? value
            : value switch
            {
                DateTime time when IsEarly(time) => time.ToUniversalTime().ToString(Iso8601, CultureInfo.InvariantCulture),
                PayloadMap map => Map(map.Select(entry => (entry.Key, entry.Value)).ToArray(), depth),
                SaltConstant constant => new SaltConstant(Convert(constant.Name, depth + 1), Convert(constant.Value, depth + 1)),
                IDictionary dictionary => Map(EntriesOf(dictionary).ToArray(), depth),
                byte[] => value,
                IList list => list.Cast<object?>().Select(item => Convert(item, depth + 1)).ToArray(),
                _ => value,
            };

    // By its own enumerator: what a generic dictionary gives otherwise is of another type.
    private static IEnumerable<(object? Key, object? Value)> EntriesOf(IDictionary dictionary)
    {
        foreach (DictionaryEntry entry in dictionary)
        {
            yield return (entry.Key, entry.Value);
        }
    }

    private PayloadMap Map((object? Key, object? Value)[] entries, int depth)
    {
        var converted = new PayloadMap(entries.Length);
        foreach (var (key, value) in entries)
        {
            converted.Add(Convert(key, depth + 1), Convert(value, depth + 1));
        }

        return converted;
    }
}
