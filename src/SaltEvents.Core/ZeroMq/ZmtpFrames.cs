using System;
using System.Buffers.Binary;

namespace SaltEvents.Core.ZeroMq;

/// <summary>
/// Walks over the frames of a ZeroMQ peer as they pass and sees whether each belongs to a message that Salt could send: one
/// part, or in an answer of a master an empty part and the answer; no longer than the limit. NetMQ collects the parts of a
/// message without a limit, and an exception on its thread, which some commands cause, ends the process. Salt switches on
/// no heartbeats, the only commands that could follow here.
/// </summary>
/// <param name="isOld">Whether the peer is one of libzmq 2, which writes lengths before flags and knows no commands.</param>
/// <param name="startsWithIdentity">Whether the first frame is the peer's identity, as before libzmq 4, and no message.</param>
/// <param name="role">What this end does.</param>
/// <param name="maxMessageBytes">The longest message accepted, in bytes.</param>
internal sealed class ZmtpFrames(bool isOld, bool startsWithIdentity, ZeroMqRole role, int maxMessageBytes)
{
    private const byte LongerThanByte = 0xFF;
    private const byte More = 1;
    private const byte Long = 2;
    private const byte LastFlags = More | Long;
    private readonly byte[] head = new byte[10];
    private bool isIdentity = startsWithIdentity;
    private bool isAfterDelimiter;
    private int headLength;
    private long left;

    /// <summary>What is wrong with the frame after those that were taken; null if nothing is.</summary>
    public string? Problem { get; private set; }

    /// <summary>
    /// Goes on over the next bytes; returns how many of them come before the first frame that has a <see cref="Problem"/>.
    /// </summary>
    public int Take(ReadOnlySpan<byte> data)
    {
        var frameStart = 0;
        for (var position = 0; position < data.Length;)
        {
            if (left > 0)
            {
                var skipped = (int)Math.Min(left, data.Length - position);
                left -= skipped;
                position += skipped;
                continue;
            }

            frameStart = headLength == 0 ? position : frameStart;
            head[headLength++] = data[position++];
            Problem = headLength == 1 && (isOld ? head[0] == 0 : head[0] > LastFlags) ? "a frame is not part of a message"
                : headLength == HeadLength ? Start()
                : null;
            if (Problem is not null)
            {
                return frameStart;
            }
        }

        return data.Length;
    }

    private int HeadLength => isOld ? (head[0] == LongerThanByte ? 10 : 2) : (head[0] & Long) != 0 ? 9 : 2;

    // The old length counts the flags that follow it.
    private string? Start()
    {
        var lengthAt = isOld ? headLength - 2 : headLength - 1;
        left = headLength > 2 ? BinaryPrimitives.ReadInt64BigEndian(head.AsSpan(1)) : head[lengthAt];
        left -= isOld ? 1 : 0;
        var hasMore = (head[isOld ? headLength - 1 : 0] & More) != 0;
        headLength = 0;
        if (left < 0)
        {
            return "a frame has no length";
        }

        if (isIdentity)
        {
            isIdentity = false;
            return hasMore || left > byte.MaxValue ? "its identity is malformed" : null;
        }

        if (role == ZeroMqRole.Push)
        {
            return "a bus does not send anything to a sender";
        }

        if (hasMore && (role != ZeroMqRole.Request || isAfterDelimiter || left > 0))
        {
            return "a message has several parts";
        }

        isAfterDelimiter = hasMore;
        return left > maxMessageBytes ? $"a message of {left} bytes is longer than the limit of {maxMessageBytes}" : null;
    }
}
