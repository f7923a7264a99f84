using System;
using System.IO;
using System.IO.Compression;
using System.Linq;
using System.Text;
using SaltEvents.Core.Recording;
using SaltEvents.Core.Tests.Support;
using Xunit;

namespace SaltEvents.Core.Tests.Recording;

/// <summary>The file of a recording: what is on the disk after each line, and what happens to a file that is there.</summary>
public sealed class RecordingWriterTests : IDisposable
{
    private readonly TemporaryDirectory directory = new();

    public void Dispose() => directory.Dispose();

    [Theory]
    [InlineData("run.jsonl")]
    [InlineData("run.jsonl.gz")]
    public void A_line_is_on_the_disk_once_it_was_written(string name)
    {
        using var writer = new RecordingWriter(At(name), new RecordingOptions());
        for (var i = 0; i < 3; i++)
        {
            writer.Write(Line(i));
            Assert.Equal(Enumerable.Range(0, i + 1), Read(name));
        }
    }

    [Theory]
    [InlineData("run.jsonl")]
    [InlineData("run.jsonl.gz")]
    public void Appending_keeps_what_is_there(string name)
    {
        Write(name, new RecordingOptions(), 0, 1);
        Write(name, new RecordingOptions { Appends = true }, 2);
        Write(name, new RecordingOptions { Appends = true }, 3);
        Assert.Equal([0, 1, 2, 3], Read(name));
        Assert.Equal(name, Assert.Single(Directory.GetFiles(directory.Path).Select(Path.GetFileName)));
        Write(name, new RecordingOptions(), 4);
        Assert.Equal([4], Read(name));
    }

    [Theory]
    [InlineData("run.jsonl", true)]
    [InlineData("run.jsonl", false)]
    [InlineData("run.jsonl.gz", true)]
    [InlineData("run.jsonl.gz", false)]
    public void A_file_has_one_writer(string name, bool appends)
    {
        using (var writer = new RecordingWriter(At(name), new RecordingOptions()))
        {
            writer.Write(Line(0));
            Assert.Throws<IOException>(() => Write(name, new RecordingOptions { Appends = appends }, 9));
            writer.Write(Line(1));
        }

        Write(name, new RecordingOptions { Appends = true }, 2);
        Assert.Equal([0, 1, 2], Read(name));
    }

    [Theory]
    [InlineData("run.jsonl", true)]
    [InlineData("run.jsonl", false)]
    [InlineData("run.jsonl.gz", true)]
    [InlineData("run.jsonl.gz", false)]
    public void A_file_that_is_being_read_is_not_written(string name, bool appends)
    {
        Write(name, new RecordingOptions(), 0, 1);
        using (OpenRecordings.Reading(At(name)))
        {
            Assert.Throws<IOException>(() => Write(name, new RecordingOptions { Appends = appends }, 9));
        }

        Assert.Equal([0, 1], Read(name));
        Write(name, new RecordingOptions { Appends = true }, 2);
        Assert.Equal([0, 1, 2], Read(name));
    }

    [Theory]
    [InlineData("run.jsonl", "text.jsonl.gz")]
    [InlineData("run.jsonl.gz", "compressed.jsonl")]
    public void Appended_events_have_the_form_of_the_existing_file(string name, string other)
    {
        Write(name, new RecordingOptions(), 0, 1);
        File.Move(At(name), At(other));
        Write(other, new RecordingOptions { Appends = true }, 2);
        File.Move(At(other), At(name));
        Assert.Equal([0, 1, 2], Read(name));
    }

    [Theory]
    [InlineData("utf-16")]
    [InlineData("utf-16BE")]
    [InlineData("utf-32")]
    [InlineData("utf-32BE")]
    public void Text_that_is_not_UTF8_is_not_continued(string encoding)
    {
        File.WriteAllText(At("run.jsonl"), "{\"tag\":\"0\",\"data\":{}}\n", Encoding.GetEncoding(encoding));
        var before = File.ReadAllBytes(At("run.jsonl"));
        Assert.Throws<IOException>(() => Write("run.jsonl", new RecordingOptions { Appends = true }, 1));
        Assert.Equal(before, File.ReadAllBytes(At("run.jsonl")));
    }

    [Fact]
    public void A_torn_line_is_closed_before_others_follow()
    {
        File.WriteAllText(At("run.jsonl"), "{\"tag\":\"0\",\"data\":{}}\n{\"tag\":\"1\",\"da");
        using (var writer = new RecordingWriter(At("run.jsonl"), new RecordingOptions { Appends = true }))
        {
            Assert.True(writer.WasTorn);
            writer.Write(Line(2));
        }

        Assert.Equal([0, 2], Read("run.jsonl"));
    }

