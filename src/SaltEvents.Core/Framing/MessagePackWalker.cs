using System;

namespace SaltEvents.Core.Framing;

/// <summary>
/// Finds the end of msgpack values in bytes that arrive in any pieces. It remembers where it stopped, so that no byte is read
/// twice, and keeps a count instead of a stack, so that no depth of nesting matters.
/// </summary>
/// <param name="start">Where the first value starts, or would start.</param>
/// <param name="values">How many values there are.</param>
internal struct MessagePackWalker(long start, long values)
{
    /// <summary>Where the next value starts, or the end. It can lie behind the bytes that have arrived.</summary>
    public long Position { get; private set; } = start;

    /// <summary>The length that all the values have at least: each of those still to come has a byte or more.</summary>
    public readonly long MinimumLength => Position + Left;

    private long Left { get; set; } = values;

    /// <summary>Finds the end of the first value in bytes that are all there.</summary>
    /// <returns>False if the bytes end before the value does, or are not msgpack.</returns>
    public static bool TryMeasure(ReadOnlySpan<byte> data, out int length)
    {
        var walker = new MessagePackWalker(0, 1);
        var isWhole = walker.Walk(data) == WalkResult.Done;
        length = isWhole ? (int)walker.Position : 0;
        return isWhole;
    }

    /// <summary>Whether bytes are one value, whole and with nothing after it.</summary>
    public static bool IsOneValue(ReadOnlySpan<byte> data) => TryMeasure(data, out var length) && length == data.Length;

    /// <summary>Continues over <paramref name="data"/>, which has to start at the same place each time.</summary>
    public WalkResult Walk(ReadOnlySpan<byte> data)
    {
        var (position, left) = (Position, Left);
        var result = WalkResult.Done;
        for (; left > 0; left--)
        {
            if (position >= data.Length)
            {
                result = WalkResult.NeedMore;
                break;
            }

            var length = MessagePackToken.Measure(data, position, out var values);
            if (length == 0)
            {
                result = data[(int)position] == MessagePackToken.NeverUsed ? WalkResult.Bad : WalkResult.NeedMore;
                break;
            }

            position += length;
            left += values;
        }

        (Position, Left) = (position, left);
        return result == WalkResult.Done && position > data.Length ? WalkResult.NeedMore : result;
    }
}
