using System;
using SaltEvents.Core.Events;
using SaltEvents.Core.Tests.Support;
using Xunit;

namespace SaltEvents.Core.Tests.Events;

/// <summary>Salt's five ways to compare a tag, and the default of this library.</summary>
public sealed class TagMatcherTests
{
    private const string Ret = "salt/job/20260102030405678901/ret/web01";

    // By a filter, which asks a matcher again that was late: on a busy machine the first use of a regular expression is slow.
    // Not the empty pattern, which a filter takes for every tag.
    private static bool IsMatch(string pattern, string tag, SaltTagMatch match = SaltTagMatch.Auto) => pattern.Length == 0
        ? new TagMatcher(pattern, match).IsMatch(Frames.Utf8(tag))
        : new TagFilter([pattern], match).IsMatch(Frames.Utf8(tag));

    [Theory]
    [InlineData("salt/job", Ret, true)]
    [InlineData("salt/job/*/ret/*", Ret, true)]
    [InlineData("salt/job/*/ret", Ret, false)] // a pattern must match the whole tag
    [InlineData("salt/*", Ret, true)] // and * crosses /
    [InlineData("Salt/job", Ret, false)]
    [InlineData("SALT/*", Ret, false)]
    [InlineData("ret", Ret, false)]
    [InlineData("web0?", "web01", true)]
    [InlineData("web0?", "web0", false)]
    [InlineData("web[0-9]*", "web01", true)]
    [InlineData("salt.job", Ret, false)]
    [InlineData("täg/ü", "täg/ünï", true)]
    [InlineData("", Ret, true)]
    public void Automatically_a_wildcard_decides(string pattern, string tag, bool expected) =>
        Assert.Equal(expected, IsMatch(pattern, tag));

    [Theory]
    [InlineData("salt", true)]
    [InlineData("salt/*", false)]
    [InlineData("web01", false)]
    [InlineData(Ret, true)]
    [InlineData(Ret + "x", false)]
    public void StartsWith_compares_the_start(string pattern, bool expected) => Assert.Equal(expected, IsMatch(pattern, Ret, SaltTagMatch.StartsWith));

    [Theory]
    [InlineData("web01", true)]
    [InlineData("salt", false)]
    [InlineData("WEB01", false)]
    [InlineData("", true)]
    public void EndsWith_compares_the_end(string pattern, bool expected) => Assert.Equal(expected, IsMatch(pattern, Ret, SaltTagMatch.EndsWith));

    [Theory]
    [InlineData("/ret/", true)]
    [InlineData("/RET/", false)]
    [InlineData("*", false)]
    [InlineData("", true)]
    public void Find_searches_the_whole_tag(string pattern, bool expected) => Assert.Equal(expected, IsMatch(pattern, Ret, SaltTagMatch.Find));

    [Theory]
    [InlineData("salt/job/[0-9]{20}/ret/", true)]
    [InlineData("job", false)] // a ^ is put before it
    [InlineData(".*job", true)]
    [InlineData("nothing|salt", true)]
    [InlineData("nothing|web01$", true)] // ... before the first alternative only, as in Salt
    [InlineData("SALT", false)]
    [InlineData("", true)]
    public void Regex_matches_from_the_start(string pattern, bool expected) =>
        Assert.Equal(expected, IsMatch(pattern, Ret, SaltTagMatch.Regex));

    [Fact]
    public void A_broken_regular_expression_is_an_argument_error() =>
        Assert.ThrowsAny<ArgumentException>(() => new TagMatcher("(", SaltTagMatch.Regex));

    [Theory]
    [InlineData("[!x]eb", "web", true)]
    [InlineData("[!w]eb", "web", false)]
    [InlineData("[^w]eb", "web", true)] // ^ is a member like any other
    [InlineData("[^w]eb", "^eb", true)]
    [InlineData("a[b", "a[b", true)] // not closed: itself
    [InlineData("a[b", "ab", false)]
    [InlineData("[]a]", "]", true)]
    [InlineData("[!]a]", "]", false)]
    [InlineData("[!]a]", "b", true)]
    [InlineData("[]", "[]", true)]
    [InlineData("[!]", "[!]", true)]
    [InlineData("[a-c]", "b", true)]
    [InlineData("[a-c]", "-", false)]
    [InlineData("[a-]", "-", true)]
    [InlineData("[-a]", "-", true)]
    [InlineData("[c-a]", "b", false)] // an empty range matches nothing
    [InlineData("[!c-a]", "b", true)]
    [InlineData("[\\]", "\\", true)]
    [InlineData("[[]", "[", true)]
    [InlineData("[a-z-[b]]", "b]", true)] // no subtraction of sets
    [InlineData("a.b", "axb", false)]
    [InlineData("a+(b)$", "a+(b)$", true)]
    [InlineData("a*b", "a/x\ny/b", true)] // crosses slashes and line feeds
    [InlineData("a?b", "a\nb", true)]
    [InlineData("?", "🧂", true)] // one character, though two in UTF-16
    [InlineData("??", "🧂", false)]
    [InlineData("[!x]", "🧂", true)]
    [InlineData("[🧂x]", "🧂", true)]
    [InlineData("ab", "ab\n", false)]
    [InlineData("", "", true)]
    [InlineData("", "a", false)]
    public void FnMatch_matches_as_Python_does(string pattern, string tag, bool expected) =>
        Assert.Equal(expected, IsMatch(pattern, tag, SaltTagMatch.FnMatch));

