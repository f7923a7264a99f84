using System;
using System.Collections.Concurrent;
using System.IO;
using System.Linq;
using System.Net.Sockets;
using System.Runtime.Versioning;
using System.Threading;
using System.Threading.Tasks;
using SaltEvents.Core.Configuration;
using SaltEvents.Core.Protocols;
using SaltEvents.Core.Server;
using SaltEvents.Core.Tests.Support;
using SaltEvents.Core.Transport;
using Xunit;

namespace SaltEvents.Core.Tests.Server;

/// <summary>The files of a bus: whose they are from the first moment, and what was there before.</summary>
[UnsupportedOSPlatform("windows")]
[Collection(GlobalState.Name)]
public sealed class UnixFileTests : IDisposable
{
    private const UnixFileMode FileMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode DirectoryMode = FileMode | UnixFileMode.UserExecute;
    private readonly TemporaryDirectory directory = new();

    public void Dispose() => directory.Dispose();

    private static Task<EventBusServer> StartAsync(BusEndpoint endpoint) => EventBusServer.StartAsync(new EventBusServerOptions(endpoint));

    private static string PathOf(BusAddress address) => ((UnixBusAddress)address).Path;

    private BusEndpoint In(string name) => SocketNames.Master(directory.In(name));

    [Fact]
    public async Task Files_are_0600_and_their_directory_0700_whatever_the_umask()
    {
        var old = ProcessState.SetUmask(0);
        try
        {
            await using var bus = await StartAsync(In("a/b"));

            Assert.Equal(FileMode, File.GetUnixFileMode(PathOf(bus.Endpoint.Pub)));
            Assert.Equal(FileMode, File.GetUnixFileMode(PathOf(bus.Endpoint.Pull)));
            Assert.Equal(DirectoryMode, File.GetUnixFileMode(directory.In("a/b")));
            Assert.Equal(DirectoryMode, File.GetUnixFileMode(directory.In("a")));
        }
        finally
        {
            _ = ProcessState.SetUmask(old);
        }
    }

