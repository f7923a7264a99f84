using System;
using System.IO;

namespace SaltEvents.Core.Recording;

/// <summary>
/// Reads a text and refuses a line that does not end: a few kilobytes of a compressed file can be gigabytes of one line, which would take
/// all memory.
/// </summary>
/// <param name="text">The text.</param>
/// <param name="maxBytes">The longest line, in bytes.</param>
internal sealed class LineLimitStream(Stream text, int maxBytes) : ForwardStream(text)
{
    private long length; // of the line that has not ended yet

    /// <exception cref="IOException">A line is longer than the limit.</exception>
    public override int Read(byte[] buffer, int offset, int count)
    {
        var read = text.Read(buffer, offset, count);
        var end = buffer.AsSpan(offset, read).LastIndexOfAny((byte)'\n', (byte)'\r');
        length = end < 0 ? length + read : read - end - 1;
        return length <= maxBytes ? read : throw new IOException($"It has a line of more than {maxBytes} bytes.");
    }
}
