using System;
using System.Buffers.Binary;

namespace SaltEvents.Core.Framing;

/// <summary>
/// Finds the end of one frame and its body in bytes that arrive in any pieces. It remembers where it stopped, so that no
/// byte is looked at twice, and keeps counts instead of a stack, so that no depth of nesting matters.
/// </summary>
internal struct FrameScanner(int maxFrameBytes)
{
    private const int PrefixLength = 4;
    private Step step;
    private int position;
    private int declaredEnd;
    private long skipBytes;
    private long skipValues;
    private long entries;
    private bool atBody;

    private enum Step
    {
        Start,
        Map,
        Key,
        Value,
        Done,
    }

    /// <summary>The frame's length in bytes, once it is complete.</summary>
    public readonly int Length => position;

    public int BodyOffset { get; private set; }

    public int BodyLength { get; private set; }

    public FrameFormat Format { get; private set; }

    /// <summary>Goes on over <paramref name="data"/>, which starts where the frame starts; true once the frame is complete.</summary>
    /// <exception cref="FrameFormatException">The bytes are no frame, or one above the limit.</exception>
    public bool Scan(ReadOnlySpan<byte> data)
    {
        while (step != Step.Done || skipValues > 0)
        {
            if (!SkipBytes(data.Length) || !Advance(data))
            {
                return false;
            }
        }

        return SkipBytes(data.Length) && IsWhole(data);
    }

    private bool Advance(ReadOnlySpan<byte> data)
    {
        if (step == Step.Start)
        {
            return Recognise(data);
        }

        if (!MessagePackToken.TryRead(data, position, out var token))
        {
            return false;
        }

        if (skipValues > 0)
        {
            skipValues += token.Values - 1;
            return Take(token, data);
        }

        return step switch
        {
            Step.Map => ReadMap(token, data),
            Step.Key => ReadKey(token, data),
            _ => ReadValue(token, data),
        };
    }

    private bool Recognise(ReadOnlySpan<byte> data)
    {
        if (data.IsEmpty)
        {
            return false;
        }

        if (!MessagePackToken.IsMapCode(data[0]))
        {
            if (data[0] == 0xFF)
            {
                throw new FrameFormatException("this is the greeting of a ZeroMQ socket (Salt before 2016.3)", data);
            }

            if (data.Length < PrefixLength)
            {
                return false;
            }

            var length = BinaryPrimitives.ReadUInt32BigEndian(data);
            if (length == 0 || length > (uint)maxFrameBytes)
            {
                throw new FrameFormatException($"its length of {length} bytes is not between 1 and the limit of {maxFrameBytes}", data);
            }

            Format = FrameFormat.LengthPrefixed;
            position = PrefixLength;
            declaredEnd = PrefixLength + (int)length;
        }

        step = Step.Map;
        return true;
    }

    private bool ReadMap(MessagePackToken token, ReadOnlySpan<byte> data)
    {
        if (!MessagePackToken.IsMapCode(data[position]) || token.Values == 0)
        {
            throw new FrameFormatException("it is no map with a body", data);
        }

        entries = token.Values / 2;
        step = Step.Key;
        return Take(token, data);
    }

    private bool ReadKey(MessagePackToken token, ReadOnlySpan<byte> data)
    {
        const int KeyLength = 4;
        atBody = token.IsText && token.Bytes == KeyLength;
        if (atBody)
        {
            if (data.Length < position + token.HeadLength + KeyLength)
            {
                return false;
            }

            atBody = data.Slice(position + token.HeadLength, KeyLength).SequenceEqual("body"u8);
        }

        skipValues = token.Values;
        step = Step.Value;
        return Take(token, data);
    }

    private bool ReadValue(MessagePackToken token, ReadOnlySpan<byte> data)
    {
        if (atBody)
        {
            if (!token.IsText)
            {
                throw new FrameFormatException("its body is neither bin nor str", data);
            }

            BodyOffset = position + token.HeadLength;
            BodyLength = (int)Math.Min(token.Bytes, int.MaxValue);
        }

        skipValues = token.Values;
        step = --entries == 0 ? Step.Done : Step.Key;
        return Take(token, data);
    }

    // Moves behind the token's head; its data are skipped as they arrive.
    private bool Take(MessagePackToken token, ReadOnlySpan<byte> data)
    {
        position += token.HeadLength;
        skipBytes = token.Bytes;
        var limit = declaredEnd > 0 ? declaredEnd : maxFrameBytes;
        // Every value and every entry still to come takes a byte at least.
        if (position + skipBytes + skipValues + entries > limit)
        {
            throw new FrameFormatException(declaredEnd > 0 ? "its map is longer than its length says" : $"it is longer than the limit of {maxFrameBytes} bytes", data);
        }

        return true;
    }

    private bool SkipBytes(int available)
    {
        var step = (int)Math.Min(skipBytes, available - position);
        position += step;
        skipBytes -= step;
        return skipBytes == 0;
    }

    private readonly bool IsWhole(ReadOnlySpan<byte> data)
    {
        if (BodyOffset == 0)
        {
            throw new FrameFormatException("its map has no body", data);
        }

        return declaredEnd == 0 || position == declaredEnd ? true : throw new FrameFormatException("its map is shorter than its length says", data);
    }
}
