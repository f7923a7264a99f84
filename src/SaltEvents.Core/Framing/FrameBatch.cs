using System;
using System.Collections.Generic;

namespace SaltEvents.Core.Framing;

/// <summary>Frames or messages one after another in one block of bytes, and where each of them ends.</summary>
internal sealed class FrameBatch(int capacity)
{
    private readonly ByteBuffer bytes = new(capacity);
    private readonly List<int> ends = [];

    /// <summary>How many there are.</summary>
    public int Count => ends.Count;

    /// <summary>How many bytes they have together.</summary>
    public int Length => bytes.Length;

    /// <summary>The block; after <see cref="Length"/> it is not filled.</summary>
    public byte[] Bytes => bytes.Written.Array!;

    /// <summary>All of it, to be sent.</summary>
    public FrameRun All => new(this, 0, Count);

    /// <summary>Adds a body in a frame.</summary>
    public void AddFrame(ReadOnlySpan<byte> body, FrameFormat format)
    {
        FrameWriter.Write(bytes, body, format);
        ends.Add(bytes.Length);
    }

    /// <summary>Adds a body as it is.</summary>
    public void AddMessage(ReadOnlySpan<byte> body)
    {
        bytes.Write(body);
        ends.Add(bytes.Length);
    }

    /// <summary>Where a frame starts; for <see cref="Count"/>, where the last one ends.</summary>
    public int Offset(int frame) => frame == 0 ? 0 : ends[frame - 1];

    /// <summary>A frame or message.</summary>
    public ReadOnlySpan<byte> this[int frame] => Bytes.AsSpan(Offset(frame), Offset(frame + 1) - Offset(frame));

    /// <summary>Empties it. Only for a batch that is not in use anywhere else.</summary>
    public void Clear()
    {
        bytes.Clear();
        ends.Clear();
    }
}
