using System;

namespace SaltEvents.Core.Framing;

/// <summary>
/// Finds the end of one msgpack value in bytes that arrive in any pieces. It remembers where it stopped, so that no byte is
/// looked at twice.
/// </summary>
internal struct MessagePackScanner(int maxBytes)
{
    private long skipBytes;
    private long skipValues = 1;

    /// <summary>The value's length in bytes, once it is complete.</summary>
    public int Length { get; private set; }

    /// <summary>Goes on over <paramref name="data"/>, which starts where the value starts; true once it is complete.</summary>
    /// <exception cref="FrameFormatException">The bytes are no msgpack, or a value above the limit.</exception>
    public bool Scan(ReadOnlySpan<byte> data)
    {
        while (true)
        {
            var step = (int)Math.Min(skipBytes, data.Length - Length);
            Length += step;
            skipBytes -= step;
            if (skipBytes > 0)
            {
                return false;
            }

            if (skipValues == 0)
            {
                return true;
            }

            if (!MessagePackToken.TryRead(data, Length, out var token))
            {
                return false;
            }

            skipValues += token.Values - 1;
            skipBytes = token.Bytes;
            Length += token.HeadLength;
            // Every value still to come takes a byte at least.
            if (Length + skipBytes + skipValues > maxBytes)
            {
                throw new FrameFormatException($"it is longer than the limit of {maxBytes} bytes", data);
            }
        }
    }
}
