using System;
using System.Collections;
using System.Linq;
using System.Text;
using SaltEvents.Core.Framing;

namespace SaltEvents.Core.Events;

/// <summary>
/// Makes a payload fit max_event_size as Salt does (salt/utils/dicttrim.py, 3006.10): values larger than 50 % of the limit,
/// then 40, 30, 20 and 10 %, become the text VALUE_TRIMMED, in the map and in maps inside it. Sizes are those of
/// CPython's sys.getsizeof, which is what Salt compares; a list counts without its items.
/// </summary>
internal static class PayloadTrimmer
{
    public const string Replacement = "VALUE_TRIMMED";
    private const int FirstPercent = 50;
    private const int StepPercent = 10;
    private const int PythonBytesOverhead = 33;

    /// <summary>Returns the packed payload, trimmed if it was too large. One that still does not fit is sent oversize, as in Salt.</summary>
    public static ByteBuffer Trim(PayloadMap payload, ByteBuffer packed, int maxEventBytes)
    {
        if (packed.Length + PythonBytesOverhead <= maxEventBytes)
        {
            return packed;
        }

        var copy = Copy(payload);
        for (var percent = FirstPercent; percent > 0 && packed.Length + PythonBytesOverhead > maxEventBytes; percent -= StepPercent)
        {
            TrimValues(copy, maxEventBytes * (percent / 100.0), packedBefore: percent < FirstPercent);
            packed.Clear();
            PayloadEncoder.Write(packed, copy);
        }

        return packed;
    }

    private static void TrimValues(PayloadMap map, double maxValueSize, bool packedBefore)
    {
        for (var i = 0; i < map.Count; i++)
        {
            if (map[i].Value is PayloadMap inner)
            {
                TrimValues(inner, maxValueSize, packedBefore);
            }
            else if (PythonSize(map[i].Value, packedBefore) > maxValueSize)
            {
                map.SetAt(i, Replacement);
            }
        }
    }

    // The caller's payload stays as it is.
    private static PayloadMap Copy(PayloadMap map)
    {
        var copy = new PayloadMap(map.Count);
        foreach (var entry in map)
        {
            copy.Add(entry.Key, CopyMap(entry.Value));
        }

        return copy;
    }

    private static object? CopyMap(object? value)
    {
        switch (value)
        {
            case PayloadMap map:
                return Copy(map);
            case IDictionary dictionary:
                var copy = new PayloadMap(dictionary.Count);
                foreach (DictionaryEntry entry in dictionary)
                {
                    copy.Add(entry.Key, CopyMap(entry.Value));
                }

                return copy;
            default:
                return value;
        }
    }

    /// <summary>
    /// sys.getsizeof of CPython 3.10 on 64 bits. Only sizes near a tenth of the limit decide, so small values need no exactness.
    /// </summary>
    private static long PythonSize(object? value, bool packedBefore) => value switch
    {
        string text => PythonTextSize(text, packedBefore),
        byte[] bytes => PythonBytesOverhead + bytes.LongLength,
        IList items => 56 + (8L * items.Count),
        _ => 32,
    };

    // A string that is not ASCII keeps the UTF-8 that it was packed as once, which counts from the second round on.
    private static long PythonTextSize(string text, bool packedBefore)
    {
        var widest = text.Length == 0 ? '\0' : text.Max();
        var surrogates = text.Count(char.IsHighSurrogate);
        var kept = packedBefore && widest > '\u007F' ? Encoding.UTF8.GetByteCount(text) + 1 : 0;
        return kept + (surrogates > 0 ? 76 + (4L * (text.Length - surrogates))
            : widest > '\u00FF' ? 74 + (2L * text.Length)
            : widest > '\u007F' ? 73 + text.Length
            : 49 + text.Length);
    }
}
