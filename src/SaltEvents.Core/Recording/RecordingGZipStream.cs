using System;
using System.IO;
using System.IO.Compression;

namespace SaltEvents.Core.Recording;

/// <summary>
/// What a gzip file contains. Its end shows whether the file is cut off, about which the system's reader says nothing: a complete file
/// ends with the length of its last part (RFC 1952), and one whose writer has not ended with the mark of a flush (RFC 7692, 7.2.1).
/// </summary>
public sealed class RecordingGZipStream : Stream
{
    private const uint FlushMark = 0xFFFF0000;

    private readonly FileStream file;
    private readonly GZipStream content;
    private long length;

    /// <summary>Reads from the start of a file, which it closes.</summary>
    /// <param name="file">The file.</param>
    public RecordingGZipStream(FileStream file)
    {
        this.file = file;
        content = new GZipStream(file, CompressionMode.Decompress, leaveOpen: true);
    }

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => false;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidDataException">The file is damaged, or cut off here.</exception>
    public override int Read(byte[] buffer, int offset, int count)
    {
        var read = content.Read(buffer, offset, count);
        length += read;
        return read > 0 || count == 0 || EndsWell() ? read : throw new InvalidDataException("The compressed data is cut off.");
    }

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            content.Dispose();
            file.Dispose();
        }

        base.Dispose(disposing);
    }

    // A file of several parts is longer than its last one. Four arbitrary bytes are hardly ever so small a number.
    private bool EndsWell()
    {
        if (file.Length < sizeof(uint))
        {
            return false;
        }

        file.Seek(-sizeof(uint), SeekOrigin.End);
        uint last = 0;
        for (var shift = 0; shift < 32; shift += 8)
        {
            last |= (uint)file.ReadByte() << shift;
        }

        return last == FlushMark || last <= length;
    }
}
