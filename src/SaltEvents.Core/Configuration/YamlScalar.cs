using System;
using System.Globalization;
using System.Linq;
using System.Numerics;
using System.Text.RegularExpressions;

namespace SaltEvents.Core.Configuration;

/// <summary>
/// The types that plain text has in Salt's YAML reader: YAML 1.1 as PyYAML resolves it (yaml/resolver.py, 6.0), with leading
/// zeros for nothing and times as text (salt/utils/yamlloader.py, construct_scalar, 3006.10). YamlDotNet's schemas are of YAML 1.2.
/// </summary>
internal static class YamlScalar
{
    // To compute a number takes the square of its digits. Python refuses longer ones since 3.11.
    private const int MaxDigits = 4300;

    private static readonly Regex Integer = new(
        @"^(?:[-+]?0b[0-1_]+|[-+]?0[0-7_]+|[-+]?(?:0|[1-9][0-9_]*)|[-+]?0x[0-9a-fA-F_]+|[-+]?[1-9][0-9_]*(?::[0-5]?[0-9])+)\z",
        RegexOptions.CultureInvariant
    );

    private static readonly Regex Float = new(
        @"^(?:[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+][0-9]+)?|\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))\z",
        RegexOptions.CultureInvariant);

    /// <summary>Null, a bool, a long, a double, or the text itself.</summary>
    public static object? Resolve(string text) => text switch
    {
        "" or "~" or "null" or "Null" or "NULL" => null,
        "yes" or "Yes" or "YES" or "true" or "True" or "TRUE" or "on" or "On" or "ON" => true,
        "no" or "No" or "NO" or "false" or "False" or "FALSE" or "off" or "Off" or "OFF" => false,
        _ when Integer.IsMatch(text) => ToInteger(text),
        _ when Float.IsMatch(text) => ToFloat(text.Replace("_", string.Empty).ToLowerInvariant()),
        _ => text,
    };

    /// <summary>Equal for keys that Python treats as one: True, 1 and 1.0.</summary>
    public static object AsKey(object? content) => content switch
    {
        null => typeof(void),
        bool flag => flag ? 1L : 0L,
        double number when Math.Abs(number) < long.MaxValue && Math.Floor(number) == number => (long)number,
        _ => content,
    };

    /// <summary>A number as Python's repr() writes it: in full up to 16 digits before the point, with an exponent beyond.</summary>
    public static string FloatText(double number)
    {
        const double exponentFrom = 1e16;
        if (double.IsNaN(number) || double.IsInfinity(number))
        {
            return double.IsNaN(number) ? "nan" : number > 0 ? "inf" : "-inf";
        }

        var text = number.ToString("R", CultureInfo.InvariantCulture).Replace('E', 'e');
        if (Math.Abs(number) < exponentFrom && text.IndexOf("e+", StringComparison.Ordinal) > 0)
        {
            text = ((decimal)number).ToString(CultureInfo.InvariantCulture);
        }
        else if (Math.Abs(number) >= exponentFrom && text.IndexOf('e') < 0)
        {
            var digits = text.TrimStart('-');
            var fraction = digits.Substring(1).TrimEnd('0');
            return $"{(number < 0 ? "-" : string.Empty)}{digits[0]}{(fraction.Length > 0 ? "." : string.Empty)}{fraction}e+{(digits.Length - 1).ToString(CultureInfo.InvariantCulture)}";
        }

        return text.IndexOf('.') < 0 && text.IndexOf('e') < 0 ? text + ".0" : text;
    }

    // A number beyond 64 bits is kept as its digits: no setting needs it, and its text is the same.
    private static object ToInteger(string text)
    {
        var negative = text[0] == '-';
        var digits = (
            text[0] == '0' && text.Length > 1 && text[1] is not ('b' or 'x') ? text.TrimStart('0') : text.TrimStart('-', '+')
        ).Replace("_", string.Empty);
        if (digits.Length == 0)
        {
            return 0L;
        }

        if (digits.Length > MaxDigits)
        {
            return negative ? "-" + digits : digits;
        }

        var number = digits.StartsWith("0b", StringComparison.Ordinal) ? InBase(digits.Substring(2), 2)
            : digits.StartsWith("0x", StringComparison.Ordinal) ? InBase(digits.Substring(2), 16)
            : digits[0] == '0' ? InBase(digits, 8) // only behind a sign: Salt takes the zeros away where there is none
            : digits
                .Split(':')
                .Aggregate(BigInteger.Zero, (sum, part) => (sum * 60) + BigInteger.Parse(part, CultureInfo.InvariantCulture));
        number = negative ? -number : number;
        return number >= long.MinValue && number <= long.MaxValue ? (long)number : number.ToString(CultureInfo.InvariantCulture);
    }

    private static BigInteger InBase(string digits, int radix) =>
        digits.Aggregate(BigInteger.Zero, (sum, digit) => (sum * radix) + Convert.ToInt32(digit.ToString(), 16));

    private static double ToFloat(string text)
    {
        var sign = text[0] == '-' ? -1.0 : 1.0;
        var digits = text.TrimStart('-', '+');
        if (digits is ".inf" or ".nan")
        {
            return digits == ".nan" ? double.NaN : sign * double.PositiveInfinity;
        }

        try
        {
            return sign * digits.Split(':').Aggregate(0.0, (sum, part) => (sum * 60) + double.Parse(part, CultureInfo.InvariantCulture));
        }
        catch (OverflowException)
        {
            return sign * double.PositiveInfinity; // .NET Framework's way to say so
        }
    }
}
