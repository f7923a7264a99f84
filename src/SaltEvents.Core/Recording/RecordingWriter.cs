using System;
using System.Globalization;
using System.IO;
using System.IO.Compression;
using System.Text;
using SaltEvents.Core.Compat;
using SaltEvents.Core.Transport;

namespace SaltEvents.Core.Recording;

/// <summary>
/// Writes lines to a file, each at once: if the process is killed, at most the line that is being written is lost. A new file whose
/// name ends in .gz is compressed; what is appended has the form of what is there. A new file is readable by its owner only:
/// payloads can hold secrets. An existing file is emptied when the first line is written.
/// </summary>
public sealed class RecordingWriter : IDisposable
{
    private const string TimeFormat = "yyyyMMdd'T'HHmmssfff";
    private readonly string path;
    private readonly RecordingOptions options;
    private readonly IDisposable writing;
    private bool isCompressed;
    private bool isStarted;
    private FileStream file;
    private GZipStream? compressor;
    private DateTime day;

    /// <summary>Opens the file.</summary>
    /// <exception cref="IOException">It cannot be created or written, or it exists and must not.</exception>
    /// <exception cref="UnauthorizedAccessException">This account may not write it.</exception>
    public RecordingWriter(string path, RecordingOptions options)
    {
        this.path = path;
        this.options = options;
        var written = File.Exists(path) ? File.GetLastWriteTime(path) : DateTime.Now;
        writing = OpenRecordings.TryWriting(path) ?? throw InUse();
        try
        {
            file = Open(options.KeepsExisting ? FileMode.CreateNew : FileMode.OpenOrCreate);
            var continues = options.Appends && file.Length > 0;
            isCompressed = continues ? StartsAsCompressed() : HasCompressedName;
            day = continues ? written.Date : DateTime.Now.Date;
            if (continues && !isCompressed)
            {
                EndTornLine();
            }
            else if (continues)
            {
                CompressAgain();
            }
        }
        catch
        {
            file?.Dispose();
            writing.Dispose();
            throw;
        }
    }

    /// <summary>Whether the file ended in the middle of a line, which was closed so that what follows it can be read.</summary>
    public bool WasTorn { get; private set; }

    /// <summary>
    /// The account that owns the file, or the link that leads to it, if that is neither this one nor root: it can read what is
    /// recorded, and change it. Null if there is none, and on Windows.
    /// </summary>
    public string? OtherOwner => UnixFileStatus.FindOfOther(path)?.Owner;

