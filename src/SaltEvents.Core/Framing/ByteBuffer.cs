using System;
using System.Buffers;

namespace SaltEvents.Core.Framing;

/// <summary>
/// A growing array to write into; .NET Framework has no ArrayBufferWriter. More than <see cref="FrameLimits.GreatestMaxFrameBytes"/> is an
/// <see cref="OverflowException"/>.
/// </summary>
internal sealed class ByteBuffer(int capacity = 512) : IBufferWriter<byte>
{
    private byte[] bytes = new byte[capacity];

    public int Length { get; private set; }

    public ArraySegment<byte> Written => new(bytes, 0, Length);

    public void Clear() => Length = 0;

    public void Advance(int count) => Length += count;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        MakeRoom(sizeHint);
        return bytes.AsMemory(Length);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        MakeRoom(sizeHint);
        return bytes.AsSpan(Length);
    }

    public void Write(ReadOnlySpan<byte> data)
    {
        data.CopyTo(GetSpan(data.Length));
        Length += data.Length;
    }

    public byte[] ToArray() => bytes.AsSpan(0, Length).ToArray();

    private void MakeRoom(int sizeHint)
    {
        var needed = (long)Length + Math.Max(sizeHint, 1);
        if (needed > FrameLimits.GreatestMaxFrameBytes)
        {
            throw new OverflowException();
        }

        if (needed > bytes.Length)
        {
            Array.Resize(ref bytes, (int)Math.Max(needed, Math.Min(bytes.Length * 2L, FrameLimits.GreatestMaxFrameBytes)));
        }
    }
}
