using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Text;
using MessagePack;
using SaltEvents.Core.Events;
using SaltEvents.Core.Framing;

namespace SaltEvents.Core.Tests.Support;

/// <summary>Frames made by hand or by the writer, and a reader fed in pieces.</summary>
internal static class Frames
{
    public static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);

    public static byte[] Join(params IEnumerable<byte[]> parts)
    {
        var joined = new ByteBuffer();
        foreach (var part in parts)
        {
            joined.Write(part);
        }

        return joined.ToArray();
    }

    public static byte[] Prefixed(byte[] map)
    {
        var prefix = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(prefix, map.Length);
        return Join(prefix, map);
    }

    public static byte[] Of(byte[] body, FrameFormat format = FrameFormat.Map)
    {
        var output = new ByteBuffer();
        FrameWriter.Write(output, body, format);
        return output.ToArray();
    }

    /// <summary>A body as str, as Salt on Python 2 and some builds of 3007 publish it; without str8, which old msgpack does not have.</summary>
    public static byte[] OfStr(byte[] body, FrameFormat format = FrameFormat.Map)
    {
        var output = new ByteBuffer();
        var writer = new MessagePackWriter(output) { OldSpec = true };
        writer.WriteMapHeader(2);
        writer.Write("head");
        writer.WriteMapHeader(0);
        writer.Write("body");
        writer.WriteString(body);
        writer.Flush();
        return format == FrameFormat.Map ? output.ToArray() : Prefixed(output.ToArray());
    }

    public static byte[] Event(string tag, params (string Key, object? Value)[] data) => Of(Body(tag, data));

    public static byte[] Body(string tag, params (string Key, object? Value)[] data)
    {
        var map = new PayloadMap();
        foreach (var (key, value) in data)
        {
            map.Add(key, value);
        }

        return EventCodec.Encode(tag, map, null, int.MaxValue);
    }

    /// <summary>The bodies in a stream that arrives in pieces of that size.</summary>
    public static List<byte[]> Read(byte[] stream, int piece, int limit = FrameLimits.DefaultMaxFrameBytes) =>
        Read(new FrameReader(limit), stream, piece);

    public static List<byte[]> Read(FrameReader reader, ReadOnlySpan<byte> stream, int piece)
    {
        var bodies = new List<byte[]>();
        while (!stream.IsEmpty)
        {
            var buffer = reader.GetBuffer();
            var count = Math.Min(Math.Min(piece, stream.Length), buffer.Count);
            stream[..count].CopyTo(buffer);
            reader.Advance(count);
            stream = stream[count..];
            while (reader.TryRead(out var body))
            {
                bodies.Add(body.ToArray());
            }

            if (reader.Problem is { } problem)
            {
                throw problem;
            }
        }

        return bodies;
    }
}
