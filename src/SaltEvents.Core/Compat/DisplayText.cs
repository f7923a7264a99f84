using System;
using System.Globalization;
using System.Text;

namespace SaltEvents.Core.Compat;

/// <summary>
/// Text from outside (the bus, a master, files) for display: without the characters that control a terminal
/// or change the order of its text. Every message and view goes through here; data stays as it is.
/// </summary>
internal static class DisplayText
{
    /// <summary>One line: a blank for every control character, including line feeds.</summary>
    public static string OneLine(string text) => Mask(text, keepsLines: false);

    /// <summary>The same, but line feeds stay.</summary>
    public static string Lines(string text) => Mask(text, keepsLines: true);

    /// <summary>
    /// How many columns of a terminal a text takes: two for each wide glyph (East Asian Width, Unicode 15), as PowerShell counts.
    /// </summary>
    public static int Width(string text)
    {
        var width = text.Length;
        foreach (var character in text)
        {
            width += IsWide(character) ? 1 : 0;
        }

        return width;
    }

    /// <summary>As much of the start of a text as fits into so many columns.</summary>
    public static string Start(string text, int columns)
    {
        var end = 0;
        while (end < text.Length && (columns -= IsWide(text[end]) ? 2 : 1) >= 0)
        {
            end++;
        }

        return text.Substring(0, end > 0 && char.IsHighSurrogate(text[end - 1]) ? end - 1 : end);
    }

    /// <summary>As much of the end of a text as fits into so many columns.</summary>
    public static string End(string text, int columns)
    {
        var start = text.Length;
        while (start > 0 && (columns -= IsWide(text[start - 1]) ? 2 : 1) >= 0)
        {
            start--;
        }

        return text.Substring(start < text.Length && char.IsLowSurrogate(text[start]) ? start + 1 : start);
    }

    /// <summary>Whether a character takes two columns. One beyond the basic plane, such as an emoji, has two characters for them.</summary>
    public static bool IsWide(char character) =>
        character >= '\u1100'
        && character
            is <= '\u115F'
                or '\u2329'
                or '\u232A'
                or (>= '\u2E80' and <= '\uA4CF' and not '\u303F')
                or (>= '\uAC00' and <= '\uD7A3')
                or (>= '\uF900' and <= '\uFAFF')
                or (>= '\uFE10' and <= '\uFE19')
                or (>= '\uFE30' and <= '\uFE6F')
                or (>= '\uFF00' and <= '\uFF60')
                or (>= '\uFFE0' and <= '\uFFE6');

    private static string Mask(string text, bool keepsLines)
    {
        StringBuilder? masked = null;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] is >= ' ' and < '\u007F' || (keepsLines && text[i] == '\n'))
            {
                continue;
            }

            var length = char.IsSurrogatePair(text, i) ? 2 : 1;
            if (!IsHarmless(text, i))
            {
                masked ??= new StringBuilder(text);
                masked[i] = masked[i + length - 1] = ' ';
            }

            i += length - 1;
        }

        return masked?.ToString() ?? text;
    }

    // The last two characters of the basic plane are none, and end a remote session that shall carry a message with one.
    private static bool IsHarmless(string text, int index) => text[index] < '\uFFFE' && CharUnicodeInfo.GetUnicodeCategory(text, index)
        is not (
            UnicodeCategory.Control
            or UnicodeCategory.Format
            or UnicodeCategory.LineSeparator
            or UnicodeCategory.ParagraphSeparator
            or UnicodeCategory.Surrogate // half of a pair: an encoder can fail at it
        );
}