    [Theory]
    [InlineData("a`[1`].txt", "a[1].txt", true)] // as PowerShell's WildcardPattern.Escape writes it
    [InlineData("a`[1`].txt", "a[1].txt.old", true)] // no wildcard is left: a prefix
    [InlineData("a`[1`].txt", "a1.txt", false)]
    [InlineData("w/a`*", "w/a*", true)]
    [InlineData("w/a`*", "w/ab", false)]
    [InlineData("w/a`?*", "w/a?b", true)]
    [InlineData("w/a`?*", "w/abb", false)]
    [InlineData("[`*x]", "`", true)] // a set has no escapes
    [InlineData("a``*", "a`b", true)]
    [InlineData("a`b", "a`b", true)] // before any other character a backtick is itself
    [InlineData("a`", "a`", true)]
    [InlineData("a[1].txt", "a[1].txt", true)] // its own text
    [InlineData("a[1].txt", "a1.txt", true)]
    [InlineData("a[1].txt", "a[1].txt.old", false)]
    [InlineData("a[!x]", "a[!x]", true)]
    [InlineData("a[b", "a[b", true)] // not closed: itself, and so no wildcard
    [InlineData("a[b", "a[bc", true)]
    [InlineData("a[b*", "a[bc", true)]
    [InlineData("a]", "a]", true)]
    public void A_wildcard_can_be_meant_literally(string pattern, string tag, bool expected) =>
        Assert.Equal(expected, IsMatch(pattern, tag));

    [Theory]
    [InlineData("a[1]*", "a[1]*", true)]
    [InlineData("a[1]*", "a1x", false)]
    [InlineData("a", "ab", false)]
    [InlineData("a", "A", false)]
    [InlineData("a`*", "a*", false)]
    [InlineData("täg", "täg", true)]
    public void Exactly(string text, string tag, bool expected) => Assert.Equal(expected, IsMatch(text, tag, SaltTagMatch.Exact));

    [Theory]
    [InlineData("salt/*", SaltTagMatch.Auto, "myco/*", SaltTagMatch.Auto, false)]
    [InlineData("salt/*", SaltTagMatch.Auto, "salt/job", SaltTagMatch.Auto, true)]
    [InlineData("salt/job", SaltTagMatch.Auto, "salt", SaltTagMatch.Auto, true)]
    [InlineData("salt/job/*/ret/*", SaltTagMatch.Auto, "salt/job/*/new", SaltTagMatch.Auto, true)] // salt/job/1/ret/x/new
    [InlineData("salt/job/?/ret", SaltTagMatch.Auto, "salt/job/?/new", SaltTagMatch.Auto, false)]
    [InlineData("salt/job", SaltTagMatch.Exact, "salt/job/", SaltTagMatch.Auto, false)]
    [InlineData("salt/job/[0-4]", SaltTagMatch.Auto, "salt/job/[5-9]", SaltTagMatch.Auto, false)]
    [InlineData("salt/job/[0-4]", SaltTagMatch.Auto, "salt/job/[4-9]", SaltTagMatch.Auto, true)]
    [InlineData("salt/job/[0-4]", SaltTagMatch.Auto, "salt/job/[!0-9]", SaltTagMatch.Auto, false)]
    [InlineData("[!a]", SaltTagMatch.FnMatch, "[!b]", SaltTagMatch.FnMatch, true)]
    [InlineData("x", SaltTagMatch.EndsWith, "*y", SaltTagMatch.Auto, false)]
    [InlineData("x", SaltTagMatch.Find, "*y", SaltTagMatch.Auto, true)]
    [InlineData("a[1]", SaltTagMatch.Auto, "a[1]", SaltTagMatch.Exact, true)]
    [InlineData("a`*", SaltTagMatch.Auto, "ab", SaltTagMatch.Exact, false)]
    [InlineData("salt", SaltTagMatch.Regex, "myco", SaltTagMatch.Auto, true)] // cannot be known
    [InlineData("", SaltTagMatch.Auto, "myco", SaltTagMatch.Auto, true)]
    public void Filters_that_share_no_tag_are_known(string one, SaltTagMatch match, string other, SaltTagMatch otherMatch, bool expected)
    {
        Assert.Equal(expected, new TagFilter([one], match).Overlaps(new TagFilter([other], otherMatch)));
        Assert.Equal(expected, new TagFilter([other], otherMatch).Overlaps(new TagFilter([one], match)));
    }

