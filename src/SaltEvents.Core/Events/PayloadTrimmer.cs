using System;
using System.Collections.Generic;
using System.Linq;
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

    /// <summary>Returns the packed payload, trimmed where it was too large. What still does not fit goes oversize, as in Salt.</summary>
    public static ByteBuffer Trim(PayloadMap payload, ByteBuffer packed, int maxEventBytes)
    {
        if (packed.Length + PythonBytesOverhead <= maxEventBytes)
        {
            return packed;
        }

        var copy = Copy(payload);
        for (var percent = FirstPercent; percent > 0 && packed.Length + PythonBytesOverhead > maxEventBytes; percent -= StepPercent)
        {
            TrimValues(copy, maxEventBytes * (percent / 100.0));
            packed.Clear();
            PayloadEncoder.Write(packed, copy);
        }

        return packed;
    }

    private static void TrimValues(PayloadMap map, double maxValueSize)
    {
        for (var i = 0; i < map.Count; i++)
        {
            if (map[i].Value is PayloadMap inner)
            {
                TrimValues(inner, maxValueSize);
            }
            else if (PythonSize(map[i].Value) > maxValueSize)
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
            copy.Add(entry.Key, entry.Value is PayloadMap inner ? Copy(inner) : entry.Value);
        }

        return copy;
    }

    /// <summary>sys.getsizeof of CPython 3.10 on 64 bits. Only sizes near a tenth of the limit decide, so small values need no exactness.</summary>
    private static long PythonSize(object? value) => value switch
    {
        string text => PythonTextSize(text),
        byte[] bytes => PythonBytesOverhead + bytes.LongLength,
        ICollection<object?> items => 56 + (8L * items.Count),
        _ => 32,
    };

    private static long PythonTextSize(string text)
    {
        var widest = text.Length == 0 ? '\0' : text.Max();
        var surrogates = text.Count(char.IsHighSurrogate);
        return surrogates > 0 ? 76 + (4L * (text.Length - surrogates))
            : widest > '\u00FF' ? 74 + (2L * text.Length)
            : widest > '\u007F' ? 73 + text.Length
            : 49 + text.Length;
    }
}
