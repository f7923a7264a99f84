using System;
using System.Buffers;
using System.Buffers.Binary;
using MessagePack;

namespace SaltEvents.Core.Framing;

/// <summary>Wraps an event's body into a frame.</summary>
public static class FrameWriter
{
    // {"head": {}, "body": : Salt reads a frame only with both keys (salt/transport/ipc.py of 3006.10).
    internal static ReadOnlySpan<byte> Head =>
        [0x82, 0xA4, (byte)'h', (byte)'e', (byte)'a', (byte)'d', 0x80, 0xA4, (byte)'b', (byte)'o', (byte)'d', (byte)'y'];

    /// <summary>Writes one frame.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="body">The event's body, as it is.</param>
    /// <param name="format">Bare, or with its length before it.</param>
    public static void Write(IBufferWriter<byte> output, ReadOnlySpan<byte> body, FrameFormat format = FrameFormat.Map)
    {
        var prefix = format == FrameFormat.LengthPrefixed ? 4 : 0;
        var span = output.GetSpan(MaxFrameLength(body.Length));
        Head.CopyTo(span.Slice(prefix));
        var length = prefix + Head.Length;
        length += WriteBodyHead(span.Slice(length), body.Length);
        body.CopyTo(span.Slice(length));
        length += body.Length;
        if (prefix > 0)
        {
            BinaryPrimitives.WriteInt32BigEndian(span, length - prefix);
        }

        output.Advance(length);
    }

    /// <summary>The most that a frame takes for a body of that length, in bytes.</summary>
    internal static int MaxFrameLength(int bodyLength) => bodyLength + 4 + Head.Length + 5;

    // bin, as Salt on Python 3 writes it: Salt loses a frame with a str on its pull socket.
    private static int WriteBodyHead(Span<byte> span, int length)
    {
        if (length <= byte.MaxValue)
        {
            span[0] = MessagePackCode.Bin8;
            span[1] = (byte)length;
            return 2;
        }

        if (length <= ushort.MaxValue)
        {
            span[0] = MessagePackCode.Bin16;
            BinaryPrimitives.WriteUInt16BigEndian(span.Slice(1), (ushort)length);
            return 3;
        }

        span[0] = MessagePackCode.Bin32;
        BinaryPrimitives.WriteInt32BigEndian(span.Slice(1), length);
        return 5;
    }
}
