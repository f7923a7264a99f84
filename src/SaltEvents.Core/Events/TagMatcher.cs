using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using System.Text.RegularExpressions;
using SaltEvents.Core.Compat;

namespace SaltEvents.Core.Events;

/// <summary>Compares tags with one pattern; made once, used for every event. Works on the tag's bytes wherever it can.</summary>
public sealed class TagMatcher
{
    /// <summary>How long one comparison may take.</summary>
    internal static readonly TimeSpan TimeLimit = TimeSpan.FromMilliseconds(50);

    private readonly SaltTagMatch match;
    private readonly byte[] text;
    private readonly bool matchesItself;
    private readonly Regex? regex;
    private readonly FnMatchPattern? shell;

    /// <summary>A matcher for a pattern.</summary>
    /// <exception cref="ArgumentException">The pattern is not a valid regular expression.</exception>
    public TagMatcher(string pattern, SaltTagMatch match = SaltTagMatch.Auto)
    {
        Pattern = pattern ?? throw new ArgumentNullException(nameof(pattern));
        this.match = match;
        text = Encoding.UTF8.GetBytes(pattern);
        switch (match)
        {
            case SaltTagMatch.Auto:
                var elements = FnMatchSyntax.Parse(pattern, escapes: true);
                Prefix = Encoding.UTF8.GetBytes(FnMatchSyntax.LiteralStart(elements));
                if (elements.All(e => e.Literal is not null))
                {
                    this.match = SaltTagMatch.StartsWith;
                    text = Prefix;
                    break;
                }

                this.match = SaltTagMatch.FnMatch;
                shell = new FnMatchPattern(elements);
                // The tag a[1] is found by the text a[1], although as a pattern that stands for a1.
                matchesItself = FnMatchSyntax.Parse(pattern, escapes: false).Count == elements.Count;
                break;
            case SaltTagMatch.FnMatch:
                // Python's fnmatch ignores case on Windows; our own default form is case-sensitive everywhere.
                var ignoreCase = Environment.OSVersion.Platform == PlatformID.Win32NT;
                Prefix = ignoreCase ? [] : Encoding.UTF8.GetBytes(FnMatchSyntax.LiteralStart(FnMatchSyntax.Parse(pattern, escapes: false)));
                shell = new FnMatchPattern(pattern, ignoreCase);
                IsCaseSensitive = !ignoreCase;
                break;
            case SaltTagMatch.Regex:
                regex = LinearRegex.Create("^" + pattern, TimeLimit);
                break;
            case SaltTagMatch.StartsWith or SaltTagMatch.Exact:
                Prefix = text;
                break;
        }
    }

    /// <summary>The pattern as it was given.</summary>
    public string Pattern { get; }

    /// <summary>The common prefix of all matching tags; may be empty.</summary>
    internal byte[] Prefix { get; } = [];

    /// <summary>Whether it can take long to compare one tag.</summary>
    internal bool CanBeSlow => regex is not null || shell is not null;

    private bool IsCaseSensitive { get; } = true;

    /// <summary>Whether the tag matches.</summary>
    /// <exception cref="TimeoutException">It took longer than <see cref="TimeLimit"/> to compare them.</exception>
    public bool IsMatch(ReadOnlySpan<byte> tagUtf8) => match switch
    {
        SaltTagMatch.StartsWith => tagUtf8.StartsWith(text),
        SaltTagMatch.EndsWith => tagUtf8.EndsWith(text),
        SaltTagMatch.Find => tagUtf8.IndexOf(text) >= 0,
        SaltTagMatch.Exact => tagUtf8.SequenceEqual(text),
        SaltTagMatch.FnMatch => shell!.IsMatch(tagUtf8) || (matchesItself && tagUtf8.SequenceEqual(text)),
        _ => regex!.IsMatch(TextSupport.Utf8(tagUtf8)),
    };

    /// <summary>Whether a tag can match both; true if that cannot be known.</summary>
    internal bool Overlaps(TagMatcher other) =>
        Shapes() is not { } mine || other.Shapes() is not { } theirs || mine.Any(m => theirs.Any(m.Overlaps));

    // The tags that match as shell patterns; null if none says it.
    private IEnumerable<FnMatchPattern>? Shapes()
    {
        var literal = FnMatchSyntax.Literal(TextSupport.Utf8(text));
        return match switch
        {
            SaltTagMatch.StartsWith => [new([.. literal, FnMatchElement.AnyNumber])],
            SaltTagMatch.EndsWith => [new([FnMatchElement.AnyNumber, .. literal])],
            SaltTagMatch.Find => [new([FnMatchElement.AnyNumber, .. literal, FnMatchElement.AnyNumber])],
            SaltTagMatch.Exact => [new(literal)],
            SaltTagMatch.FnMatch when IsCaseSensitive => matchesItself ? [shell!, new(literal)] : [shell!],
            _ => null,
        };
    }
}
