using System;
using System.Runtime.CompilerServices;
using System.Text.Json;
using SaltEvents.Core.Compat;
using SaltEvents.Core.Events;

namespace SaltEvents.Core.Api;

/// <summary>
/// An event as salt-api sends it, {"data": ..., "tag": ...}, becomes the event as it was on the bus. A key that comes twice stays
/// so: the last one counts, as everywhere. Not safe for several threads.
/// </summary>
internal sealed class JsonEvent
{
    private static readonly JsonReaderOptions Options = new() { MaxDepth = int.MaxValue };
    private readonly JsonPacker packer = new();

    /// <summary>Reads one event.</summary>
    /// <exception cref="EventFormatException">It is not an event.</exception>
    public static SaltEvent Read(ReadOnlySpan<byte> json) => new JsonEvent().ReadNext(json);

    /// <summary>Reads one of many events.</summary>
    /// <exception cref="EventFormatException">It is not an event.</exception>
    public SaltEvent ReadNext(ReadOnlySpan<byte> json)
    {
        try
        {
            return ReadPlain(json);
        }
        catch (JsonException e)
        {
            try
            {
                return JsonSpecials.Mark(json) is { } marked
                    ? ReadPlain(marked)
                    : throw new EventFormatException($"it is not JSON ({e.Message})", json);
            }
            catch (JsonException again)
            {
                throw new EventFormatException($"it is not JSON ({again.Message})", json);
            }
        }
    }

    [MethodImpl(Compile.AtOnce)]
    private SaltEvent ReadPlain(ReadOnlySpan<byte> json)
    {
        ReadOnlySpan<byte> tag = default;
        var (hasTag, hasData) = (false, false);
        var reader = new Utf8JsonReader(json, Options);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            throw new EventFormatException("it is not a JSON object", json);
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            // The reader's own comparison throws at half of a surrogate pair.
            var name = reader.ValueIsEscaped ? JsonText.Unescape(reader.ValueSpan) : reader.ValueSpan;
            var isTag = name.SequenceEqual("tag"u8);
            var isData = name.SequenceEqual("data"u8);
            reader.Read();
            if (isTag && reader.TokenType == JsonTokenType.String)
            {
                tag = reader.ValueIsEscaped ? JsonText.Unescape(reader.ValueSpan) : reader.ValueSpan;
                if (tag.IndexOf("\n\n"u8) >= 0)
                {
                    throw new EventFormatException("its tag has two line feeds in a row, which end a tag on a bus", json);
                }

                hasTag = true;
            }
            else if (isData)
            {
                packer.Pack(ref reader);
                hasData = true;
            }
            else
            {
                reader.Skip();
            }
        }

        reader.Read(); // nothing may follow
        return hasTag && hasData ? Compose(tag) : throw new EventFormatException("it has no tag or no data", json);
    }

    [MethodImpl(Compile.AtOnce)]
    private SaltEvent Compose(ReadOnlySpan<byte> tag)
    {
        var body = new byte[tag.Length + SaltEvent.DelimiterLength + packer.Packed.Length];
        tag.CopyTo(body);
        "\n\n"u8.CopyTo(body.AsSpan(tag.Length));
        packer.Packed.CopyTo(body.AsSpan(tag.Length + SaltEvent.DelimiterLength));
        return new SaltEvent(body, tag.Length);
    }
}
