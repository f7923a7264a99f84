using System;
using System.Globalization;
using System.Linq;
using System.Text.RegularExpressions;

namespace SaltEvents.Core.Configuration;

/// <summary>
/// The types that plain text has in Salt's YAML reader: YAML 1.1 as PyYAML resolves it (yaml/resolver.py, 6.0), with leading
/// zeros for nothing and times as text (salt/utils/yamlloader.py, construct_scalar, 3006.10). YamlDotNet's schemas are of YAML 1.2.
/// </summary>
internal static class YamlScalar
{
    private static readonly Regex Integer = new(
        @"^(?:[-+]?0b[0-1_]+|[-+]?0[0-7_]+|[-+]?(?:0|[1-9][0-9_]*)|[-+]?0x[0-9a-fA-F_]+|[-+]?[1-9][0-9_]*(?::[0-5]?[0-9])+)\z", RegexOptions.CultureInvariant);

    private static readonly Regex Float = new(
        @"^(?:[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+][0-9]+)?|\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?)\z", RegexOptions.CultureInvariant);

    /// <summary>Null, a bool, a long, a double, or the text itself.</summary>
    public static object? Resolve(string text) => text switch
    {
        "" or "~" or "null" or "Null" or "NULL" => null,
        "yes" or "Yes" or "YES" or "true" or "True" or "TRUE" or "on" or "On" or "ON" => true,
        "no" or "No" or "NO" or "false" or "False" or "FALSE" or "off" or "Off" or "OFF" => false,
        _ when Integer.IsMatch(text) => ToInteger(text),
        _ when Float.IsMatch(text) => double.Parse(text.Replace("_", string.Empty), CultureInfo.InvariantCulture),
        _ => text,
    };

    // What has no room in 64 bits stays text: no setting needs it, and its text is the same.
    private static object ToInteger(string text)
    {
        var negative = text[0] == '-';
        var digits = text.TrimStart('-', '+').Replace("_", string.Empty);
        try
        {
            var number = digits.StartsWith("0b", StringComparison.Ordinal) ? Convert.ToInt64(digits.Substring(2), 2)
                : digits.StartsWith("0x", StringComparison.Ordinal) ? Convert.ToInt64(digits.Substring(2), 16)
                : digits.Split(':').Aggregate(0L, (sum, part) => checked((sum * 60) + long.Parse(part, CultureInfo.InvariantCulture)));
            return negative ? -number : number;
        }
        catch (Exception e) when (e is OverflowException or FormatException or ArgumentException)
        {
            return text;
        }
    }
}