    [Fact]
    public async Task At_no_moment_can_another_account_reach_a_socket()
    {
        var endpoint = SocketNames.Master(directory.Path);
        var seen = new ConcurrentDictionary<string, bool>();
        using var over = new CancellationTokenSource();
        var old = ProcessState.SetUmask(0);
        try
        {
            File.SetUnixFileMode(directory.Path, (UnixFileMode)0x1FF);
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
                var entry in new DirectoryInfo(directory.Path)
                    .EnumerateFileSystemInfos("*", SearchOption.TopDirectoryOnly)
                    .Concat(new DirectoryInfo(directory.Path).EnumerateDirectories(".*"))
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
    public async Task Both_files_and_the_directories_made_for_them_are_gone_after_the_stop()
    {
        await using var bus = await StartAsync(In("a/b/c"));
        Assert.Equal(
            ["master_event_pub.ipc", "master_event_pull.ipc"],
            Directory.GetFileSystemEntries(directory.In("a/b/c")).Select(Path.GetFileName).Order()
        );

        await bus.DisposeAsync();

        Assert.Empty(Directory.GetFileSystemEntries(directory.Path));
    }

    [Fact]
    public async Task A_directory_that_was_there_stays_with_its_mode()
    {
        Directory.CreateDirectory(directory.In("mine"));
        File.SetUnixFileMode(directory.In("mine"), (UnixFileMode)0x1ED); // whatever the umask is
        await using var bus = await StartAsync(In("mine"));
        await bus.DisposeAsync();

        Assert.Equal((UnixFileMode)0x1ED, File.GetUnixFileMode(directory.In("mine")));
        Assert.Empty(Directory.GetFileSystemEntries(directory.In("mine")));
    }

    [Fact]
    public async Task A_directory_with_others_files_in_it_stays()
    {
        await using var bus = await StartAsync(In("shared"));
        await File.WriteAllTextAsync(directory.In("shared/notes"), "mine");
        await bus.DisposeAsync();

        Assert.Equal(directory.In("shared/notes"), Assert.Single(Directory.GetFileSystemEntries(directory.In("shared"))));
    }

    [Fact]
    public async Task A_socket_that_another_program_has_put_in_its_place_stays()
    {
        await using var bus = await StartAsync(SocketNames.Master(directory.Path));
        File.Delete(PathOf(bus.Endpoint.Pull)); // as a starting Salt does, which does not look whether the socket is in use
        var (listener, _) = RawPeer.Listen(bus.Endpoint.Pull);
        using (listener)
        {
            await bus.DisposeAsync();

            using var reaches = await RawPeer.ConnectAsync(bus.Endpoint.Pull);
        }
    }

    [Fact]
    public async Task A_directory_that_stays_does_not_keep_the_others()
    {
        await using var bus = await StartAsync(new BusEndpoint(In("a/b").Pub, In("c").Pull));
        await File.WriteAllTextAsync(directory.In("c/notes"), "mine");
        await bus.DisposeAsync();

        Assert.Equal(directory.In("c"), Assert.Single(Directory.GetFileSystemEntries(directory.Path)));
    }

    [Fact]
    public async Task If_one_directory_cannot_be_created_none_remains()
    {
        await BusError.ThrowsAsync(BusReason.AccessDenied, () => StartAsync(In("a/" + new string('d', 256) + "/b")));

        Assert.Empty(Directory.GetFileSystemEntries(directory.Path));
    }

    [Fact]
    public async Task A_link_that_leads_nowhere_is_an_error_and_left_alone()
    {
        var endpoint = SocketNames.Master(directory.Path);
        File.CreateSymbolicLink(PathOf(endpoint.Pub), directory.In("none"));

        var error = await BusError.ThrowsAsync(BusReason.InUse, () => StartAsync(endpoint));

        Assert.Contains("that path is a symbolic link, not a socket", error.Message, StringComparison.Ordinal);
        Assert.Equal(directory.In("none"), new FileInfo(PathOf(endpoint.Pub)).LinkTarget);
    }

    [Fact]
    public async Task A_dead_socket_is_replaced()
    {
        var endpoint = SocketNames.Master(directory.Path);
        foreach (var address in new[] { endpoint.Pub, endpoint.Pull })
        {
            // As a bus that was killed leaves it: .NET removes the file that it bound, so it is moved before.
            var (listener, _) = RawPeer.Listen(new UnixBusAddress(directory.In("old")));
            File.Move(directory.In("old"), PathOf(address));
            listener.Dispose();
            Assert.True(File.Exists(PathOf(address)));
        }

        await using var bus = await StartAsync(endpoint);
        using var subscriber = await RawPeer.ConnectAsync(endpoint.Pub);
        using var sender = await RawPeer.ConnectAsync(endpoint.Pull);
    }

    [Theory]
    [InlineData("master_event_pub.ipc")]
    [InlineData("master_event_pull.ipc")]
    public async Task Another_kind_of_file_is_an_error_and_left_alone(string name)
    {
        foreach (var content in new[] { "precious", string.Empty })
        {
            await File.WriteAllTextAsync(directory.In(name), content);

            var error = await BusError.ThrowsAsync(BusReason.InUse, () => StartAsync(SocketNames.Master(directory.Path)));

            Assert.Contains(directory.In(name), error.Message, StringComparison.Ordinal);
            Assert.Contains("not a socket", error.Message, StringComparison.Ordinal);
            Assert.Equal(content, await File.ReadAllTextAsync(directory.In(name)));
            Assert.Equal(directory.In(name), Assert.Single(Directory.GetFileSystemEntries(directory.Path)));
        }
    }

    [Fact]
    public async Task A_live_socket_that_accepts_nobody_is_left_alone()
    {
        var endpoint = SocketNames.Master(directory.Path);
        var (listener, _) = RawPeer.Listen(endpoint.Pub, backlog: 0);
        using (listener)
        {
            using var waits = await RawPeer.ConnectAsync(endpoint.Pub); // its queue is full now

            await BusError.ThrowsAsync(BusReason.InUse, () => StartAsync(endpoint));

            using var accepted = await RawPeer.AcceptAsync(listener);
            using var reaches = await RawPeer.ConnectAsync(endpoint.Pub);
        }
    }

    [Fact]
    public async Task A_live_socket_of_another_kind_is_left_alone()
    {
        var endpoint = SocketNames.Master(directory.Path);
        using var datagrams = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        datagrams.Bind(new UnixDomainSocketEndPoint(PathOf(endpoint.Pub)));

        await BusError.ThrowsAsync(BusReason.InUse, () => StartAsync(endpoint));

        Assert.True(File.Exists(PathOf(endpoint.Pub)));
    }

    [Fact]
    public async Task A_directory_in_the_place_of_the_socket_is_an_error()
    {
        Directory.CreateDirectory(directory.In("master_event_pull.ipc"));

        await BusError.ThrowsAsync(BusReason.AccessDenied, () => StartAsync(SocketNames.Master(directory.Path)));

        Assert.Equal(directory.In("master_event_pull.ipc"), Assert.Single(Directory.GetFileSystemEntries(directory.Path)));
    }

    [Fact]
    public async Task A_directory_that_cannot_be_made_is_an_error()
    {
        await File.WriteAllTextAsync(directory.In("file"), string.Empty);

        var error = await BusError.ThrowsAsync(BusReason.AccessDenied, () => StartAsync(In("file/dir")));

        Assert.Contains(directory.In("file/dir"), error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_path_that_is_too_long_is_an_error_that_leaves_no_directory()
    {
        var error = await Assert.ThrowsAnyAsync<SaltEventException>(() => StartAsync(In(new string('d', 100))));

        Assert.Contains("107", error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(directory.Path));
    }

    [Fact]
    public async Task A_bus_whose_directory_was_deleted_stops()
    {
        await using var bus = await StartAsync(In("gone"));
        using var subscriber = await RawPeer.ConnectAsync(bus.Endpoint.Pub);
        Directory.Delete(directory.In("gone"), recursive: true);

        await bus.DisposeAsync().AsTask().Soon();

        Assert.Null(await subscriber.ReadBodyAsync());
        await Eventually.True(() => !ProcessState.BusThreads.Any());
    }

    [Fact]
    public async Task Two_that_start_at_once_at_one_place_are_one_bus_and_one_error()
    {
        foreach (var i in Enumerable.Range(0, 20))
        {
            var endpoint = SocketNames.Master(directory.Path);
            var starts = Enumerable.Range(0, 2).Select(_ => Task.Run(() => StartAsync(endpoint))).ToArray();
            await Task.WhenAny(Task.WhenAll(starts));

            var bus = Assert.Single(starts, s => s.IsCompletedSuccessfully);
            BusError.Is(BusReason.InUse, Assert.Single(starts, s => s.IsFaulted).Exception!.InnerException);
            await (await bus).DisposeAsync();
        }
    }
}
