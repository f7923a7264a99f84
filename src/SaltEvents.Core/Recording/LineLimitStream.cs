using System;
using System.IO;

namespace SaltEvents.Core.Recording;

/// <summary>
/// Reads a text and refuses a line that does not end: a few kilobytes of a compressed file can be gigabytes of one line, which would take
/// all memory.
/// </summary>
/// <param name="inner">The text.</param>
/// <param name="maxBytes">The longest line, in bytes.</param>
internal sealed class LineLimitStream(Stream inner, int maxBytes) : Stream
{
    private long length; // of the line that has not ended yet

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <exception cref="IOException">A line is longer than the limit.</exception>
    public override int Read(byte[] buffer, int offset, int count)
    {
        var read = inner.Read(buffer, offset, count);
        var end = buffer.AsSpan(offset, read).LastIndexOfAny((byte)'\n', (byte)'\r');
        length = end < 0 ? length + read : read - end - 1;
        return length <= maxBytes ? read : throw new IOException($"It has a line of more than {maxBytes} bytes.");
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }
}
