using System;
using System.Buffers.Binary;

namespace SaltEvents.Core.Framing;

/// <summary>Finds the end of one frame and its body in bytes that arrive in any pieces. No byte is looked at twice.</summary>
internal struct FrameScanner(int maxFrameBytes)
{
    private const int PrefixLength = 4;
    private MessagePackWalker walker = new(0, 0); // over what is of no interest; then something of interest follows
    private Step step;
    private int declaredEnd;
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
    public readonly int Length => (int)walker.Position;

    public int BodyOffset { get; private set; }

    public int BodyLength { get; private set; }

    public FrameFormat Format { get; private set; }

    /// <summary>Why the bytes are not a frame; null unless they are <see cref="WalkResult.Bad"/>.</summary>
    public string? Problem { get; private set; }

    private readonly int Limit => declaredEnd > 0 ? declaredEnd : maxFrameBytes;

    /// <summary>Continues over <paramref name="data"/>, which starts at the start of the frame.</summary>
    public WalkResult Scan(ReadOnlySpan<byte> data)
    {
        if (step == Step.Start && IsUsual(data))
        {
            return WalkResult.Done;
        }

        while (true)
        {
            var walked = walker.Walk(data);
            if (walked == WalkResult.Bad)
            {
                return Bad("0xC1 is not a msgpack value");
            }

            // Each entry still to come takes a byte at least.
            if (walker.MinimumLength + entries > Limit)
            {
                return Bad(
                    declaredEnd > 0 ? "its map is longer than its length says" : $"it is longer than the limit of {maxFrameBytes} bytes"
                );
            }

            if (walked == WalkResult.NeedMore)
            {
                return walked;
            }

            if (step == Step.Done)
            {
                return BodyOffset == 0 ? Bad("its map has no body")
                    : declaredEnd > 0 && Length < declaredEnd ? Bad("its map is shorter than its length says")
                    : WalkResult.Done;
            }

            if (Advance(data) is var advanced && advanced != WalkResult.Done)
            {
                return advanced;
            }
        }
    }

    // Nearly every frame is whole and {"head": {}, "body": ...}, as Salt writes it: to compare its first bytes takes a fraction of a walk.
    private bool IsUsual(ReadOnlySpan<byte> data)
    {
        var start = data.Length > PrefixLength && !MessagePackToken.IsMapCode(data[0]) ? PrefixLength : 0;
        var valueAt = start + FrameWriter.Head.Length;
        if (!data.Slice(start).StartsWith(FrameWriter.Head) || !MessagePackToken.TryRead(data, valueAt, out var body) || !body.IsText)
        {
            return false;
        }

        var end = valueAt + body.HeadLength + body.Bytes;
        if (end > data.Length || end - start > maxFrameBytes || (start > 0 && BinaryPrimitives.ReadUInt32BigEndian(data) != end - start))
        {
            return false;
        }

        Format = start > 0 ? FrameFormat.LengthPrefixed : FrameFormat.Map;
        (BodyOffset, BodyLength) = (valueAt + body.HeadLength, (int)body.Bytes);
        (walker, step) = (new MessagePackWalker(end, 0), Step.Done);
        return true;
    }

    private WalkResult Advance(ReadOnlySpan<byte> data)
    {
        if (step == Step.Start)
        {
            return DetectFormat(data);
        }

        if (!MessagePackToken.TryRead(data, Length, out var token))
        {
            return Length < data.Length && data[Length] == MessagePackToken.NeverUsed
                ? Bad("0xC1 is not a msgpack value")
                : WalkResult.NeedMore;
        }

        return step switch
        {
            Step.Map => ReadMap(token, data),
            Step.Key => ReadKey(token, data),
            _ => ReadValue(token),
        };
    }

    private WalkResult DetectFormat(ReadOnlySpan<byte> data)
    {
        if (data.IsEmpty)
        {
            return WalkResult.NeedMore;
        }

        if (!MessagePackToken.IsMapCode(data[0]))
        {
            if (data[0] == 0xFF)
            {
                return Bad("this is the greeting of a ZeroMQ socket (Salt before 2016.3)");
            }

            if (data.Length < PrefixLength)
            {
                return WalkResult.NeedMore;
            }

            var length = BinaryPrimitives.ReadUInt32BigEndian(data);
            if (length == 0 || length > (uint)maxFrameBytes)
            {
                return Bad($"its length of {length} bytes is not between 1 and the limit of {maxFrameBytes}");
            }

            Format = FrameFormat.LengthPrefixed;
            walker = new MessagePackWalker(PrefixLength, 0);
            declaredEnd = PrefixLength + (int)length;
        }

        step = Step.Map;
        return WalkResult.Done;
    }

    private WalkResult ReadMap(MessagePackToken token, ReadOnlySpan<byte> data)
    {
        if (!MessagePackToken.IsMapCode(data[Length]) || token.Values == 0)
        {
            return Bad("it is not a map with a body");
        }

        entries = token.Values / 2;
        step = Step.Key;
        walker = new MessagePackWalker(Length + token.HeadLength, 0);
        return WalkResult.Done;
    }

    private WalkResult ReadKey(MessagePackToken token, ReadOnlySpan<byte> data)
    {
        const int KeyLength = 4;
        atBody = token.IsText && token.Bytes == KeyLength;
        if (atBody)
        {
            if (data.Length < Length + token.HeadLength + KeyLength)
            {
                return WalkResult.NeedMore;
            }

            atBody = data.Slice(Length + token.HeadLength, KeyLength).SequenceEqual("body"u8);
        }

        step = Step.Value;
        return Skip(token);
    }

    private WalkResult ReadValue(MessagePackToken token)
    {
        if (atBody)
        {
            if (!token.IsText)
            {
                return Bad("its body is neither bin nor str");
            }

            BodyOffset = Length + token.HeadLength;
            BodyLength = (int)Math.Min(token.Bytes, int.MaxValue);
        }

        step = --entries == 0 ? Step.Done : Step.Key;
        return Skip(token);
    }

    private WalkResult Skip(MessagePackToken token)
    {
        walker = new MessagePackWalker(Length + token.HeadLength + token.Bytes, token.Values);
        return WalkResult.Done;
    }

    private WalkResult Bad(string problem)
    {
        Problem = problem;
        return WalkResult.Bad;
    }
}
