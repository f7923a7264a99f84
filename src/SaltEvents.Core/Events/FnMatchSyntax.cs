using System.Collections.Generic;
using System.Linq;
using System.Text;
using SaltEvents.Core.Compat;

namespace SaltEvents.Core.Events;

/// <summary>Reads shell patterns as Python's fnmatch does: *, ?, [seq], [!seq]; a bracket that is not closed is itself.</summary>
internal static class FnMatchSyntax
{
    private const string Escapable = "*?[]`";

    /// <summary>The parts of a pattern.</summary>
    /// <param name="pattern">The pattern.</param>
    /// <param name="escapes">Whether a backtick before *, ?, [, ] or a backtick takes that character literally, as in PowerShell.</param>
    public static List<FnMatchElement> Parse(string pattern, bool escapes)
    {
        var characters = TextSupport.CodePoints(pattern);
        var lastClosing = characters.LastIndexOf(']');
        var elements = new List<FnMatchElement>(characters.Count);
        for (var i = 0; i < characters.Count; i++)
        {
            switch (characters[i])
            {
                case '`'
                    when escapes && i + 1 < characters.Count && Escapable.IndexOf((char)characters[i + 1]) >= 0 && characters[i + 1] < 0x80:
                    elements.Add(FnMatchElement.One(characters[++i]));
                    break;
                case '*':
                    elements.Add(FnMatchElement.AnyNumber);
                    break;
                case '?':
                    elements.Add(FnMatchElement.AnyOne);
                    break;
                case '[' when lastClosing > i && EndOfSet(characters, i) is var end and > 0:
                    elements.Add(FnMatchElement.Set(characters.GetRange(i + 1, end - i - 1)));
                    i = end;
                    break;
                default:
                    elements.Add(FnMatchElement.One(characters[i]));
                    break;
            }
        }

        return elements;
    }

    /// <summary>A literal text.</summary>
    public static IEnumerable<FnMatchElement> Literal(string text) => TextSupport.CodePoints(text).Select(FnMatchElement.One);

    /// <summary>The text that a pattern begins with, up to its first wildcard.</summary>
    public static string LiteralStart(IEnumerable<FnMatchElement> elements)
    {
        var text = new StringBuilder();
        foreach (var element in elements)
        {
            if (element.Literal is not { } character)
            {
                break;
            }

            text.Append(char.ConvertFromUtf32(character));
        }

        return text.ToString();
    }

    // A ] right after [ or [! is a member of the set.
    private static int EndOfSet(List<int> pattern, int open)
    {
        var first = open + 1;
        if (first < pattern.Count && pattern[first] == '!')
        {
            first++;
        }

        return first + 1 < pattern.Count ? pattern.IndexOf(']', first + 1) : -1;
    }
}
