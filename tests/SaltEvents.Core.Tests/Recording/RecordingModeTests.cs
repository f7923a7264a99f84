using System;
using System.IO;
using SaltEvents.Core.Recording;
using SaltEvents.Core.Tests.Support;
using Xunit;

namespace SaltEvents.Core.Tests.Recording;

public sealed class RecordingModeTests
{
    [SkippableFact]
    public void A_new_file_is_only_for_its_owner_and_an_old_one_keeps_its_mode()
    {
        Skip.If(OperatingSystem.IsWindows(), "Windows files have no mode");
        if (!OperatingSystem.IsWindows())
        {
            using var directory = new TemporaryDirectory();
            new RecordingWriter(directory.In("new"), new RecordingOptions()).Dispose();
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(directory.In("new")));
            const UnixFileMode Shared = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead;
            File.SetUnixFileMode(directory.In("new"), Shared);
            new RecordingWriter(directory.In("new"), new RecordingOptions { Appends = true }).Dispose();
            Assert.Equal(Shared, File.GetUnixFileMode(directory.In("new")));
        }
    }

    [SkippableFact]
    public void A_file_that_is_read_through_a_link_is_not_written()
    {
        Skip.If(OperatingSystem.IsWindows(), "Windows allows links only to administrators");
        using var directory = new TemporaryDirectory();
        Write(directory.In("run.jsonl"));
        File.CreateSymbolicLink(directory.In("link.jsonl"), "run.jsonl");
        var size = new FileInfo(directory.In("run.jsonl")).Length;
        using (OpenRecordings.Reading(directory.In("link.jsonl")))
        {
            Assert.Throws<IOException>(() => Write(directory.In("run.jsonl")));
        }

        Assert.Equal(size, new FileInfo(directory.In("run.jsonl")).Length);
    }

    [SkippableFact]
    public void A_compressed_file_keeps_its_mode_and_its_links_when_it_is_continued()
    {
        Skip.If(OperatingSystem.IsWindows(), "Windows files have no mode");
        if (!OperatingSystem.IsWindows())
        {
            using var directory = new TemporaryDirectory();
            var file = directory.In("run.jsonl.gz");
            Write(file);
            const UnixFileMode Shared = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead;
            File.SetUnixFileMode(file, Shared);
            var size = new FileInfo(file).Length;
            File.CreateSymbolicLink(directory.In("link.jsonl.gz"), "run.jsonl.gz");
            Write(directory.In("link.jsonl.gz"));
            Assert.Equal("run.jsonl.gz", new FileInfo(directory.In("link.jsonl.gz")).LinkTarget);
            Assert.NotEqual(size, new FileInfo(file).Length);
            Assert.Equal(Shared, File.GetUnixFileMode(file));
        }
    }

    private static void Write(string file)
    {
        using var writer = new RecordingWriter(file, new RecordingOptions { Appends = true });
        writer.Write("{\"tag\":\"a\",\"data\":{}}\n"u8.ToArray());
    }
}