    [Fact]
    public void A_compressed_file_whose_writer_was_killed_can_be_continued()
    {
        Write("run.jsonl.gz", new RecordingOptions(), 0, 1, 2);
        var whole = File.ReadAllBytes(At("run.jsonl.gz"));
        for (var length = 1; length < whole.Length; length++)
        {
            File.WriteAllBytes(At("run.jsonl.gz"), whole.AsSpan(0, length).ToArray());
            Write("run.jsonl.gz", new RecordingOptions { Appends = true }, 7);
            var read = Read("run.jsonl.gz");
            Assert.Equal(7, read[^1]);
            Assert.Equal(Enumerable.Range(0, read.Length - 1), read[..^1]);
        }
    }

    // Others write characters outside the basic plane as they are.
    [Fact]
    public void No_character_is_damaged_when_a_compressed_file_is_continued()
    {
        var text = string.Concat(Enumerable.Range(0, 20_000).Select(i => new string('x', i % 7) + "\U0001F600\n"));
        using (var compressor = new GZipStream(File.Create(At("run.jsonl.gz")), CompressionMode.Compress))
        {
            compressor.Write(Encoding.UTF8.GetBytes(text), 0, Encoding.UTF8.GetByteCount(text));
        }

        Write("run.jsonl.gz", new RecordingOptions { Appends = true }, 7);
        using var reader = new StreamReader(new GZipStream(File.OpenRead(At("run.jsonl.gz")), CompressionMode.Decompress));
        Assert.Equal(text + Encoding.UTF8.GetString(Line(7)), reader.ReadToEnd());
    }

    [Theory]
    [InlineData("run.jsonl")]
    [InlineData("run.jsonl.gz")]
    public void A_full_file_is_set_aside_and_nothing_is_lost(string name)
    {
        Write(name, new RecordingOptions { MaxBytes = 100 }, [.. Enumerable.Range(0, 40)]);
        var files = Directory.GetFiles(directory.Path).Select(f => Path.GetFileName(f)!).ToArray();
        Assert.True(files.Length > 2);
        Assert.All(
            files,
            f => Assert.True(f.StartsWith("run.", StringComparison.Ordinal) && f.EndsWith(name[3..], StringComparison.Ordinal), f)
        );
        Assert.Equal(Enumerable.Range(0, 40), files.SelectMany(f => Read(f)).Order());
        if (name == "run.jsonl")
        {
            Assert.All(files, f => Assert.True(new FileInfo(At(f)).Length <= 100));
        }
    }

    [Fact]
    public void A_file_of_another_day_is_set_aside()
    {
        Write("run.jsonl", new RecordingOptions(), 0);
        File.SetLastWriteTime(At("run.jsonl"), new DateTime(2020, 1, 2, 3, 4, 5, DateTimeKind.Local));
        Write("run.jsonl", new RecordingOptions { Appends = true, IsDaily = true }, 1, 2);
        Assert.Equal([1, 2], Read("run.jsonl"));
        Assert.Equal([0], Read("run.20200102.jsonl"));
    }

    [Fact]
    public void A_file_that_is_there_can_be_kept()
    {
        Write("run.jsonl", new RecordingOptions(), 0);
        Assert.Throws<IOException>(() => new RecordingWriter(At("run.jsonl"), new RecordingOptions { KeepsExisting = true }).Dispose());
        Assert.Equal([0], Read("run.jsonl"));
    }

    private string At(string name) => Path.Combine(directory.Path, name);

    private static byte[] Line(int number) => Encoding.UTF8.GetBytes($"{{\"tag\":\"{number}\",\"data\":{{}}}}\n");

    private void Write(string name, RecordingOptions options, params int[] numbers)
    {
        using var writer = new RecordingWriter(At(name), options);
        foreach (var number in numbers)
        {
            writer.Write(Line(number));
        }
    }

    private int[] Read(string name)
    {
        using var file = new FileStream(At(name), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using Stream stream = name.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(file, CompressionMode.Decompress) : file;
        return RecordingReader
            .Read(new Available(stream))
            .Where(i => !i.IsTorn)
            .Select(i => int.Parse(EventLine.Read(i.Json, i.Tag, out _).Tag, provider: null))
            .ToArray();
    }

    // A compressed file that is still being written has no end yet.
    private sealed class Available(Stream inner) : MemoryStream(All(inner))
    {
        private static byte[] All(Stream stream)
        {
            using var copy = new MemoryStream();
            try
            {
                stream.CopyTo(copy, 16);
            }
            catch (InvalidDataException)
            {
                // What was there has been copied.
            }

            return copy.ToArray();
        }
    }
}
