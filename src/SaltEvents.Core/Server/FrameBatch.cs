using System.Collections.Generic;
using SaltEvents.Core.Framing;

namespace SaltEvents.Core.Server;

/// <summary>
/// The frames that one read from a sender gave, ready for the pub sockets: one block of bytes that all subscribers share.
/// Not changed once it is published.
/// </summary>
internal sealed class FrameBatch(int capacity)
{
    private readonly ByteBuffer bytes = new(capacity);
    private readonly List<int> ends = [];

    public int Count => ends.Count;

    public byte[] Bytes => bytes.Written.Array!;

    public void Add(System.ReadOnlySpan<byte> body, FrameFormat format, FrameBodyType bodyType)
    {
        FrameWriter.Write(bytes, body, format, bodyType);
        ends.Add(bytes.Length);
    }

    /// <summary>Where a frame starts; for <see cref="Count"/>, where the last one ends.</summary>
    public int Offset(int frame) => frame == 0 ? 0 : ends[frame - 1];
}
