using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using SaltEvents.Core.Events;
using SaltEvents.Core.Tests.Support;
using SaltEvents.Core.ZeroMq;
using Xunit;

namespace SaltEvents.Core.Tests.ZeroMq;

/// <summary>The rule for tags on a ZeroMQ bus, on bytes without a bus.</summary>
public sealed class TagFormTests
{
    private static readonly byte[] Map = [0x81, 0xA1, (byte)'a', 1];
    private static readonly byte[] Text = [0xA2, (byte)'h', (byte)'i'];

    public static IEnumerable<object[]> Lengths =>
        from length in new[] { 1, 17, 18, 19, 20, 21, 300 }
        from form in Enum.GetValues<SaltTagForm>()
        where form != SaltTagForm.Padded || length <= 20
        select new object[] { length, form };

    [Theory]
    [MemberData(nameof(Lengths))]
    public void A_tag_written_in_any_form_is_read_again(int length, SaltTagForm form)
    {
        var tag = Encoding.ASCII.GetBytes(new string('t', length));
        foreach (var payload in new[] { Map, Text, [0x80], [0xDE, 0, 0], [0x90], [0xC4, 1, 7], [0], [42], [127] })
        {
            var body = EventCodec.ToZeroMq(Frames.Join(tag, "\n\n"u8.ToArray(), payload), form);
            Assert.True(TagEncoding.TryFind(body, out var tagLength, out var payloadOffset));
            Assert.Equal(tag, body[..tagLength]);
            Assert.Equal(payload, body[payloadOffset..]);
        }
    }

    [Theory]
    [InlineData("tag", SaltTagForm.Padded, "tag|||||||||||||||||")]
    [InlineData("tag", SaltTagForm.PaddedOrDelimited, "tag|||||||||||||||||")]
    [InlineData("tag", SaltTagForm.Delimited, "tag\n\n")]
    [InlineData("a/tag/of/twenty/byte", SaltTagForm.Padded, "a/tag/of/twenty/byte")]
    [InlineData("a/tag/of/twenty/byte", SaltTagForm.Delimited, "a/tag/of/twenty/byte\n\n")]
    [InlineData("a/tag/of/twenty-one/b", SaltTagForm.PaddedOrDelimited, "a/tag/of/twenty-one/b\n\n")]
    public void Each_form_is_as_Salt_writes_it(string tag, SaltTagForm form, string start) =>
        Assert.Equal(Frames.Join(Frames.Utf8(start), Map), EventCodec.ToZeroMq(Frames.Join(Frames.Utf8(tag + "\n\n"), Map), form));

    [Theory]
    [InlineData("salt/job/20151116/new\n\n", "salt/job/20151116/new")] // longer than 20, a blank line
    [InlineData("new_job|||||||||||||", "new_job")]
    [InlineData("20131101120000000000", "20131101120000000000")] // the tag of a job return before 0.17: all 20 bytes
    [InlineData("a|b|||||||||||||||||", "a|b")]
    [InlineData("x\n\n", "x")]
    [InlineData("a/tag/of/19/bytes/x\n\n", "a/tag/of/19/bytes/x")]
    [InlineData("a/tag/of/18/bytes/\n\n", "a/tag/of/18/bytes/")] // decided by the blank line, not by byte 20
    [InlineData("é/é/é/é/é/é/|", "é/é/é/é/é/é/")] // padded by bytes, not by characters
    public void Tags_written_by_Salt_are_read(string start, string tag)
    {
        var bytes = Frames.Utf8(start);
        bytes = start.EndsWith('|') && bytes.Length < 20 ? [.. bytes, .. Enumerable.Repeat((byte)'|', 20 - bytes.Length)] : bytes;
        var body = Frames.Join(bytes, Map);
        Assert.True(TagEncoding.TryFind(body, out var length, out var payload));
        Assert.Equal(tag, Encoding.UTF8.GetString(body, 0, length));
        Assert.Equal(Map, body[payload..]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n\nx")]
    [InlineData("no delimiter")]
    [InlineData("||||||||||||||||||||")] // a tag and no payload
    public void An_object_without_a_tag_is_not_an_event(string body) => Assert.False(TagEncoding.TryFind(Frames.Utf8(body), out _, out _));

    [Theory]
    [InlineData(0x80)]
    [InlineData(0)]
    [InlineData(127)]
    public void A_padded_event_may_have_no_tag(byte payload)
    {
        byte[] body = [.. Enumerable.Repeat((byte)'|', 20), payload];
        Assert.True(TagEncoding.TryFind(body, out var tagLength, out var offset));
        Assert.Equal((0, 20), (tagLength, offset));
        Assert.Equal(body, TagEncoding.Write([.. "\n\n"u8, payload], SaltTagForm.Padded));
    }

    [Theory]
    [InlineData("a/tag/of/twenty-one/b", SaltTagForm.Padded, "21 bytes")]
    [InlineData("a/tag/of/twenty/byteé", SaltTagForm.PaddedOrDelimited, "byte 21")]
    [InlineData("tag|", SaltTagForm.Padded, "ends in |")]
    [InlineData("tag|", SaltTagForm.PaddedOrDelimited, "ends in |")]
    public void A_tag_that_a_form_cannot_carry_is_refused(string tag, SaltTagForm form, string why)
    {
        var error = Assert.Throws<InvalidEventException>(() => EventCodec.ToZeroMq(Frames.Join(Frames.Utf8(tag + "\n\n"), Map), form));
        Assert.Equal(InvalidEventReason.TagDoesNotFit, error.Reason);
        Assert.Contains(why, error.Message, StringComparison.Ordinal);
        Assert.Contains(tag, error.Message, StringComparison.Ordinal);
    }
}
