using System;
using System.IO;
using System.Net.Sockets;
using System.Runtime.Versioning;
using System.Threading.Tasks;
using SaltEvents.Core.Server;
using SaltEvents.Core.Tests.Support;
using SaltEvents.Core.Transport;
using Xunit;

namespace SaltEvents.Core.Tests.Server;

/// <summary>What killed processes left behind is removed, and nothing else.</summary>
[UnsupportedOSPlatform("windows")]
[Collection(GlobalState.Name)]
public sealed class TemporarySocketDirectoryTests : IDisposable
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private readonly TemporaryDirectory temporary = new();
    private readonly string? before = Environment.GetEnvironmentVariable("TMPDIR");

    public TemporarySocketDirectoryTests() => Environment.SetEnvironmentVariable("TMPDIR", temporary.Path);

    public void Dispose()
    {
        Environment.SetEnvironmentVariable("TMPDIR", before);
        temporary.Dispose();
    }

    [Fact]
    public async Task A_place_that_does_not_exist_is_an_error_that_says_what_to_do()
    {
        Environment.SetEnvironmentVariable("TMPDIR", temporary.In("missing"));

        var error = await BusError.ThrowsAsync(BusReason.AccessDenied, () => TemporarySocketDirectory.CreateAsync(default));

        Assert.Contains($"cannot be created in {temporary.In("missing")}", error.Message, StringComparison.Ordinal);
        Assert.EndsWith(
            "Set TMPDIR to a directory that this account may write to, or name one with -SockDir.",
            error.Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_relative_place_does_not_depend_on_the_current_directory_later()
    {
        Environment.SetEnvironmentVariable("TMPDIR", Path.GetRelativePath(Environment.CurrentDirectory, temporary.Path));

        using var made = await TemporarySocketDirectory.CreateAsync(default);

        Assert.Equal(temporary.Path, Path.GetDirectoryName(made.Path));
    }

    [Fact]
    public async Task A_directory_whose_process_has_gone_is_removed()
    {
        var left = MakeLeft("saltevents-left");
        Directory.CreateDirectory(Path.Combine(left, ".abcdef"), Private); // where a socket was being made

        using var made = await TemporarySocketDirectory.CreateAsync(default);

        Assert.False(Directory.Exists(left));
        Assert.Equal(Private, File.GetUnixFileMode(made.Path));
    }

    [Fact]
    public async Task The_directory_of_a_live_process_stays_even_if_its_sockets_do_not_answer()
    {
        using var first = await TemporarySocketDirectory.CreateAsync(default);
        LeaveSocket(first.Path);

        using var second = await TemporarySocketDirectory.CreateAsync(default);

        Assert.True(Directory.Exists(first.Path));
        Assert.NotEqual(first.Path, second.Path);
    }

    [Fact]
    public async Task A_directory_with_a_live_socket_stays_even_if_its_lock_is_free()
    {
        var other = Make("saltevents-other");
        File.WriteAllText(Path.Combine(other, ".lock"), string.Empty);
        using var live = Listen(other);

        using var made = await TemporarySocketDirectory.CreateAsync(default);

        Assert.True(File.Exists(Path.Combine(other, "master_event_pub.ipc")));
    }

    [Fact]
    public async Task A_directory_that_is_being_created_or_only_has_such_a_name_stays()
    {
        var starting = Make("saltevents-starting");
        var other = Make("saltevents-mine");
        LeaveSocket(other);

        using var made = await TemporarySocketDirectory.CreateAsync(default);

        Assert.True(Directory.Exists(starting));
        Assert.NotEmpty(Directory.GetFiles(other));
    }

    [Fact]
    public async Task A_directory_that_others_may_write_to_or_behind_a_link_stays()
    {
        var open = MakeLeft("saltevents-open");
        File.SetUnixFileMode(open, Private | UnixFileMode.OtherWrite);
        var elsewhere = MakeLeft("elsewhere");
        Directory.CreateSymbolicLink(temporary.In("saltevents-link"), elsewhere);

        using var made = await TemporarySocketDirectory.CreateAsync(default);

        Assert.NotEmpty(Directory.GetFiles(open));
        Assert.NotEmpty(Directory.GetFiles(elsewhere));
    }

    [Fact]
    public async Task A_link_in_it_is_removed_and_not_followed()
    {
        var elsewhere = Make("elsewhere");
        File.WriteAllText(Path.Combine(elsewhere, "file"), "text");
        var left = MakeLeft("saltevents-left");
        Directory.CreateSymbolicLink(Path.Combine(left, "link"), elsewhere);

        using var made = await TemporarySocketDirectory.CreateAsync(default);

        Assert.False(Directory.Exists(left));
        Assert.True(File.Exists(Path.Combine(elsewhere, "file")));
    }

    [Fact]
    public async Task Many_start_at_once_and_none_removes_anothers()
    {
        for (var round = 0; round < 20; round++)
        {
            MakeLeft("saltevents-left");

            var made = await Task.WhenAll(
                Array.ConvertAll(new int[20], _ => Task.Run(() => TemporarySocketDirectory.CreateAsync(default)))
            );

            Assert.All(made, m => Assert.True(File.Exists(Path.Combine(m.Path, ".lock"))));
            Array.ForEach(made, m => m.Dispose());
            Assert.Empty(Directory.GetFileSystemEntries(temporary.Path));
        }
    }

    private string Make(string name) => Directory.CreateDirectory(temporary.In(name), Private).FullName;

    private string MakeLeft(string name)
    {
        var directory = Make(name);
        File.WriteAllText(Path.Combine(directory, ".lock"), string.Empty);
        LeaveSocket(directory);
        return directory;
    }

    // As a killed process leaves it: the file stays and nothing listens.
    private static void LeaveSocket(string directory) => Listen(directory).Dispose();

    private static Socket Listen(string directory)
    {
        var path = Path.Combine(directory, "master_event_pub.ipc");
        var born = Path.Combine(directory, "s"); // closing a socket of .NET removes the file at the path that it was bound to
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(born));
        socket.Listen();
        File.Move(born, path);
        return socket;
    }
}
