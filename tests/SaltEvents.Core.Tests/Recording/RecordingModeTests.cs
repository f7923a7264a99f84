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
