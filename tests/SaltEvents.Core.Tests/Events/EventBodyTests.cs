using System;
using SaltEvents.Core.Events;
using SaltEvents.Core.Tests.Support;
using Xunit;

namespace SaltEvents.Core.Tests.Events;

/// <summary>The body of an event: tag, blank line, payload.</summary>
public sealed class EventBodyTests
{
    private static InvalidEventReason Refused(string tag)
    {
        var error = Assert.Throws<InvalidEventException>(() => EventCodec.Encode(tag, new PayloadMap(), null));
        Assert.Equal(error.Reason, Assert.Throws<InvalidEventException>(() => EventCodec.CheckTag(tag)).Reason);
        return error.Reason;
    }

    [Theory]
    [InlineData("a")]
    [InlineData("täg/ünï")]
    [InlineData("12345678901234567890")]
    [InlineData("a tag with \n one line feed")]
    [InlineData("\nat the start")]
    [InlineData("|||")]
    public void A_tag_comes_back(string tag)
    {
        var saltEvent = EventCodec.Decode(EventCodec.Encode(tag, new PayloadMap { { "x", 1 } }, null));

        Assert.Equal(tag, saltEvent.Tag);
        Assert.Equal(tag, saltEvent.ToString());
        Assert.Equal("{\"x\": 1}", PayloadText.Of(saltEvent.Fields.Decode()));
    }

    [Theory]
    [InlineData("a\n\nb")]
    [InlineData("\n\n")]
    [InlineData("\n\na")]
    [InlineData("a\n")] // with the blank line after it, the tag would end one byte too early
    [InlineData("\n")]
    public void A_tag_that_would_end_early_is_refused(string tag) => Assert.Equal(InvalidEventReason.TagHasBlankLine, Refused(tag));

    [Fact]
    public void A_tag_with_half_of_a_character_is_refused_and_one_with_a_whole_one_is_not()
    {
        const char high = '\ud83d';
        const char low = '\ude00'; // not in attributes, which are UTF-8
        foreach (var tag in new[] { $"a{high}", $"{low}a", $"{low}{high}", $"{high}{high}{low}", $"{high}{low}{low}" })
        {
            Assert.Equal(InvalidEventReason.TagDoesNotFit, Refused(tag));
        }

        EventCodec.CheckTag($"a{high}{low}b{high}{low}");
    }

    [Fact]
    public void An_empty_tag_is_refused() => Assert.Equal(InvalidEventReason.EmptyTag, Refused(string.Empty));

    [Fact]
    public void The_tag_ends_at_the_first_blank_line()
    {
        var saltEvent = EventCodec.Decode([.. Frames.Utf8("tag\n\n"), 0x81, 0xA2, (byte)'\n', (byte)'\n', 0xA2, (byte)'\n', (byte)'\n']);

        Assert.Equal("tag", saltEvent.Tag);
        Assert.Equal("{\"\\n\\n\": \"\\n\\n\"}", PayloadText.Of(saltEvent.Fields.Decode()));
    }

    [Fact]
    public void A_long_tag_with_a_non_ASCII_byte_at_position_20_is_a_tag()
    {
        var tag = "1234567890123456789é and more";

        Assert.Equal(tag, EventCodec.Decode(EventCodec.Encode(tag, new PayloadMap(), null)).Tag);
    }

    [Theory]
    [InlineData("")]
    [InlineData("no blank line")]
    [InlineData("one\nonly")]
    [InlineData("\n\nno tag")]
    public void A_body_without_a_tag_is_not_an_event(string body)
    {
        var error = Assert.Throws<EventFormatException>(() => EventCodec.Decode(Frames.Utf8(body)));

        Assert.Contains("blank line", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_tag_that_is_not_UTF8_is_kept_as_bytes_when_fired_again()
    {
        var source = EventCodec.Decode([(byte)'a', 0xFF, (byte)'\n', (byte)'\n', 0x80]);

        Assert.Equal("a\uFFFD", source.Tag);
        Assert.Equal(source.Body.ToArray(), EventCodec.Encode(source.Tag, source, null));
        Assert.Equal([(byte)'b', (byte)'\n', (byte)'\n', 0x80], EventCodec.Encode("b", source, null));
    }

    [Theory]
    [InlineData("string", "A6737472696E67")]
    [InlineData("number", "05")]
    [InlineData("nil", "C0")]
    [InlineData("list", "9101")]
    public void A_payload_that_is_not_a_map_can_be_read_and_not_fired(string kind, string hex)
    {
        var saltEvent = EventCodec.Decode([.. Frames.Utf8(kind + "\n\n"), .. Convert.FromHexString(hex)]);

        Assert.Equal(PayloadText.Of(PayloadDecoder.Decode(Convert.FromHexString(hex))), PayloadText.Of(saltEvent.Fields.Decode()));
        Assert.Empty(saltEvent.Fields.GetNames());
        Assert.Null(saltEvent.GetTimestamp());
        Assert.Equal(
            InvalidEventReason.PayloadIsNoMap,
            Assert.Throws<InvalidEventException>(() => EventCodec.Encode(kind, saltEvent, null)).Reason
        );
    }
}
