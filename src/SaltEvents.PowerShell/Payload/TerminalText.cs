using System.Collections;
using System.Globalization;
using System.Linq;
using System.Management.Automation;
using SaltEvents.Core.Compat;
using SaltEvents.Payload;

namespace SaltEvents;

/// <summary>
/// Converts text from a bus, a master or a file to what a terminal can show: characters that would control the terminal or
/// change the order of its text become blanks. The module's messages and views use it.
/// </summary>
public static class TerminalText
{
    // More than a screen holds, so that a huge payload does not hold one up.
    private const int MaxLength = 20_000;

    private static readonly string[] Units = [string.Empty, "k", "M", "G", "T"];

    /// <summary>A value as one line.</summary>
    public static string OneLine(object? value) => DisplayText.OneLine(TextOf(value));

    /// <summary>A value as text whose line feeds stay.</summary>
    public static string Lines(object? value) => DisplayText.Lines(TextOf(value).Replace("\r\n", "\n"));

    /// <summary>Whether something succeeded; a failure in colour.</summary>
    public static string Outcome(object? value) =>
        (value is PSObject wrapped ? wrapped.BaseObject : value) is false ? TerminalStyle.Failure(OneLine(value)) : OneLine(value);

    /// <summary>The properties of an object, a line each, as Format-Custom shows it.</summary>
    public static string Describe(PSObject value) =>
        string.Join("\n", value.Properties.Where(p => p.IsGettable).Select(p => $"{p.Name}: {Lines(p.Value)}"));

    /// <summary>
    /// A number for a column of a table, which would cut off the first digits of one that is too long: that one is rounded down, to
    /// thousands (k), millions (M), billions (G) or trillions (T) if need be.
    /// </summary>
    /// <param name="value">The number. Text is written as it is, or cut at its end.</param>
    /// <param name="width">How many characters fit.</param>
    /// <param name="format">How a number that fits is written.</param>
    public static string Number(object? value, int width, string format = "0")
    {
        var bare = value is PSObject wrapped ? wrapped.BaseObject : value;
        if (bare is null or string || !LanguagePrimitives.TryConvertTo<double>(bare, out var number))
        {
            var line = OneLine(bare);
            return line.Length <= width ? line : line.Substring(0, width - 1) + "…";
        }

        var text = number.ToString(format, CultureInfo.CurrentCulture);
        foreach (var unit in Units)
        {
            for (var decimals = 2; text.Length > width && decimals >= 0; decimals--)
            {
                var factor = System.Math.Pow(10, decimals);
                text = (System.Math.Floor(number * factor) / factor).ToString("F" + decimals, CultureInfo.CurrentCulture) + unit;
            }

            number /= 1000;
        }

        return text;
    }

    private static string TextOf(object? value) => value switch
    {
        PSObject wrapped when HasOwnText(wrapped) => wrapped.ToString(),
        PSObject { BaseObject: PSCustomObject } or byte[] => new PayloadText(MaxLength).AppendValue(value).ToString(),
        PSObject wrapped => TextOf(wrapped.BaseObject),
        string text => text,
        _ when PayloadText.ItemsOf(value) is { } list => string.Join(", ", list.Cast<object?>().Select(TextOf)),
        IDictionary => value.GetType().ToString(), // as PowerShell shows it: its values are not masked
        IEnumerable items => string.Join(", ", items.Cast<object?>().Select(TextOf)),
        _ => System.Convert.ToString(value, CultureInfo.InvariantCulture) ?? string.Empty,
    };

    // What a remote session made of an enum, or of an object of this module.
    private static bool HasOwnText(PSObject value) =>
        value.TypeNames.Contains("Deserialized.System.Enum")
        || (
            value.BaseObject is PSCustomObject
            && value.TypeNames.FirstOrDefault()?.StartsWith("Deserialized.SaltEvents.", System.StringComparison.Ordinal) == true
        );
}
