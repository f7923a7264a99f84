using System;
using System.IO;

namespace SaltEvents.Core.Recording;

/// <summary>A stream that is only read, from its start to its end.</summary>
/// <param name="inner">What it reads from, in the order in which they are closed with it.</param>
internal abstract class ForwardStream(params Stream[] inner) : Stream
{
    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
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
            Array.ForEach(inner, stream => stream.Dispose());
        }

        base.Dispose(disposing);
    }
}
