using System;
using System.Globalization;
using System.Threading;

namespace SaltEvents.Core.Templates;

/// <summary>Job ids, which Salt makes of the time (salt/utils/jid.py, gen_jid, 3006.10).</summary>
public static class JobIds
{
    private const string Format = "yyyyMMddHHmmssffffff";
    private static long last;

    /// <summary>The id of a job that starts now, UTC; no two of a process are alike.</summary>
    public static string Next()
    {
        long before, ticks;
        do
        {
            before = Interlocked.Read(ref last);
            // An id has microseconds.
            ticks = Math.Max(DateTime.UtcNow.Ticks, before + TimeSpan.TicksPerMillisecond / 1000);
        }
        while (Interlocked.CompareExchange(ref last, ticks, before) != before);
        return From(new DateTime(ticks, DateTimeKind.Utc));
    }

    /// <summary>The id of a job that starts at that time.</summary>
    public static string From(DateTime utc) => utc.ToString(Format, CultureInfo.InvariantCulture);
}
