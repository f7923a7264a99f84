using System;
using System.Linq;
using SaltEvents.Core.Events;
using SaltEvents.Core.Framing;
using SaltEvents.Core.Tests.Support;
using Xunit;

namespace SaltEvents.Core.Tests.Events;

/// <summary>What real Salt put on its buses: decoded to what Salt's own library says, and encoded to the same bytes again.</summary>
public sealed class RecordedPayloadTests
{
    private static SaltEvent Decode(RecordedEvent recorded) => EventCodec.Decode(Assert.Single(Frames.Read(recorded.Frame, int.MaxValue)));

    [Fact]
    public void Tag_and_payload_are_what_Salt_says()
    {
        foreach (var recorded in RecordedEvent.All)
        {
            var saltEvent = Decode(recorded);
            Assert.Equal(recorded.Tag, saltEvent.Tag);
            Assert.Equal(PayloadText.Of(recorded.Data), PayloadText.Of(saltEvent.Fields.Decode()));
        }
    }

    [Fact]
    public void The_timestamp_is_the_payloads()
    {
        foreach (var recorded in RecordedEvent.All)
        {
            var stamp = Decode(recorded).GetTimestamp();
            Assert.Equal(recorded.Data["_stamp"], stamp is { } utc ? SaltTime.FormatStamp(utc) : null);
        }
    }

    [Fact]
    public void Encoding_what_was_decoded_gives_the_same_bytes()
    {
        foreach (var recorded in RecordedEvent.All)
        {
            var saltEvent = Decode(recorded);
            var payload = (PayloadMap)saltEvent.Fields.Decode()!;
            Assert.Equal(saltEvent.Body.ToArray(), EventCodec.Encode(saltEvent.Tag, payload, stamp: null));
            Assert.Equal(saltEvent.Body.ToArray(), EventCodec.Encode(saltEvent.Tag, saltEvent, stamp: null));
        }
    }

    [Fact]
    public void Encoding_what_Salt_says_gives_the_same_frame()
    {
        foreach (var recorded in RecordedEvent.All)
        {
            Assert.Equal(recorded.Frame, Frames.Of(EventCodec.Encode(recorded.Tag, recorded.Data, stamp: null)));
        }
    }

    [Fact]
    public void Each_field_is_found_without_the_others()
    {
        foreach (var recorded in RecordedEvent.All)
        {
            var fields = Decode(recorded).Fields;
            Assert.True(fields.IsMap);
            Assert.Equal(recorded.Data.Select(e => e.Key).OfType<string>(), fields.GetNames());
            foreach (var name in fields.GetNames())
            {
                Assert.True(fields.TryGetValue(name, out var value));
                Assert.Equal(PayloadText.Of(recorded.Data[name]), PayloadText.Of(value));
            }

            Assert.False(fields.TryGetValue("no such field", out _));
        }
    }

    [Fact]
    public void The_tag_does_not_change_when_bytes_are_changed_after_decoding()
    {
        var reader = new FrameReader();
        var frame = Frames.Event("first/tag");
        var bytes = reader.GetBuffer();
        frame.CopyTo(bytes.AsSpan());
        reader.Advance(frame.Length);
        Assert.True(reader.TryRead(out var body));

        var saltEvent = EventCodec.Decode(body);
        bytes.AsSpan().Clear();

        Assert.Equal("first/tag", saltEvent.Tag);
    }
}
