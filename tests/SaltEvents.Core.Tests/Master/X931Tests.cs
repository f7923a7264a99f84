using System;
using System.Linq;
using SaltEvents.Core.Master;
using Xunit;

namespace SaltEvents.Core.Tests.Master;

public sealed class X931Tests
{
    [Theory]
    [InlineData("", 8, "6BBBBBBBBBBBBACC")]
    [InlineData("AABB", 8, "6BBBBBBBBAAABBCC")]
    [InlineData("AABBCCDDEE", 8, "6BBAAABBCCDDEECC")]
    [InlineData("AABBCCDDEEFF", 8, "6AAABBCCDDEEFFCC")]
    public void A_block_is_filled_as_ANSI_has_it(string text, int size, string expected)
    {
        var block = X931.Pad(Convert.FromHexString(text), size);

        Assert.Equal(expected, Convert.ToHexString(block));
        Assert.Equal(Convert.FromHexString(text), X931.Unpad(block));
    }

    [Theory]
    [InlineData("AABBCCDD", 5)]
    [InlineData("AABBCCDD", 4)]
    [InlineData("AABBCCDD", 1)]
    [InlineData("", 1)]
    public void A_text_that_does_not_fit_is_an_error(string text, int size) =>
        Assert.Throws<ArgumentException>(() => X931.Pad(Convert.FromHexString(text), size));

    [Theory]
    [InlineData("")]
    [InlineData("CC")]
    [InlineData("6BBBBBBBBBBBBBCC")] // no end of the padding
    [InlineData("6BBBBBBB00AABBCC")] // something else in it
    [InlineData("6BBBBBBBBAAABBBC")] // another trailer
    [InlineData("00BBBBBBBAAABBCC")] // another head
    public void A_block_of_another_form_has_no_text(string block) => Assert.Null(X931.Unpad(Convert.FromHexString(block)));

    [Fact]
    public void No_changed_block_has_the_same_text()
    {
        var text = Enumerable.Range(0, 64).Select(i => (byte)i).ToArray();
        var block = X931.Pad(text, 128);
        for (var i = 0; i < block.Length; i++)
        {
            block[i] ^= 0x10;
            Assert.False(X931.Unpad(block) is { } read && read.SequenceEqual(text), $"byte {i}");
            block[i] ^= 0x10;
        }
    }
}
