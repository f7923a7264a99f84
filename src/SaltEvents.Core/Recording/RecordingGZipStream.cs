using System.IO;
using System.IO.Compression;

namespace SaltEvents.Core.Recording;

/// <summary>
/// What a gzip file contains. Its end shows whether the file is cut off, about which the system's reader says nothing: a complete file
/// ends with the length of its last part (RFC 1952), and one whose writer has not ended with the mark of a flush (RFC 7692, 7.2.1).
/// </summary>
internal sealed class RecordingGZipStream : ForwardStream
{
    private const uint FlushMark = 0xFFFF0000;
    private readonly FileStream file;
    private readonly GZipStream content;
    private long length;

    /// <summary>Reads from the start of a file, which it closes.</summary>
    /// <param name="file">The file.</param>
    public RecordingGZipStream(FileStream file)
        : this(file, new GZipStream(file, CompressionMode.Decompress, leaveOpen: true))
    {
    }

    private RecordingGZipStream(FileStream file, GZipStream content)
        : base(content, file) => (this.file, this.content) = (file, content);

    /// <exception cref="InvalidDataException">The file is damaged, or cut off here.</exception>
    public override int Read(byte[] buffer, int offset, int count)
    {
        var read = content.Read(buffer, offset, count);
        length += read;
        return read > 0 || count == 0 || EndsWell() ? read : throw new InvalidDataException("The compressed data is cut off.");
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
