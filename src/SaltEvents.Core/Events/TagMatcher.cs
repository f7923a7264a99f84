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
    private readonly FnMatchPattern? shell;

    /// <summary>A matcher for a pattern.</summary>
    /// <exception cref="ArgumentException">The pattern is no valid regular expression.</exception>
    public TagMatcher(string pattern, TagMatch match = TagMatch.Auto)
    {
        Pattern = pattern ?? throw new ArgumentNullException(nameof(pattern));
        this.match = match == TagMatch.Auto ? (pattern.IndexOfAny(Wildcards) >= 0 ? TagMatch.FnMatch : TagMatch.StartsWith) : match;
        text = Encoding.UTF8.GetBytes(pattern);
        regex = this.match == TagMatch.Regex ? new Regex("^" + pattern, RegexOptions.CultureInvariant) : null;
        // Python's fnmatch ignores case on Windows; our own default form is case-sensitive everywhere.
        shell = this.match == TagMatch.FnMatch ? new FnMatchPattern(pattern, match == TagMatch.FnMatch && Environment.OSVersion.Platform == PlatformID.Win32NT) : null;
    }

    /// <summary>What every tag that matches starts with; may be empty.</summary>
    internal byte[] Prefix => match switch
    {
        TagMatch.StartsWith => text,
        TagMatch.FnMatch when !shell!.IgnoreCase && Pattern.IndexOfAny(Wildcards) is var end => Encoding.UTF8.GetBytes(end < 0 ? Pattern : Pattern.Substring(0, end)),
        _ => [],
    };

    /// <summary>The pattern as it was given.</summary>
    public string Pattern { get; }

    /// <summary>Whether the tag matches.</summary>
    public bool IsMatch(ReadOnlySpan<byte> tagUtf8) => match switch
    {
        TagMatch.StartsWith => tagUtf8.StartsWith(text),
        TagMatch.EndsWith => tagUtf8.EndsWith(text),
        TagMatch.Find => tagUtf8.IndexOf(text) >= 0,
        TagMatch.FnMatch => shell!.IsMatch(tagUtf8),
        _ => regex!.IsMatch(TextSupport.Utf8(tagUtf8)),
    };
}
