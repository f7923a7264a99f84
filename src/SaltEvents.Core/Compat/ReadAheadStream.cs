#if !NETFRAMEWORK
using System;
using System.IO;
using System.Threading;
using System.Threading.Tasks;

namespace SaltEvents.Core.Compat;

/// <summary>
/// Reads 64 KiB at once from a connection: .NET's HTTP takes 4 KiB, so that a system call would return only ten events. One
/// reader and one writer at a time.
/// </summary>
internal sealed class ReadAheadStream(Stream inner) : Stream
{
    private readonly byte[] buffer = new byte[64 * 1024];
    private int start;
    private int end;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] target, int offset, int count) => Read(target.AsSpan(offset, count));

    public override int Read(Span<byte> target)
    {
        if (start == end && !target.IsEmpty)
        {
            (start, end) = (0, inner.Read(buffer));
        }

        return Take(target);
    }

    public override Task<int> ReadAsync(byte[] target, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(target.AsMemory(offset, count), cancellationToken).AsTask();

    public override ValueTask<int> ReadAsync(Memory<byte> target, CancellationToken cancellationToken = default) =>
        start < end ? new ValueTask<int>(Take(target.Span))
        : target.IsEmpty ? inner.ReadAsync(target, cancellationToken) // waits for bytes without taking any
        : FillAsync(target, cancellationToken);

    public override void Write(byte[] source, int offset, int count) => inner.Write(source, offset, count);

    public override void Write(ReadOnlySpan<byte> source) => inner.Write(source);

    public override Task WriteAsync(byte[] source, int offset, int count, CancellationToken cancellationToken) =>
        inner.WriteAsync(source, offset, count, cancellationToken);

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default) =>
        inner.WriteAsync(source, cancellationToken);

    public override void Flush() => inner.Flush();

    public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }

    private async ValueTask<int> FillAsync(Memory<byte> target, CancellationToken token)
    {
        var count = await inner.ReadAsync(buffer, token).ConfigureAwait(false);
        (start, end) = (0, count);
        return Take(target.Span);
    }

    private int Take(Span<byte> target)
    {
        var count = Math.Min(target.Length, end - start);
        buffer.AsSpan(start, count).CopyTo(target);
        start += count;
        return count;
    }
}
#endif
