using SaltEvents.Core.Compat;
using Xunit;

namespace SaltEvents.Core.Tests.Events;

/// <summary>How many columns of a terminal a text takes, and what fits into so many.</summary>
public sealed class DisplayWidthTests
{
    [Theory]
    [InlineData("", 0)]
    [InlineData("salt/job", 8)]
    [InlineData("naïve", 5)]
    [InlineData("日本語", 6)]
    [InlineData("한글", 4)]
    [InlineData("ＡＢ", 4)]
    [InlineData("，。", 4)]
    [InlineData("😀", 2)]
    [InlineData("a日😀b", 6)]
    public void Wide_glyphs_take_two_columns(string text, int width) => Assert.Equal(width, DisplayText.Width(text));

    [Theory]
    [InlineData("日本語abc", 5, "日本", "語abc")]
    [InlineData("abc日本語", 5, "abc日", "本語")]
    [InlineData("a😀b😀", 4, "a😀b", "b😀")] // no half of a pair
    [InlineData("a😀b😀", 2, "a", "😀")]
    [InlineData("a😀b😀", 3, "a😀", "b😀")]
    [InlineData("ab", 9, "ab", "ab")]
    [InlineData("ab", 0, "", "")]
    public void Text_is_cut_between_glyphs(string text, int columns, string start, string end)
    {
        Assert.Equal(start, DisplayText.Start(text, columns));
        Assert.Equal(end, DisplayText.End(text, columns));
    }

    [Theory]
    [InlineData("a\u001b[1m\u009bb", "a [1m b")]
    [InlineData("a\u202eb\u2066c\u200bd\u2028e", "a b c d e")]
    [InlineData("a\ud83d\ude00b", "a\ud83d\ude00b")]
    [InlineData("a\ufffeb\uffff", "a b ")] // no characters, which end a remote session
    [InlineData("a\udb40\udc41b", "a  b")] // a tag character, beyond the basic plane
    public void Control_characters_are_masked(string text, string shown)
    {
        Assert.Equal(shown, DisplayText.OneLine(text));
        Assert.Equal("x\n" + shown, DisplayText.Lines("x\n" + text));
    }

    [Fact]
    public void Half_of_a_pair_is_masked()
    {
        const char high = '\ud83d';
        const char low = '\ude00'; // not in attributes, which are UTF-8
        Assert.Equal("a b ", DisplayText.OneLine($"a{high}b{low}"));
        Assert.Equal("  ", DisplayText.OneLine($"{low}{high}"));
        Assert.Equal($" {high}{low} ", DisplayText.OneLine($"{high}{high}{low}{low}"));
    }
}
