using System;
using System.Text;
using System.Text.RegularExpressions;
using SaltEvents.Core.Compat;

namespace SaltEvents.Core.Events;

/// <summary>Compares tags with one pattern; made once, used for every event. Works on the tag's bytes wherever it can.</summary>
public sealed class TagMatcher
{
    private static readonly char[] Wildcards = ['*', '?', '['];
    private readonly TagMatch match;
    private readonly byte[] text;
    private readonly Regex? regex;

    /// <summary>A matcher for a pattern.</summary>
    /// <exception cref="ArgumentException">The pattern is no valid regular expression, or a set in it is not valid.</exception>
    public TagMatcher(string pattern, TagMatch match = TagMatch.Auto)
    {
        Pattern = pattern ?? throw new ArgumentNullException(nameof(pattern));
        this.match = match == TagMatch.Auto ? (pattern.IndexOfAny(Wildcards) >= 0 ? TagMatch.FnMatch : TagMatch.StartsWith) : match;
        text = Encoding.UTF8.GetBytes(pattern);
        regex = this.match switch
        {
            TagMatch.Regex => new Regex("^" + pattern, RegexOptions.CultureInvariant),
            TagMatch.FnMatch => new Regex(FnMatchPattern.ToRegex(pattern), FnMatchOptions(match)),
            _ => null,
        };
    }

    /// <summary>The pattern as it was given.</summary>
    public string Pattern { get; }

    /// <summary>Whether the tag matches.</summary>
    public bool IsMatch(ReadOnlySpan<byte> tagUtf8) => match switch
    {
        TagMatch.StartsWith => tagUtf8.StartsWith(text),
        TagMatch.EndsWith => tagUtf8.EndsWith(text),
        TagMatch.Find => tagUtf8.IndexOf(text) >= 0,
        _ => regex!.IsMatch(TextSupport.Utf8(tagUtf8)),
    };

    // Python's fnmatch ignores case on Windows; our own default form is case-sensitive everywhere.
    private static RegexOptions FnMatchOptions(TagMatch asked)
    {
        var options = RegexOptions.CultureInvariant | RegexOptions.Singleline;
        return asked == TagMatch.FnMatch && Environment.OSVersion.Platform == PlatformID.Win32NT ? options | RegexOptions.IgnoreCase : options;
    }
}
