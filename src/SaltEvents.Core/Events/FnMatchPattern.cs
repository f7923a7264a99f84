using System;
using System.Collections.Generic;
using System.Diagnostics;
using SaltEvents.Core.Compat;

namespace SaltEvents.Core.Events;

/// <summary>
/// A shell pattern (see <see cref="FnMatchSyntax"/>). Written by hand: .NET has no matcher with Python's rules, and a regular
/// expression in its place takes exponential time for some patterns. This one only goes back to the last *.
/// </summary>
internal sealed class FnMatchPattern(IEnumerable<FnMatchElement> parts, bool ignoreCase = false)
{
    // The clock is read after so many steps, which take about a millisecond: the tags of Salt are done long before.
    private const int StepsPerTimeCheck = 1 << 16;

    private readonly List<FnMatchElement> elements = [.. parts];

    /// <summary>A pattern of fnmatch.</summary>
    public FnMatchPattern(string pattern, bool ignoreCase)
        : this(FnMatchSyntax.Parse(ignoreCase ? pattern.ToLowerInvariant() : pattern, escapes: false), ignoreCase)
    {
    }

    /// <summary>Whether the whole tag matches.</summary>
    /// <exception cref="TimeoutException">It took longer than <see cref="TagMatcher.TimeLimit"/>.</exception>
    public bool IsMatch(ReadOnlySpan<byte> utf8)
    {
        var text = ignoreCase ? System.Text.Encoding.UTF8.GetBytes(TextSupport.Utf8(utf8).ToLowerInvariant()) : utf8;
        int position = 0, element = 0, star = -1, afterStar = 0, steps = 0;
        long start = 0;
        while (position < text.Length)
        {
            if (++steps == StepsPerTimeCheck)
            {
                steps = 0;
                ThrowIfTimedOut(ref start);
            }

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

    /// <summary>Whether some text matches both patterns; both must be case-sensitive.</summary>
    public bool Overlaps(FnMatchPattern other)
    {
        // Walks both at once: reached[j] says that some text leads to the present element of this one and to element j of the other.
        var reached = new bool[other.elements.Count + 1];
        reached[0] = true;
        for (var i = 0; ; i++)
        {
            var mine = i < elements.Count ? elements[i] : null;
            var next = new bool[reached.Length];
            for (var j = 0; j < reached.Length; j++)
            {
                if (!reached[j])
                {
                    continue;
                }

                var theirs = j < other.elements.Count ? other.elements[j] : null;
                next[j] |= mine is { IsAnyNumber: true } || (mine is not null && theirs is { IsAnyNumber: true });
                if (theirs is not null)
                {
                    reached[j + 1] |= theirs.IsAnyNumber || mine is { IsAnyNumber: true };
                    next[j + 1] |= mine is not null && !mine.IsAnyNumber && !theirs.IsAnyNumber && mine.Overlaps(theirs);
                }
            }

            if (mine is null)
            {
                return reached[reached.Length - 1];
            }

            reached = next;
        }
    }

    private static void ThrowIfTimedOut(ref long start)
    {
        var now = Stopwatch.GetTimestamp();
        start = start == 0 ? now : start;
        if (now - start > TagMatcher.TimeLimit.TotalSeconds * Stopwatch.Frequency)
        {
            throw new TimeoutException();
        }
    }
}
