using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using System.Threading.Tasks;
using SaltEvents.Core.Client;
using SaltEvents.Core.Events;
using SaltEvents.Core.Framing;
using SaltEvents.Core.Tests.Support;
using SaltEvents.Core.ZeroMq;
using Xunit;

namespace SaltEvents.Core.Tests.ZeroMq;

/// <summary>What Salt 0.16.4 to 2015.5.11 have published, read and written.</summary>
public sealed class RecordedMessageTests : ZeroMqTests
{
    private static SaltEvent Read(RecordedMessage message)
    {
        Assert.True(TagEncoding.TryFind(message.Bytes, out var tagLength, out var payload), message.ToString());
        return EventCodec.Decode([.. message.Bytes[..tagLength], .. "\n\n"u8, .. message.Bytes[payload..]], takesEmptyTag: true);
    }

    // The recordings' JSON has its keys in the order of the alphabet.
    private static object? Sorted(object? value) =>
        value switch
        {
            PayloadMap map => Map(
                map.OrderBy(e => e.Key as string, StringComparer.Ordinal).Select(e => KeyValuePair.Create(e.Key, Sorted(e.Value)))
            ),
            object?[] items => items.Select(Sorted).ToArray(),
            _ => value,
        };

    private static PayloadMap Map(IEnumerable<KeyValuePair<object?, object?>> entries)
    {
        var map = new PayloadMap();
        foreach (var entry in entries)
        {
            map.Add(entry.Key, entry.Value);
        }

        return map;
    }

    [Fact]
    public void Each_is_read_as_that_Salt_reads_it()
    {
        foreach (var message in RecordedMessage.All)
        {
            var read = Read(message);
            Assert.Equal((message.ToString(), message.Tag), (message.ToString(), read.Tag));
            Assert.Equal(PayloadText.Of(Sorted(message.Data)), PayloadText.Of(Sorted(read.Fields.Decode())));
        }
    }

    [Fact]
    public void Each_is_written_as_that_Salt_wrote_it()
    {
        foreach (var message in RecordedMessage.All)
        {
            var packed = new ByteBuffer();
            PayloadEncoder.Write(packed, Read(message).Fields.Decode());
            var body = EventCodec.WithOldMessagePack([.. Encoding.UTF8.GetBytes(message.Tag), .. "\n\n"u8, .. packed.Written.AsSpan()]);
            Assert.Equal(
                (message.ToString(), Convert.ToHexString(message.Bytes)),
                (message.ToString(), Convert.ToHexString(TagEncoding.Write(body, message.Form)))
            );
        }
    }

    [Fact]
    public void Each_shows_the_form_of_tags_of_its_bus()
    {
        foreach (var message in RecordedMessage.All)
        {
            Assert.True(
                TagEncoding.PossibleFor(message.Bytes).HasFlag((TagFormSet)(1 << (int)message.Form)),
                $"{message}: {TagEncoding.PossibleFor(message.Bytes)}"
            );
        }

        Assert.All(
            RecordedMessage.All.GroupBy(m => m.File),
            file =>
                Assert.Equal(
                    file.First().Form,
                    TagEncoding.Only(file.Aggregate(TagFormSet.Any, (seen, message) => seen & TagEncoding.PossibleFor(message.Bytes)))
                )
        );
    }

    [Fact]
    public async Task Each_passes_our_bus_and_arrives()
    {
        await using var bus = await StartOwnBusAsync(ipc: true, o => o with { Overflow = SaltOverflow.Block });
        using var client = new EventBusClient(bus.Endpoint, Options);
        await using var subscription = await client.SubscribeAsync();
        using var sender = await ZeroMqConnector.ConnectAsync(bus.Endpoint.Pull, ZeroMqRole.Push, null, Eventually.Limit, default);
        await sender.SendMessagesAsync([.. RecordedMessage.All.Select(m => m.Bytes)]);
        var events = await ReadAsync(subscription, RecordedMessage.All.Count);
        Assert.Equal(RecordedMessage.All.Select(m => m.Tag), events.Select(e => e.Tag));
        Assert.Equal(
            RecordedMessage.All.Select(m => Convert.ToHexString(Read(m).Payload.Span)),
            events.Select(e => Convert.ToHexString(e.Payload.Span))
        );
        Assert.Equal(0, bus.Counters.Malformed);
    }
}
