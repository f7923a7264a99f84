using System;
using System.Globalization;
using System.Linq;
using System.Text;
using System.Text.Json;
using SaltEvents.Core.Events;
using SaltEvents.Core.Framing;
using SaltEvents.Core.ZeroMq;

namespace SaltEvents.Core.Recording;

/// <summary>
/// An event as a line of JSON: its tag, its site if a relay has published it, its data, and "body", the event's own bytes in base64, only
/// if the data would not
/// give them again.
/// </summary>
public static class EventLine
{
    private static readonly string[] PositionMarks = [" Path: ", " LineNumber: "];

    /// <summary>Writes an event, with a line feed after it.</summary>
    /// <param name="saltEvent">The event.</param>
    /// <param name="includesSecrets">Whether secrets are written as they are; otherwise they are masked.</param>
    /// <param name="isSecret">Whether the payload as a whole is secret.</param>
    public static byte[] Write(SaltEvent saltEvent, bool includesSecrets, bool isSecret)
    {
        var output = new ByteBuffer(2 * saltEvent.Body.Length + 64);
        using var json = new Utf8JsonWriter(output, PayloadJsonWriter.Options);
        var payload = new PayloadJsonWriter(json);
        json.WriteStartObject();
        json.WriteString("tag", saltEvent.Tag);
        if (saltEvent.Site is { } site)
        {
            json.WriteString("site", site);
        }

        json.WritePropertyName("data");
        var needsBody = true;
        if (saltEvent.Fields.IsDecodable)
        {
            var own = saltEvent.Fields.Decode();
            var shown = includesSecrets ? own : SecretFields.Mask(own, isSecret);
            payload.Write(shown);
            // The bytes would show what is masked.
            needsBody =
                ReferenceEquals(own, shown) && !(payload.IsExact && Encode(saltEvent.Tag, own).AsSpan().SequenceEqual(saltEvent.Body.Span));
        }
        else
        {
            json.WriteNullValue();
        }

        if (needsBody)
        {
            json.WriteBase64String("body", saltEvent.Body.Span);
        }

        json.WriteEndObject();
        json.Flush();
        output.Write("\n"u8);
        return output.ToArray();
    }

