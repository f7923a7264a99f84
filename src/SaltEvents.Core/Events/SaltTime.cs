using System;
using System.Globalization;

namespace SaltEvents.Core.Events;

/// <summary>Times as Salt writes them: naive UTC.</summary>
internal static class SaltTime
{
    /// <summary>The extension code of a datetime (salt/payload.py of 3006.10).</summary>
    public const sbyte DateTimeExtension = 78;

    /// <summary>The extension code of a named constant (salt/payload.py of 3006.10).</summary>
    public const sbyte ConstantExtension = 79;

    private const string ExtensionFormat = "yyyyMMdd'T'HH:mm:ss.ffffff";
    private static readonly string[] StampFormats =
    [
        "yyyy-MM-dd'T'HH:mm:ss.ffffff", "yyyy-MM-dd'T'HH:mm:ss",
        "yyyy-MM-dd'_'HH:mm:ss.ffffff", "yyyy-MM-dd'_'HH:mm:ss", // Salt 0.17 and 2014.1.0
        "yyyy-MM-dd'T'HH:mm:ss.ffffffzzz", "yyyy-MM-dd'T'HH:mm:sszzz", // Salt 3008
    ];

    /// <summary>An event's <c>_stamp</c>: as Python's isoformat(), which leaves a zero fraction out.</summary>
    public static string FormatStamp(DateTime utc) =>
        utc.ToString(utc.Ticks % TimeSpan.TicksPerSecond / 10 == 0 ? StampFormats[1] : StampFormats[0], CultureInfo.InvariantCulture);

    public static DateTime? ParseStamp(string? text) =>
        DateTime.TryParseExact(text, StampFormats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var utc) ? utc : null;

    /// <summary>The text of extension 78: UTC. A time of no kind is taken for a local one, as .NET does.</summary>
    public static string FormatExtension(DateTime time) =>
        time.ToUniversalTime().ToString(ExtensionFormat, CultureInfo.InvariantCulture);

    /// <summary>
    /// Whether the text of extension 78 is what a Salt on Python 3 makes of a year before 1000, whose leading zeros it loses: which
    /// year was meant does not show.
    /// </summary>
    public static bool IsMangledExtension(byte[] text)
    {
        const int WholeLength = 24; // yyyyMMddTHH:mm:ss.ffffff
        var missing = WholeLength - text.Length;
        return missing is >= 1 and <= 3 && ParseExtension(new string('0', missing) + System.Text.Encoding.ASCII.GetString(text)) is not null;
    }

    public static DateTime? ParseExtension(string text) =>
        DateTime.TryParseExact(text, ExtensionFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time) ? time : null;
}
