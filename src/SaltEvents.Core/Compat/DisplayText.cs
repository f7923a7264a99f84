using System;
using System.Globalization;
using System.Text;

namespace SaltEvents.Core.Compat;

/// <summary>
/// What comes from outside (the bus, a master, files) as text for a person: without the characters that control a terminal
/// or change the order of its text. Every message and view goes through here; data stays as it is.
/// </summary>
internal static class DisplayText
{
    /// <summary>One line: a blank for every control character, line feeds too.</summary>
    public static string OneLine(string text) => Mask(text, keepsLines: false);

    /// <summary>The same, but line feeds stay.</summary>
    public static string Lines(string text) => Mask(text, keepsLines: true);

    private static string Mask(string text, bool keepsLines)
    {
        StringBuilder? masked = null;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] is >= ' ' and < '\u007F' || (keepsLines && text[i] == '\n') || IsHarmless(text, i))
            {
                continue;
            }

            masked ??= new StringBuilder(text);
            masked[i] = ' ';
            if (char.IsSurrogatePair(text, i))
            {
                masked[++i] = ' ';
            }
        }

        return masked?.ToString() ?? text;
    }

    private static bool IsHarmless(string text, int index) => CharUnicodeInfo.GetUnicodeCategory(text, index)
        is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);
}