    /// <summary>
    /// Reads an event: from a line of this form, a recorded frame, what ConvertTo-Json makes of an event, or what salt-run state.event
    /// prints.
    /// </summary>
    /// <param name="json">The JSON: an object with tag and data, or only the data.</param>
    /// <param name="tag">The tag that stood before the JSON; null if none did.</param>
    /// <param name="isEdited">Whether the data were changed since they were written, so that they count and not the stored bytes.</param>
    /// <exception cref="RecordingFormatException">It is not an event.</exception>
    public static SaltEvent Read(string json, string? tag, out bool isEdited)
    {
        isEdited = false;
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = PayloadJsonWriter.MaxDepth });
            return tag is null
                ? ReadObject(document.RootElement, out isEdited)
                : Decode(Encode(tag, PayloadJsonReader.Read(document.RootElement)));
        }
        catch (Exception e)
            when (e is JsonException or InvalidOperationException or FormatException or EventFormatException or InvalidEventException)
        {
            throw new RecordingFormatException(e is JsonException ? WithoutPosition(e.Message) : e.Message, e);
        }
    }

    // JsonException ends its text with the position in the value: "... Path: $ | LineNumber: 0 | BytePositionInLine: 4."
    private static string WithoutPosition(string message)
    {
        var ends = PositionMarks.Select(mark => message.IndexOf(mark, StringComparison.Ordinal)).Where(at => at > 0);
        return message.Substring(0, ends.DefaultIfEmpty(message.Length).Min());
    }

    private static SaltEvent ReadObject(JsonElement root, out bool isEdited)
    {
        isEdited = false;
        if (Find(root, "tag") is not { ValueKind: JsonValueKind.String } tagText || Find(root, "data") is not { } dataJson)
        {
            throw new FormatException("An event has a tag and data.");
        }

        var tag = tagText.GetString()!;
        var data = PayloadJsonReader.Read(dataJson);
        var site = FindSite(root, data);
        if (Find(root, "frame") is { ValueKind: JsonValueKind.String } frame)
        {
            return Decode(Unframe(frame.GetBytesFromBase64()));
        }

        if (Find(root, "hex") is { ValueKind: JsonValueKind.String } hex)
        {
            return Decode(FromZeroMq(Bytes(hex.GetString()!)));
        }

        if (Find(root, "body") is not { ValueKind: JsonValueKind.String } body)
        {
            return Decode(Encode(tag, data), site);
        }

        var own = Decode(body.GetBytesFromBase64(), site);
        isEdited = own.Tag != tag || (own.Fields.IsDecodable && Text(own.Fields.Decode()) != Text(data));
        return isEdited ? Decode(Encode(tag, data), site) : own;
    }

    // Names as ConvertTo-Json writes them too: Tag, Data.
    private static JsonElement? Find(JsonElement root, string name)
    {
        JsonElement? found = null;
        if (root.ValueKind == JsonValueKind.Object)
        {
            foreach (var property in root.EnumerateObject())
            {
                if (property.Name == name)
                {
                    return property.Value;
                }

                if (found is null && property.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
                {
                    found = property.Value;
                }
            }
        }

        return found;
    }

    // ConvertTo-Json writes a field of the data that is called Site the same way.
    private static string? FindSite(JsonElement root, object? data) =>
        Find(root, "site") is { ValueKind: JsonValueKind.String } site
        && !(
            data is PayloadMap map
            && map.Any(e =>
                e.Key is string key && key.Equals("site", StringComparison.OrdinalIgnoreCase) && Equals(e.Value, site.GetString())
            )
        )
            ? site.GetString()
            : null;

    // Some events of Salt before 0.17 have no tag.
    private static SaltEvent Decode(byte[] body, string? site = null) => EventCodec.Decode(body, takesEmptyTag: true, site);

    private static byte[] Encode(string tag, object? data)
    {
        if (tag.Length > 0)
        {
            EventCodec.CheckTag(tag);
        }

        var output = new ByteBuffer();
        output.Write(Encoding.UTF8.GetBytes(tag));
        output.Write("\n\n"u8);
        PayloadEncoder.Write(output, data);
        return output.ToArray();
    }

    private static string Text(object? data)
    {
        var output = new ByteBuffer();
        using var json = new Utf8JsonWriter(output, PayloadJsonWriter.Options);
        new PayloadJsonWriter(json).Write(data);
        json.Flush();
        return Convert.ToBase64String(output.ToArray());
    }

    private static byte[] Unframe(byte[] frame)
    {
        var scanner = new FrameScanner(FrameLimits.GreatestMaxFrameBytes);
        return scanner.Scan(frame) == WalkResult.Done
            ? frame.AsSpan(scanner.BodyOffset, scanner.BodyLength).ToArray()
            : throw new FormatException($"It is not a complete frame: {scanner.Problem ?? "it is cut off"}.");
    }

    private static byte[] FromZeroMq(byte[] message)
    {
        if (!TagEncoding.TryFind(message, out var tagLength, out var payloadOffset))
        {
            throw new FormatException("The message has no tag.");
        }

        var output = new ByteBuffer(message.Length + 2);
        output.Write(message.AsSpan(0, tagLength));
        output.Write("\n\n"u8);
        output.Write(message.AsSpan(payloadOffset));
        return output.ToArray();
    }

    private static byte[] Bytes(string hex)
    {
        if (hex.Length % 2 != 0)
        {
            throw new FormatException("The message in hex has half a byte at its end.");
        }

        var bytes = new byte[hex.Length / 2];
        for (var i = 0; i < bytes.Length; i++)
        {
            bytes[i] = byte.Parse(hex.Substring(2 * i, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
        }

        return bytes;
    }
}
