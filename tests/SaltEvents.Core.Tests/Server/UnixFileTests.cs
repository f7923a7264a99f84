using System.Collections.Concurrent;
using System.IO;
using System.Linq;
using System.Runtime.Versioning;
using System.Threading;
using System.Threading.Tasks;
using SaltEvents.Core.Configuration;
using SaltEvents.Core.Protocols;
using SaltEvents.Core.Tests.Support;
using Xunit;

namespace SaltEvents.Core.Tests.Server;

/// <summary>The files of a bus: who can reach them, and what remains of them after it.</summary>
[UnsupportedOSPlatform("windows")]
[Collection(GlobalState.Name)]
public sealed class UnixFileTests : UnixFileTestBase
{
    private const UnixFileMode FileMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode DirectoryMode = FileMode | UnixFileMode.UserExecute;

    [Fact]
    public async Task Files_are_0600_and_their_directory_0700_whatever_the_umask()
    {
        var old = ProcessState.SetUmask(0);
        try
        {
            await using var bus = await StartAsync(In("a/b"));

            Assert.Equal(FileMode, File.GetUnixFileMode(PathOf(bus.Endpoint.Pub)));
            Assert.Equal(FileMode, File.GetUnixFileMode(PathOf(bus.Endpoint.Pull)));
            Assert.Equal(DirectoryMode, File.GetUnixFileMode(Root.In("a/b")));
            Assert.Equal(DirectoryMode, File.GetUnixFileMode(Root.In("a")));
        }
        finally
        {
            _ = ProcessState.SetUmask(old);
        }
    }

    [Fact]
    public async Task Another_account_can_never_reach_a_socket()
    {
        var endpoint = SocketNames.Master(Root.Path);
        var seen = new ConcurrentDictionary<string, bool>();
        using var over = new CancellationTokenSource();
        var old = ProcessState.SetUmask(0);
        try
        {
            File.SetUnixFileMode(Root.Path, (UnixFileMode)0x1FF);
            var watching = Task.WhenAll(
                Enumerable.Range(0, 2).Select(_ => Task.Factory.StartNew(() => Watch(seen, over.Token), TaskCreationOptions.LongRunning))
            );
            foreach (var i in Enumerable.Range(0, 50))
            {
                await using var bus = await StartAsync(endpoint);
            }

            await over.CancelAsync();
            await watching.Soon();
        }
        finally
        {
            _ = ProcessState.SetUmask(old);
        }

        Assert.NotEmpty(seen);
        Assert.All(seen.Keys, s => Assert.Contains(s, new[] { $"file {FileMode}", $"directory {DirectoryMode}" }));
    }

    private void Watch(ConcurrentDictionary<string, bool> seen, CancellationToken over)
    {
        while (!over.IsCancellationRequested)
        {
            foreach (
                var entry in new DirectoryInfo(Root.Path)
                    .EnumerateFileSystemInfos("*", SearchOption.TopDirectoryOnly)
                    .Concat(new DirectoryInfo(Root.Path).EnumerateDirectories(".*"))
            )
            {
                try
                {
                    seen[$"{(Directory.Exists(entry.FullName) ? "directory" : "file")} {File.GetUnixFileMode(entry.FullName)}"] = true;
                }
                catch (IOException)
                {
                    // Gone already.
                }
            }
        }
    }

    [Fact]
    public async Task Both_files_and_the_directories_created_for_them_are_gone_after_the_stop()
    {
        await using var bus = await StartAsync(In("a/b/c"));
        Assert.Equal(
            ["master_event_pub.ipc", "master_event_pull.ipc"],
            Directory.GetFileSystemEntries(Root.In("a/b/c")).Select(Path.GetFileName).Order()
        );

        await bus.DisposeAsync();

        Assert.Empty(Directory.GetFileSystemEntries(Root.Path));
    }

    [Fact]
    public async Task An_existing_directory_stays_with_its_mode()
    {
        Directory.CreateDirectory(Root.In("mine"));
        File.SetUnixFileMode(Root.In("mine"), (UnixFileMode)0x1ED); // whatever the umask is
        await using var bus = await StartAsync(In("mine"));
        await bus.DisposeAsync();

        Assert.Equal((UnixFileMode)0x1ED, File.GetUnixFileMode(Root.In("mine")));
        Assert.Empty(Directory.GetFileSystemEntries(Root.In("mine")));
    }

    [Fact]
    public async Task A_directory_with_other_files_in_it_stays()
    {
        await using var bus = await StartAsync(In("shared"));
        await File.WriteAllTextAsync(Root.In("shared/notes"), "mine");
        await bus.DisposeAsync();

        Assert.Equal(Root.In("shared/notes"), Assert.Single(Directory.GetFileSystemEntries(Root.In("shared"))));
    }

    [Fact]
    public async Task A_socket_that_another_program_has_put_in_its_place_stays()
    {
        await using var bus = await StartAsync(SocketNames.Master(Root.Path));
        File.Delete(PathOf(bus.Endpoint.Pull)); // as a starting Salt does, which does not look whether the socket is in use
        var (listener, _) = RawPeer.Listen(bus.Endpoint.Pull);
        using (listener)
        {
            await bus.DisposeAsync();

            using var reaches = await RawPeer.ConnectAsync(bus.Endpoint.Pull);
        }
    }

    [Fact]
    public async Task A_directory_that_stays_does_not_keep_the_other_one()
    {
        await using var bus = await StartAsync(new BusEndpoint(In("a/b").Pub, In("c").Pull));
        await File.WriteAllTextAsync(Root.In("c/notes"), "mine");
        await bus.DisposeAsync();

        Assert.Equal(Root.In("c"), Assert.Single(Directory.GetFileSystemEntries(Root.Path)));
    }

    [Fact]
    public async Task A_bus_whose_directory_was_deleted_stops()
    {
        await using var bus = await StartAsync(In("gone"));
        using var subscriber = await RawPeer.ConnectAsync(bus.Endpoint.Pub);
        Directory.Delete(Root.In("gone"), recursive: true);

        await bus.DisposeAsync().AsTask().Soon();

        Assert.Null(await subscriber.ReadBodyAsync());
        await Eventually.True(() => !ProcessState.BusThreads.Any());
    }
}
