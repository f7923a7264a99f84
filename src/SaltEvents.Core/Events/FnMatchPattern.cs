using System;
using System.Collections.Generic;
using SaltEvents.Core.Compat;

namespace SaltEvents.Core.Events;

/// <summary>
/// Shell patterns as Python's fnmatch reads them: *, ?, [seq], [!seq]; a bracket that is not closed is itself. Compares
/// characters of the tag's UTF-8 and goes back to the last * only, so that no pattern takes exponential time.
/// </summary>
internal sealed class FnMatchPattern
{
    private readonly List<FnMatchElement> elements = [];

    public FnMatchPattern(string pattern, bool ignoreCase)
    {
        var characters = TextSupport.CodePoints(ignoreCase ? pattern.ToLowerInvariant() : pattern);
        for (var i = 0; i < characters.Count; i++)
        {
            switch (characters[i])
            {
                case '*':
                    elements.Add(FnMatchElement.AnyNumber);
                    break;
                case '?':
                    elements.Add(FnMatchElement.AnyOne);
                    break;
                case '[' when EndOfSet(characters, i) is var end and > 0:
                    elements.Add(FnMatchElement.Set(characters.GetRange(i + 1, end - i - 1)));
                    i = end;
                    break;
                default:
                    elements.Add(FnMatchElement.One(characters[i]));
                    break;
            }
        }

        IgnoreCase = ignoreCase;
    }

    public bool IgnoreCase { get; }

    /// <summary>Whether the whole tag matches.</summary>
    public bool IsMatch(ReadOnlySpan<byte> utf8)
    {
        var text = IgnoreCase ? System.Text.Encoding.UTF8.GetBytes(TextSupport.Utf8(utf8).ToLowerInvariant()) : utf8;
        int position = 0, element = 0, star = -1, afterStar = 0;
        while (position < text.Length)
        {
            var character = TextSupport.CodePoint(text.Slice(position), out var length);
            if (element < elements.Count && elements[element].IsAnyNumber)
            {
                star = element++;
                afterStar = position;
            }
            else if (element < elements.Count && elements[element].Matches(character))
            {
                element++;
                position += length;
            }
            else if (star >= 0)
            {
                // The last * takes one character more.
                _ = TextSupport.CodePoint(text.Slice(afterStar), out length);
                position = afterStar += length;
                element = star + 1;
            }
            else
            {
                return false;
            }
        }

        return elements.FindIndex(element, e => !e.IsAnyNumber) < 0;
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
