using System;

namespace SaltEvents.Core.Framing;

/// <summary>
/// Walks over the frames of a ZeroMQ peer as they pass and sees whether each is a part of a message. A command would be one
/// of heartbeats, which no Salt has switched on, or one that NetMQ cannot bear: an exception on its thread ends the process.
/// </summary>
/// <param name="isOld">Whether the peer is one of libzmq 2, which writes lengths before flags and knows no commands.</param>
internal sealed class ZmtpFrames(bool isOld)
{
    private const byte LongerThanByte = 0xFF;
    private const byte Long = 2;
    private const byte LastFlags = 3; // more follows, 1; a long length, 2
    private readonly byte[] head = new byte[9];
    private int headLength;
    private long left;

    /// <summary>Goes on over the next bytes; false where they hold what is no part of a message.</summary>
    public bool AreSound(ReadOnlySpan<byte> data)
    {
        while (!data.IsEmpty)
        {
            if (left > 0)
            {
                var skipped = (int)Math.Min(left, data.Length);
                left -= skipped;
                data = data.Slice(skipped);
                continue;
            }

            head[headLength++] = data[0];
            data = data.Slice(1);
            if (headLength == 1 && (isOld ? head[0] == 0 : head[0] > LastFlags))
            {
                return false;
            }

            if (headLength == HeadLength && !TryStart())
            {
                return false;
            }
        }

        return true;
    }

    private int HeadLength => isOld ? (head[0] == LongerThanByte ? 9 : 1) : (head[0] & Long) != 0 ? 9 : 2;

    // The old length counts the flags that follow it.
    private bool TryStart()
    {
        left = headLength == 9 ? System.Buffers.Binary.BinaryPrimitives.ReadInt64BigEndian(head.AsSpan(1)) : head[headLength - 1];
        headLength = 0;
        return left >= (isOld ? 1 : 0);
    }
}
