using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using SaltEvents.Core.Compat;
using SaltEvents.Core.Events;
using SaltEvents.Core.Framing;
using SaltEvents.Core.Tests.Support;
using SaltEvents.Core.ZeroMq;
using Xunit;

namespace SaltEvents.Core.Tests.Fuzz;

/// <summary>Bodies and payloads of any bytes: a typed error or a value, never anything else, and the two ways to read it agree.</summary>
public sealed class EventFuzzTests
{
    // A decoded byte costs 120 at most (an empty map in a map), an error its text.
    private const int BytesEach = 200;
    private const int BytesOnce = 100_000;
    private static readonly DateTime Stamp = new(2026, 11, 23, 20, 0, 0, DateTimeKind.Utc);
    private static readonly IReadOnlyList<SaltEvent> Events =
        RecordedEvent.All.Where(r => r.Frame.Length < 2000).Select(r => EventCodec.Decode(Frames.Read(r.Frame, int.MaxValue)[0])).ToList();

    private static readonly IReadOnlyList<byte[]> Bodies = Events.Select(e => e.Body.ToArray()).ToList();
    private static readonly IReadOnlyList<byte[]> Payloads = Events.Select(e => e.Payload.ToArray()).ToList();
    private static readonly IReadOnlyList<byte[]> Envelopes = Events
        .Where(e => FireMasterEvent.IsTag(e.TagUtf8))
        .Select(e => e.Body.ToArray())
        .ToList();
    private static readonly TagFilter Filter = new(["x", "salt/*/[a-z]?*/ret/*", "[!q]*\n*"]);

    [Fact]
    public Task Changed_bodies() =>
        Fuzzer.RunAsync(
            r => Mutation.Of(Bodies, r),
            (_, body) =>
            {
                Assert.True(
                    !TagEncoding.TryFind(body, out var tagLength, out var payload)
                        || (tagLength > 0 && payload >= tagLength && payload <= body.Length)
                );
                if (Try(() => EventCodec.Decode(body)) is not { } saltEvent)
                {
                    Assert.True(EventCodec.TagLength(body) <= 0);
                    return;
                }

        Assert.Equal(body, Frames.Join(saltEvent.TagUtf8.ToArray(), Frames.Utf8("\n\n"), saltEvent.Payload.ToArray()));
        Assert.NotEmpty(saltEvent.Tag);
        saltEvent.GetTimestamp();
        saltEvent.PreviewPayload();
        Filter.IsMatch(saltEvent.TagUtf8);
        AssertFiredAgain(saltEvent);
    });

    [Fact]
    public Task Changed_events_for_a_master() => Fuzzer.RunAsync(Envelope, (_, envelope) =>
    {
        if (Try(() => EventCodec.Decode(envelope)) is not { } saltEvent)
        {
            return;
        }

        var events = MinionEvents.Unwrap(saltEvent, "web01", Stamp).ToList();
        Assert.NotEmpty(events);
        Assert.All(events.SelectMany(bodies => bodies), b => Assert.True(EventCodec.Decode(b).Fields.IsMap));
    });

    [Fact]
    public Task Changed_payloads() => Fuzzer.RunAsync(r => Mutation.Of(Payloads, r), (_, payload) =>
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var decoded = TryDecode(payload, out var value);
        var cost = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.InRange(cost, 0, BytesOnce + ((long)payload.Length * BytesEach));

        var view = EventCodec.Decode(Frames.Join(Frames.Utf8("t\n\n"), payload)).Fields;
        Assert.Equal(decoded, view.IsDecodable);
        Assert.True(view.IsWhole || !view.IsDecodable);
        Assert.Equal(decoded && value is PayloadMap, FindsFields(payload));
        AssertFields(view, decoded ? value as PayloadMap : null);
        if (decoded)
        {
            AssertStable(value);
        }
    });

    // One of Salt's own, or one with a changed payload in it, alone or in a list.
    private static byte[] Envelope(Random random)
    {
        var payload = Mutation.Of(Payloads, random);
        byte[] one = [0x82, 0xA3, .. "tag"u8, 0xA1, (byte)'x', 0xA4, .. "data"u8, .. payload];
        return random.Next(3) switch
        {
            0 => Mutation.Of(Envelopes, random),
            1 => [.. "fire_master\n\n"u8, .. one],
            _ => [.. "fire_master\n\n"u8, 0x82, 0xA6, .. "pretag"u8, 0xA1, (byte)'p', 0xA6, .. "events"u8, 0x92, .. one, .. one],
        };
    }

    // Every other field stays byte for byte where an event is fired again with another time.
    private static void AssertFiredAgain(SaltEvent saltEvent)
    {
        byte[] again;
        try
        {
            again = EventCodec.Encode("again", saltEvent, Stamp);
        }
        catch (InvalidEventException)
        {
            Assert.False(saltEvent.Fields.IsMap);
            return;
        }

        var fields = EventCodec.Decode(again).Fields;
        Assert.True(fields.IsMap);
        var names = saltEvent.Fields.GetNames();
        Assert.Equal(names.Where(n => n != "_stamp"), fields.GetNames().Where(n => n != "_stamp"));
        Assert.Equal(
            SaltTime.FormatStamp(Stamp),
            Try(() => fields.TryGetValue("_stamp", out var stamp) ? stamp : null) as string ?? SaltTime.FormatStamp(Stamp)
        );
    }

    private static bool FindsFields(byte[] payload)
    {
        var entries = new PayloadView.Entries(payload, FrameLimits.MaxPayloadDepth);
        while (entries.MoveNext())
        {
        }

        return entries.IsWhole;
    }

    private static void AssertFields(PayloadView view, PayloadMap? map)
    {
        var names = view.GetNames();
        if (map is not null)
        {
            Assert.Equal(map.Select(e => NameOf(e.Key)).OfType<string>(), names);
        }

        foreach (var name in names)
        {
            object? value = null;
            var found = Try(() => view.TryGetValue(name, out value) ? "found" : null) is not null;
            if (map is not null && !name.Contains('\uFFFD'))
            {
                Assert.True(found);
                Assert.Equal(PayloadText.Of(map.Last(e => NameOf(e.Key) == name).Value), PayloadText.Of(value));
            }
        }
    }

    private static void AssertStable(object? value)
    {
        var packed = Pack(value);
        var again = PayloadDecoder.Decode(packed);
        Assert.Equal(PayloadText.Of(value), PayloadText.Of(again));
        Assert.Equal(packed, Pack(again));
        if (value is PayloadMap map)
        {
            var trimmed = (PayloadMap)EventCodec.Decode(EventCodec.Encode("t", map, null, maxEventBytes: 100)).Fields.Decode()!;
            Assert.Equal(map.Select(e => PayloadText.Of(e.Key)), trimmed.Select(e => PayloadText.Of(e.Key)));
        }
    }

    private static byte[] Pack(object? value)
    {
        var output = new ByteBuffer();
        PayloadEncoder.Write(output, value);
        return output.ToArray();
    }

    private static string? NameOf(object? key) => key switch
    {
        string text => text,
        byte[] bytes => TextSupport.Utf8(bytes),
        _ => null,
    };

    private static bool TryDecode(byte[] payload, out object? value)
    {
        try
        {
            value = PayloadDecoder.Decode(payload);
            return true;
        }
        catch (EventFormatException)
        {
            value = null;
            return false;
        }
    }

    private static T? Try<T>(Func<T> action)
        where T : class?
    {
        try
        {
            return action();
        }
        catch (EventFormatException)
        {
            return null;
        }
    }
}
