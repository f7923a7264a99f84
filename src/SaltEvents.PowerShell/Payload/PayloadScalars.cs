using System;
using System.Collections.Generic;
using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Language;
using System.Net;
using System.Net.Mail;
using System.Net.NetworkInformation;
using System.Numerics;
using System.Security.Principal;
using System.Text;
using System.Text.RegularExpressions;

namespace SaltEvents.Payload;

/// <summary>
/// Single values and how they are sent. DateTime and DateTimeOffset: Salt's datetime, in UTC. TimeSpan: seconds. An enum:
/// its name. Numbers that 64 bits or a double cannot hold with all their digits: their text. Texts, addresses, versions and
/// errors: their text.
/// </summary>
internal static class PayloadScalars
{
    // Types that .NET Framework does not have, and how they are written.
    private static readonly Dictionary<string, string?> Formats = new()
    {
        ["System.DateOnly"] = "yyyy-MM-dd",
        ["System.TimeOnly"] = "HH:mm:ss.FFFFFFF",
        ["System.Text.Rune"] = null,
        ["System.Net.IPNetwork"] = null,
        ["System.Management.Automation.SemanticVersion"] = null,
    };

    /// <summary>False for a type that the bus cannot carry.</summary>
    public static bool TryConvert(object? value, out object? converted)
    {
        converted = Convert(value);
        return converted is not null || value is null or DBNull or NullString;
    }

    private static object? Convert(object? value) => value switch
    {
        bool or string or double or float or sbyte or byte or short or ushort or int or uint or long or ulong => value,
        // A time of no kind is a local one, as everywhere in .NET: what is sent is the instant.
        DateTime time => time.ToUniversalTime(),
        DateTimeOffset time => time.UtcDateTime,
        TimeSpan time => time.TotalSeconds,
        IntPtr number => number.ToInt64(),
        UIntPtr number => number.ToUInt64(),
        decimal number => ConvertDecimal(number),
        BigInteger number => ConvertInteger(number),
        SwitchParameter flag => flag.IsPresent,
        Uri uri => uri.OriginalString,
        Exception error => error.Message,
        InformationalRecord record => record.Message,
        CultureInfo culture => culture.Name,
        TimeZoneInfo zone => zone.Id,
        SaltConstant or SaltExtension => value,
        Enum or Guid or char or StringBuilder or Regex or Type => value.ToString(),
        Version or IPAddress or IPEndPoint or PhysicalAddress or MailAddress or IdentityReference => value.ToString(),
        ErrorRecord or InformationRecord => value.ToString(),
        null => null,
        _ => ConvertNewer(value),
    };

    private static object ConvertInteger(BigInteger number) =>
        number < long.MinValue || number > ulong.MaxValue ? number.ToString(CultureInfo.InvariantCulture)
        : number > long.MaxValue ? (ulong)number
        : (long)number;

    // A number if it keeps all digits: 1.5, but not 1.50, whose digits may be those of a price or of a version.
    private static object ConvertDecimal(decimal number)
    {
        var text = number.ToString(CultureInfo.InvariantCulture);
        if (!text.Contains("."))
        {
            return ConvertInteger(new BigInteger(number));
        }

        // .NET's conversion of very small decimals misses the nearest number.
        var nearest = double.Parse(text, CultureInfo.InvariantCulture);
        return ((decimal)nearest).ToString(CultureInfo.InvariantCulture) == text ? nearest : text;
    }

    private static object? ConvertNewer(object value)
    {
        var type = value.GetType().FullName!;
        return type == "System.Half" ? (double)(dynamic)value
            : type is "System.Int128" or "System.UInt128" ? ConvertInteger((BigInteger)(dynamic)value)
            : !Formats.TryGetValue(type, out var format) ? null
            : value is IFormattable text ? text.ToString(format, CultureInfo.InvariantCulture) : value.ToString();
    }
}
