using System;
using System.IO;
using System.Linq;
using System.Net.Sockets;
using System.Runtime.Versioning;
using System.Threading;
using System.Threading.Tasks;
using SaltEvents.Core.Compat;
using SaltEvents.Core.Configuration;
using SaltEvents.Core.Tests.Support;
using SaltEvents.Core.Transport;
using Xunit;

namespace SaltEvents.Core.Tests.Server;

/// <summary>A bus whose files or directories cannot be created, and what is there instead.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class UnixFileConflictTests : UnixFileTestBase
{
    [Fact]
    public async Task A_link_without_a_target_is_an_error_and_stays()
    {
        var endpoint = SocketNames.Master(Root.Path);
        File.CreateSymbolicLink(PathOf(endpoint.Pub), Root.In("none"));

        var error = await BusError.ThrowsAsync(BusReason.InUse, () => StartAsync(endpoint));

        Assert.Contains("that path is a symbolic link, not a socket", error.Message, StringComparison.Ordinal);
        Assert.Equal(Root.In("none"), new FileInfo(PathOf(endpoint.Pub)).LinkTarget);
    }

    [Fact]
    public async Task A_dead_socket_is_replaced()
    {
        var endpoint = SocketNames.Master(Root.Path);
        foreach (var address in new[] { endpoint.Pub, endpoint.Pull })
        {
            // As a bus that was killed leaves it: .NET removes the file that it bound, so it is moved before.
            var (listener, _) = RawPeer.Listen(new UnixBusAddress(Root.In("old")));
            File.Move(Root.In("old"), PathOf(address));
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
    public async Task Another_kind_of_file_is_an_error_and_stays(string name)
    {
        foreach (var content in new[] { "precious", string.Empty })
        {
            await File.WriteAllTextAsync(Root.In(name), content);

            var error = await BusError.ThrowsAsync(BusReason.InUse, () => StartAsync(SocketNames.Master(Root.Path)));

            Assert.Contains(Root.In(name), error.Message, StringComparison.Ordinal);
            Assert.Contains("not a socket", error.Message, StringComparison.Ordinal);
            Assert.Equal(content, await File.ReadAllTextAsync(Root.In(name)));
            Assert.Equal(Root.In(name), Assert.Single(Directory.GetFileSystemEntries(Root.Path)));
        }
    }

    [Fact]
    public async Task A_live_socket_that_accepts_nobody_stays()
    {
        var endpoint = SocketNames.Master(Root.Path);
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
    public async Task A_live_socket_of_another_kind_stays()
    {
        var endpoint = SocketNames.Master(Root.Path);
        using var datagrams = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        datagrams.Bind(new UnixDomainSocketEndPoint(PathOf(endpoint.Pub)));

        await BusError.ThrowsAsync(BusReason.InUse, () => StartAsync(endpoint));

        Assert.True(File.Exists(PathOf(endpoint.Pub)));
    }

    [Fact]
    public async Task A_directory_in_the_place_of_the_socket_is_an_error()
    {
        Directory.CreateDirectory(Root.In("master_event_pull.ipc"));

        await BusError.ThrowsAsync(BusReason.AccessDenied, () => StartAsync(SocketNames.Master(Root.Path)));

        Assert.Equal(Root.In("master_event_pull.ipc"), Assert.Single(Directory.GetFileSystemEntries(Root.Path)));
    }

    [Fact]
    public async Task A_directory_that_cannot_be_created_is_an_error()
    {
        await File.WriteAllTextAsync(Root.In("file"), string.Empty);

        var error = await BusError.ThrowsAsync(BusReason.AccessDenied, () => StartAsync(In("file/dir")));

        Assert.Contains(Root.In("file/dir"), error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_path_that_is_too_long_is_an_error_that_leaves_no_directory()
    {
        var error = await Assert.ThrowsAnyAsync<SaltEventException>(() => StartAsync(In(new string('d', 100))));

        Assert.Contains("107", error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(Root.Path));
    }

    [Fact]
    public async Task Of_two_files_that_take_one_name_at_once_one_gets_it()
    {
        var name = Root.In("name");
        foreach (var i in Enumerable.Range(0, 1000))
        {
            using var start = new Barrier(2);
            var moves = Enumerable.Range(0, 2).Select(n => Task.Run(() =>
            {
                var file = Root.In($"{n}");
                File.WriteAllText(file, string.Empty);
                start.SignalAndWait();
                UnixFiles.MoveNew(file, name);
            })).ToArray();
            await Task.WhenAny(Task.WhenAll(moves));

            _ = Assert.Single(moves, m => m.IsCompletedSuccessfully);
            Assert.IsAssignableFrom<IOException>(Assert.Single(moves, m => m.IsFaulted).Exception!.InnerException);
            File.Delete(name);
        }
    }

    [Fact]
    public async Task Of_two_buses_that_start_at_once_in_one_place_one_is_an_error()
    {
        foreach (var i in Enumerable.Range(0, 20))
        {
            var endpoint = SocketNames.Master(Root.Path);
            var starts = Enumerable.Range(0, 2).Select(_ => Task.Run(() => StartAsync(endpoint))).ToArray();
            await Task.WhenAny(Task.WhenAll(starts));

            var bus = Assert.Single(starts, s => s.IsCompletedSuccessfully);
            BusError.Is(BusReason.InUse, Assert.Single(starts, s => s.IsFaulted).Exception!.InnerException);
            await (await bus).DisposeAsync();
        }
    }

    [Fact]
    public async Task If_one_directory_cannot_be_created_none_remains()
    {
        await BusError.ThrowsAsync(BusReason.AccessDenied, () => StartAsync(In("a/" + new string('d', 256) + "/b")));

        Assert.Empty(Directory.GetFileSystemEntries(Root.Path));
    }
}
