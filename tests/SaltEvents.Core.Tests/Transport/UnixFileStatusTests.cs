using System;
using System.IO;
using System.Runtime.Versioning;
using SaltEvents.Core.Tests.Support;
using SaltEvents.Core.Transport;
using Xunit;

namespace SaltEvents.Core.Tests.Transport;

/// <summary>Owner, mode and kind of a file, and how they explain a denied access.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class UnixFileStatusTests : IDisposable
{
    private readonly TemporaryDirectory directory = new();

    public void Dispose() => directory.Dispose();

    [Fact]
    public void A_hidden_file_is_explained_by_the_last_visible_directory()
    {
        File.SetUnixFileMode(directory.Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

        var text = UnixFileStatus.ExplainDenied(directory.In("hidden/master_event_pub.ipc"));

        Assert.Contains($"the directory {directory.Path} belongs to {Environment.UserName}:", text, StringComparison.Ordinal);
        Assert.Contains("mode 0700", text, StringComparison.Ordinal);
        Assert.Contains("sudo -u " + Environment.UserName, text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("plain")]
    [InlineData("with space")]
    [InlineData("with \"quotes\"")]
    [InlineData("back\\slash")]
    [InlineData("ends in \\")]
    [InlineData("a\\\"b")]
    [InlineData("-c")]
    [InlineData("$HOME;`x`'y'")]
    public void The_status_of_a_file_with_any_name_is_found(string name)
    {
        File.WriteAllText(directory.In(name), "x");
        File.SetUnixFileMode(directory.In(name), UnixFileMode.UserRead);

        var status = UnixFileStatus.Read(directory.In(name));

        Assert.Equal(("0400", "regular file", false), (status!.Mode, status.Kind, status.IsSocket));
    }

    [Fact]
    public void The_status_has_the_names_of_owner_and_group_and_follows_links_unless_asked_not_to()
    {
        File.WriteAllText(directory.In("file"), "x");
        File.CreateSymbolicLink(directory.In("link"), directory.In("file"));

        Assert.Equal(
            ("regular file", Environment.UserName),
            (UnixFileStatus.Read(directory.In("link"))!.Kind, UnixFileStatus.Read(directory.In("link"))!.Owner)
        );
        Assert.True(UnixFileStatus.ReadLink(directory.In("link"))!.IsLink);
        Assert.Equal(
            ("directory", "root", "root"),
            (
                UnixFileStatus.Read("/")!.Kind,
                UnixFileStatus.Read("/")!.Owner,
                OperatingSystem.IsMacOS() ? "root" : UnixFileStatus.Read("/")!.Group
            )
        );
        Assert.Null(UnixFileStatus.Read("a\0b"));
        Assert.Equal("4294967294", Compat.UnixAccounts.UserName(4294967294)); // nobody has it
        Assert.Equal("4294967294", Compat.UnixAccounts.GroupName(4294967294));
    }

    [Fact]
    public void A_socket_is_known_as_one()
    {
        var (listener, _) = RawPeer.Listen(new UnixBusAddress(directory.In("s")));
        using (listener)
        {
            Assert.True(UnixFileStatus.Read(directory.In("s"))!.IsSocket);
            Assert.Null(UnixFileStatus.Read(directory.In("nothing")));
        }
    }
}
