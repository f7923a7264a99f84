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
    private const string WholeFormat = "yyyy-MM-dd'T'HH:mm:ss";
    private const string FractionFormat = WholeFormat + ".ffffff";

    /// <summary>An event's <c>_stamp</c>: as Python's isoformat(), which leaves a zero fraction out.</summary>
    public static string FormatStamp(DateTime utc) =>
        utc.ToString(utc.Ticks % TimeSpan.TicksPerSecond / 10 == 0 ? WholeFormat : FractionFormat, CultureInfo.InvariantCulture);

    /// <summary>A time where only text can go: ISO 8601 in UTC, which it says with a Z.</summary>
    public static string FormatText(DateTime time) => FormatStamp(time.ToUniversalTime()) + "Z";

    /// <summary>
    /// An event's <c>_stamp</c> in UTC, as Salt of any version and other programs write it; null if it is not a time. See
    /// <see cref="StampText"/>.
    /// </summary>
    public static DateTime? ParseStamp(object? stamp) => stamp switch
    {
        string text => StampText.Parse(text),
        byte[] bytes => StampText.Parse(Compat.TextSupport.Utf8(bytes)),
        DateTime time => time,
        _ => null,
    };

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
        return missing is >= 1 and <= 3
            && ParseExtension(new string('0', missing) + System.Text.Encoding.ASCII.GetString(text)) is not null;
    }

    public static DateTime? ParseExtension(string text) =>
        DateTime.TryParseExact(
            text,
            ExtensionFormat,
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
            out var time
        )
            ? time
            : null;
}