    [Theory]
    [InlineData("(a+)+$")]
    [InlineData("(?=a)(a+)+$")] // a lookahead: not in linear time
    [InlineData("([ab]|a)*c(?!d)")]
    [InlineData("(.*)\\1{30}x")]
    public void A_regular_expression_takes_no_longer_than_its_limit(string pattern)
    {
        var filter = new TagFilter([pattern], SaltTagMatch.Regex);
        var watch = System.Diagnostics.Stopwatch.StartNew();
        Assert.False(filter.IsMatch(Frames.Utf8(new string('a', 5000) + "!")));

        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(5));
    }

    [Fact]
    public void A_tag_that_takes_too_long_is_not_a_match_and_is_reported_once()
    {
        var filter = new TagFilter(["(?=a)(a+)+$", "b"], SaltTagMatch.Regex);
        Assert.False(filter.Overrun.Unreported.IsCancellationRequested);
        Assert.False(filter.IsMatch(Frames.Utf8(new string('a', 100) + "!")));
        Assert.True(filter.Overrun.Unreported.IsCancellationRequested);
        Assert.False(filter.IsMatch(Frames.Utf8(new string('a', 101) + "!")));

        Assert.Contains("(101 characters)", filter.Overrun.Take(), StringComparison.Ordinal);
        Assert.Null(filter.Overrun.Take());
        Assert.False(filter.Overrun.Unreported.CanBeCanceled);
        Assert.True(filter.IsMatch("b"u8));
    }

    [Fact]
    public void A_shell_pattern_takes_no_longer_than_its_limit()
    {
        var filter = new TagFilter(["*" + new string('a', 3000) + "b"]);
        var watch = System.Diagnostics.Stopwatch.StartNew();
        Assert.False(filter.IsMatch(Frames.Utf8(new string('a', 4_000_000))));

        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(5));
        Assert.NotNull(filter.Overrun.Take());
    }

    [Fact]
    public void Tags_that_are_excluded_are_compared_as_those_that_are_to_pass()
    {
        using var stop = new System.Threading.CancellationTokenSource();
        var excluded = new TagFilter(["(?=a)(a+)+$"], SaltTagMatch.Regex);
        var filter = TagFilter.All.Except(excluded).Until(stop.Token);
        Assert.True(filter.CanBeSlow);
        Assert.False(filter.PassesAll);
        Assert.False(filter.IsMatch("aa"u8));
        Assert.True(filter.IsMatch("ab"u8));
        Assert.True(filter.IsMatch(Frames.Utf8(new string('a', 100) + "!"))); // took too long: not excluded
        Assert.Contains("(101 characters)", filter.Overruns[^1].Take(), StringComparison.Ordinal);
        Assert.False(new TagFilter(["a"]).Except(new TagFilter(["ab"])).IsMatch("abc"u8));
        Assert.False(TagFilter.All.Except(new TagFilter([""])).IsMatch("a"u8));
        Assert.Same(filter, filter.Except(null));
        stop.Cancel();

        Assert.False(filter.IsMatch("ab"u8));
    }

    [Fact]
    public void A_filter_passes_nothing_once_it_was_stopped()
    {
        using var stop = new System.Threading.CancellationTokenSource();
        var filter = new TagFilter(["(?=a)(a+)+$"], SaltTagMatch.Regex);
        var stopping = filter.Until(stop.Token);
        Assert.True(stopping.IsMatch("aa"u8));
        stop.Cancel();

        Assert.False(stopping.IsMatch("aa"u8));
        Assert.True(filter.IsMatch("aa"u8));
    }

    [Fact]
    public void A_pattern_of_many_stars_does_not_take_forever()
    {
        var pattern = string.Concat(System.Linq.Enumerable.Repeat("*a", 30)) + "b";

        Assert.False(IsMatch(pattern, new string('a', 3000)));
    }

    [Fact]
    public void A_filter_passes_what_any_of_its_patterns_passes()
    {
        var filter = new TagFilter(["salt/auth", "*/ret/*"]);

        Assert.True(filter.IsMatch(Frames.Utf8("salt/auth")));
        Assert.True(filter.IsMatch(Frames.Utf8(Ret)));
        Assert.False(filter.IsMatch(Frames.Utf8("salt/key")));
        Assert.Equal("salt/auth, */ret/*", filter.ToString());
    }

    [Fact]
    public void A_filter_without_patterns_or_with_an_empty_one_passes_everything()
    {
        foreach (
            var filter in new[] { TagFilter.All, new TagFilter([]), new TagFilter(["a", ""]), new TagFilter([""], SaltTagMatch.FnMatch) }
        )
        {
            Assert.True(filter.IsMatch(Frames.Utf8(Ret)));
            Assert.Equal("every tag", filter.ToString());
        }
    }

    [Fact]
    public void A_tag_that_is_not_UTF8_is_compared_by_its_bytes()
    {
        Assert.True(new TagMatcher("a").IsMatch([(byte)'a', 0xFF]));
        Assert.True(new TagMatcher("a*").IsMatch([(byte)'a', 0xFF]));
        Assert.False(new TagMatcher("b").IsMatch([0xFF, (byte)'b']));
    }
}