    private bool HasCompressedName => path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase);

    /// <summary>Empties an existing file that is overwritten. The first line does the same.</summary>
    /// <exception cref="IOException">This process is reading the file.</exception>
    public void Start()
    {
        if (isStarted)
        {
            return;
        }

        if (OpenRecordings.IsRead(path))
        {
            throw new IOException("This process is reading it. Write to another file.");
        }

        isStarted = true;
        if (!options.Appends)
        {
            file.SetLength(0);
        }

        if (isCompressed)
        {
            compressor ??= new GZipStream(file, CompressionLevel.Optimal, leaveOpen: true);
        }
    }

    /// <summary>Writes a line, which ends in a line feed.</summary>
    /// <exception cref="IOException">
    /// The file cannot be written, or this process is reading it. If there is no room for the line, the file has those before it and is
    /// closed.
    /// </exception>
    public void Write(byte[] line)
    {
        Start();
        var isFull = options.MaxBytes > 0 && file.Length > 0 && file.Length + (isCompressed ? 0 : line.Length) > options.MaxBytes;
        if (isFull || (options.IsDaily && DateTime.Now.Date != day))
        {
            SetAside();
        }

        var end = compressor is null ? file.Seek(0, SeekOrigin.End) : file.Position;
        try
        {
            Add(line);
        }
        catch
        {
            TakeBack(end);
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        try
        {
            Close();
        }
        finally
        {
            writing.Dispose();
        }
    }

    private void Add(byte[] line)
    {
        if (compressor is not null)
        {
            compressor.Write(line, 0, line.Length);
            compressor.Flush();
        }
        else
        {
            file.Write(line, 0, line.Length);
        }

        file.Flush();
    }

    // Of a line for which there is no room nothing stays, so that the lines before it can be read. What ends compressed data would fit
    // only if that line were there.
    private void TakeBack(long end)
    {
        compressor = null;
        using (file)
        {
            file.SetLength(end);
        }
    }

    private void Close()
    {
        compressor?.Dispose();
        file.Dispose();
    }

    // Readers, tail among them, may have it open meanwhile.
    private FileStream Open(FileMode mode, string? name = null)
    {
        UnixFileStatus.ThrowIfPipe(name ?? path);
        var opened = PrivateFiles.Open(name ?? path, mode, FileShare.Read | FileShare.Delete);
        if (WriterLock.TryTake(opened))
        {
            return opened;
        }

        opened.Dispose();
        throw InUse();
    }

    private static IOException InUse() => new("Another command is writing to it. Give each its own file.");

    // Lines of another encoding or form than the rest could not be read again.
    private bool StartsAsCompressed()
    {
        file.Seek(0, SeekOrigin.Begin);
        var first = (file.ReadByte(), file.ReadByte());
        if (first is (0xFF, 0xFE) or (0xFE, 0xFF) or (0, 0))
        {
            throw new IOException("Its text is not UTF-8, as that of a recording. Append to another file.");
        }

        return first is (0x1F, 0x8B or -1); // or cut off after its first byte
    }

    private void EndTornLine()
    {
        file.Seek(-1, SeekOrigin.End);
        WasTorn = file.ReadByte() != '\n';
        if (WasTorn)
        {
            file.WriteByte((byte)'\n');
        }
    }

    // Compressed data cannot be continued: existing data is compressed again, as far as it can be read.
    private void CompressAgain()
    {
        using var old = file;
        var target = UnixFiles.ResolveLinks(path);
        var name = target + ".new";
        File.Delete(name);
        file = Open(FileMode.CreateNew, name);
        UnixFiles.CopyMode(old, file);
        compressor = new GZipStream(file, CompressionLevel.Optimal, leaveOpen: true);
        old.Seek(0, SeekOrigin.Begin);
        try
        {
            CopyLines(old);
            compressor.Flush();
            UnixFiles.MoveOver(name, target);
        }
        catch
        {
            File.Delete(name);
            throw;
        }
    }

    private void CopyLines(FileStream old)
    {
        var buffer = new char[4096];
        using var lines = new StreamReader(new RecordingGZipStream(old), Encoding.UTF8);
        // Its encoder keeps the first half of a character that the buffer ends with.
        using var copy = new StreamWriter(compressor!, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), buffer.Length, leaveOpen: true);
        var last = '\n';
        try
        {
            for (int count; (count = lines.Read(buffer, 0, buffer.Length)) > 0;)
            {
                copy.Write(buffer, 0, count);
                last = buffer[count - 1];
            }
        }
        catch (InvalidDataException)
        {
            WasTorn = true;
        }

        if (last != '\n')
        {
            WasTorn = true;
            copy.Write('\n');
        }
    }

    private void SetAside()
    {
        Close();
        var aside = NameAside(File.GetLastWriteTime(path));
        File.Move(path, aside);
        file = Open(FileMode.CreateNew);
        isCompressed = HasCompressedName;
        compressor = isCompressed ? new GZipStream(file, CompressionLevel.Optimal, leaveOpen: true) : null;
        day = DateTime.Now.Date;
    }

    // Names sort by the time of the last event, and before that of the file that is being written.
    private string NameAside(DateTime time)
    {
        var (stem, extension) = Split(path);
        string Name(string format) => $"{stem}.{time.ToString(format, CultureInfo.InvariantCulture)}{extension}";
        if (options.IsDaily && options.MaxBytes == 0 && !File.Exists(Name("yyyyMMdd")))
        {
            return Name("yyyyMMdd");
        }

        while (File.Exists(Name(TimeFormat)))
        {
            time = time.AddMilliseconds(1);
        }

        return Name(TimeFormat);
    }

    // run.jsonl.gz has the extension .jsonl.gz.
    private static (string Stem, string Extension) Split(string path)
    {
        var last = Path.GetExtension(path);
        var bare = path.Substring(0, path.Length - last.Length);
        var extension = last.Equals(".gz", StringComparison.OrdinalIgnoreCase) ? Path.GetExtension(bare) + last : last;
        return (path.Substring(0, path.Length - extension.Length), extension);
    }
}
