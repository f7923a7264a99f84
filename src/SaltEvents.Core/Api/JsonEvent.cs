using System;
using System.Collections.Generic;
using System.Text.Json;
using MessagePack;
using SaltEvents.Core.Compat;
using SaltEvents.Core.Events;
using SaltEvents.Core.Framing;

namespace SaltEvents.Core.Api;

/// <summary>
/// An event as salt-api sends it, {"data": ..., "tag": ...}, becomes the event as it was on the bus: JSON to msgpack, token by
/// token. A key that comes twice stays so: the last one counts, as everywhere.
/// </summary>
internal static class JsonEvent
{
    private static readonly JsonReaderOptions Options = new() { MaxDepth = int.MaxValue };

    /// <summary>Reads one event.</summary>
    /// <exception cref="EventFormatException">It is none.</exception>
    public static SaltEvent Read(ReadOnlySpan<byte> json)
    {
        try
        {
            return ReadPlain(json);
        }
        catch (JsonException e)
        {
            try
            {
                return JsonSpecials.Mark(json) is { } marked ? ReadPlain(marked) : throw new EventFormatException($"it is no JSON ({e.Message})", json);
            }
            catch (JsonException again)
            {
                throw new EventFormatException($"it is no JSON ({again.Message})", json);
            }
        }
    }

    private static SaltEvent ReadPlain(ReadOnlySpan<byte> json)
    {
        var (tag, dataOffset, counts) = Survey(json);
        if (tag is null || dataOffset < 0)
        {
            throw new EventFormatException("it has no tag or no data", json);
        }

        var body = new ByteBuffer(json.Length + tag.Length);
        body.Write(tag);
        body.Write("\n\n"u8);
        var reader = new Utf8JsonReader(json.Slice(dataOffset), new JsonReaderOptions { MaxDepth = int.MaxValue });
        WriteValue(ref reader, body, counts);
        return new SaltEvent(body.ToArray(), tag.Length);
    }

    // The tag, where the data start, and how many items each array and object in the data has, in the order of their starts:
    // msgpack says that first.
    private static (byte[]? Tag, int DataOffset, List<int> Counts) Survey(ReadOnlySpan<byte> json)
    {
        byte[]? tag = null;
        var dataOffset = -1;
        var counts = new List<int>();
        var reader = new Utf8JsonReader(json, Options);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            throw new EventFormatException("it is no JSON object", json);
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isTag = reader.ValueTextEquals("tag"u8);
            var isData = reader.ValueTextEquals("data"u8);
            reader.Read();
            if (isTag && reader.TokenType == JsonTokenType.String)
            {
                tag = Text(reader);
            }
            else if (isData)
            {
                dataOffset = (int)reader.TokenStartIndex;
                counts.Clear();
                Count(ref reader, counts);
            }
            else
            {
                reader.Skip();
            }
        }

        reader.Read(); // nothing may follow
        return (tag, dataOffset, counts);
    }

    private static void Count(ref Utf8JsonReader reader, List<int> counts)
    {
        var open = new Stack<int>();
        do
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.PropertyName:
                    continue;
                case JsonTokenType.EndArray or JsonTokenType.EndObject:
                    open.Pop();
                    continue;
            }

            if (open.Count > 0)
            {
                counts[open.Peek()]++;
            }

            if (reader.TokenType is JsonTokenType.StartArray or JsonTokenType.StartObject)
            {
                open.Push(counts.Count);
                counts.Add(0);
            }
        }
        while (open.Count > 0 && reader.Read());
    }

    private static void WriteValue(ref Utf8JsonReader reader, ByteBuffer body, List<int> counts)
    {
        var writer = new MessagePackWriter(body);
        var container = 0;
        var depth = 0;
        do
        {
            reader.Read();
            switch (reader.TokenType)
            {
                case JsonTokenType.StartObject:
                    writer.WriteMapHeader(counts[container++]);
                    depth++;
                    break;
                case JsonTokenType.StartArray:
                    writer.WriteArrayHeader(counts[container++]);
                    depth++;
                    break;
                case JsonTokenType.EndObject or JsonTokenType.EndArray:
                    depth--;
                    break;
                case JsonTokenType.PropertyName or JsonTokenType.String:
                    writer.WriteString(reader.ValueIsEscaped ? JsonText.Unescape(reader.ValueSpan) : reader.ValueSpan);
                    break;
                case JsonTokenType.Number:
                    WriteNumber(ref writer, reader);
                    break;
                case JsonTokenType.Null:
                    writer.WriteNil();
                    break;
                default:
                    writer.Write(reader.TokenType == JsonTokenType.True);
                    break;
            }
        }
        while (depth > 0 || reader.TokenType == JsonTokenType.PropertyName);
        writer.Flush();
    }

    private static void WriteNumber(ref MessagePackWriter writer, in Utf8JsonReader reader)
    {
        var text = reader.ValueSpan;
        if (text.IndexOfAny((byte)'.', (byte)'e', (byte)'E') < 0)
        {
            if (reader.TryGetInt64(out var number))
            {
                writer.Write(number);
            }
            else if (reader.TryGetUInt64(out var big))
            {
                writer.Write(big);
            }
            else
            {
                writer.WriteString(text); // as Salt itself sends what 64 bits cannot hold
            }

            return;
        }

        var value = JsonSpecials.Find(text) ?? (reader.TryGetDouble(out var found) ? found : text[0] == '-' ? double.NegativeInfinity : double.PositiveInfinity);
        writer.Write(value == 0 && text[0] == '-' ? -0.0 : value); // .NET Framework loses the sign
    }

    private static byte[] Text(in Utf8JsonReader reader) => reader.ValueIsEscaped ? JsonText.Unescape(reader.ValueSpan) : reader.ValueSpan.ToArray();
}
