using System;
using System.IO;
using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;
using System.Threading;
using System.Threading.Tasks;
using SaltEvents.Core.Tests.Support;
using SaltEvents.Core.Transport;
using SaltEvents.Tests;
using Xunit;

namespace SaltEvents.Core.Tests.Transport;

/// <summary>Connecting to a bus, and the error that explains why it cannot be reached.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class BusConnectorTests : IDisposable
{
    private const uint Nobody = 65534;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);
    private readonly TemporaryDirectory directory = new();

    public void Dispose() => directory.Dispose();

    private static Task<SocketConnection> ConnectAsync(BusAddress address, TimeSpan? timeout = null, CancellationToken token = default) =>
        BusConnector.ConnectAsync(address, timeout ?? Limit, token);

    private UnixBusAddress In(string name) => new(directory.In(name));

    [Fact]
    public async Task A_missing_socket_file_is_named_with_its_path()
    {
        var error = await BusError.ThrowsAsync(BusReason.NotFound, () => ConnectAsync(In("none.ipc")));

        Assert.Equal($"There is no Salt event bus at {directory.In("none.ipc")}: the socket file does not exist.", error.Message);
        Assert.Equal(In("none.ipc"), error.Address);
        Assert.IsType<SocketException>(error.InnerException);
    }

    [Fact]
    public async Task A_missing_directory_is_reported_like_a_missing_file() =>
        Assert.Contains(
            "does not exist",
            (await BusError.ThrowsAsync(BusReason.NotFound, () => ConnectAsync(In("no/such/dir.ipc")))).Message,
            StringComparison.Ordinal
        );

    [Fact]
    public async Task A_link_without_a_target_is_named_with_the_missing_path()
    {
        File.CreateSymbolicLink(directory.In("link.ipc"), directory.In("none.ipc"));

        var error = await BusError.ThrowsAsync(BusReason.NotFound, () => ConnectAsync(In("link.ipc")));

        Assert.Equal(
            $"There is no Salt event bus at {directory.In("link.ipc")}: it is a symbolic link to {directory.In("none.ipc")}, which does not exist.",
            error.Message
        );
    }

    [Fact]
    public void A_bus_behind_a_link_is_identified_by_its_own_socket()
    {
        File.WriteAllText(directory.In("bus.ipc"), string.Empty);
        File.CreateSymbolicLink(directory.In("link.ipc"), directory.In("bus.ipc"));
        var before = BusIdentity.Find(In("link.ipc"));
        File.SetLastWriteTimeUtc(directory.In("bus.ipc"), new DateTime(2030, 1, 1, 0, 0, 0, DateTimeKind.Utc));

        Assert.NotNull(before);
        Assert.NotEqual(before, BusIdentity.Find(In("link.ipc")));
        Assert.Equal(BusIdentity.Find(In("bus.ipc")), BusIdentity.Find(In("link.ipc")));
    }

    [Fact]
    public async Task A_socket_file_without_a_listener_is_not_reported_as_missing()
    {
        var (listener, _) = RawPeer.Listen(In("a"));
        File.Move(directory.In("a"), directory.In("dead.ipc"));
        listener.Dispose();

        var error = await BusError.ThrowsAsync(BusReason.NotFound, () => ConnectAsync(In("dead.ipc")));

        Assert.Contains("nothing listens on it", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refused_port_is_named()
    {
        var (listener, address) = RawPeer.Listen(new TcpBusAddress(TcpBusAddress.Loopback, 0));
        listener.Dispose();

        var error = await BusError.ThrowsAsync(BusReason.NotFound, () => ConnectAsync(address));

        Assert.Equal($"There is no Salt event bus at {address}: nothing listens on that port.", error.Message);
    }

    // The resolver refuses a longer name than 255 characters in a way of its own.
    public static TheoryData<string> UnknownHosts => ["no-such-host.invalid", new string('x', 300)];

    [Theory]
    [MemberData(nameof(UnknownHosts))]
    public async Task An_unknown_host_is_named(string host)
    {
        var error = await BusError.ThrowsAsync(BusReason.NotFound, () => ConnectAsync(new TcpBusAddress(host, 4510)));

        Assert.Contains($"{host}:4510: the host name is not known", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_path_that_is_too_long_is_explained()
    {
        var error = await BusError.ThrowsAsync(BusReason.NotFound, () => ConnectAsync(In(new string('ä', 50))));

        Assert.Contains("the system allows 107 at most", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_path_of_the_greatest_length_is_accepted()
    {
        var address = In(new string('x', UnixBusAddress.MaxPathBytes - directory.Path.Length - 1));
        var (listener, _) = RawPeer.Listen(address);
        using (listener)
        {
            using var connection = await ConnectAsync(address);
            Assert.Equal(address, connection.Address);
        }
    }

    [Fact]
    public async Task A_bus_that_does_not_accept_over_Unix_sockets_times_out() => await TimesOutAsync(In("busy.ipc"));

    [Fact]
    public async Task A_bus_that_does_not_accept_over_TCP_times_out() => await TimesOutAsync(new TcpBusAddress(TcpBusAddress.Loopback, 0));

    private static async Task TimesOutAsync(BusAddress place)
    {
        var (listener, address) = RawPeer.Listen(place, backlog: 0);
        using (listener)
        {
            // Fills the queue of connections, of which systems take one or two more than they are asked to.
            using var first = await ConnectAsync(address);
            var error = default(BusException);
            var held = new System.Collections.Generic.List<SocketConnection>();
            while (error is null)
            {
                try
                {
                    held.Add(await ConnectAsync(address, TimeSpan.FromMilliseconds(200)));
                    Assert.InRange(held.Count, 0, 10);
                }
                catch (BusException e) when (e.Reason == BusReason.ConnectionLost)
                {
                    error = e;
                }
            }

            Assert.Equal($"The bus at {address} did not answer within 0.2 s.", error.Message);
            held.ForEach(c => c.Dispose());
        }
    }

    [Fact]
    public async Task A_bus_that_accepts_late_is_waited_for()
    {
        var (listener, address) = RawPeer.Listen(In("late.ipc"), backlog: 0);
        using (listener)
        {
            using var first = await RawPeer.ConnectAsync(address);
            var second = ConnectAsync(address);
            Assert.False(second.IsCompleted);

            using var accepted = await RawPeer.AcceptAsync(listener);
            using var connected = await second.Soon();
        }
    }

    [Fact]
    public async Task Cancelling_ends_the_connecting_at_once()
    {
        using var stop = new CancellationTokenSource();
        var (listener, address) = RawPeer.Listen(In("busy.ipc"), backlog: 0);
        using (listener)
        {
            using var first = await RawPeer.ConnectAsync(address);
            var second = ConnectAsync(address, token: stop.Token);
            await stop.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second.Soon());
        }
    }

    [Fact]
    public async Task A_name_lookup_that_never_ends_ends_with_the_connect_timeout()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMilliseconds(50));
        var never = new TaskCompletionSource<IPAddress[]>();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => BusConnector.WithinAsync(never.Task, limit.Token).Soon());
    }

    [Fact]
    public void The_first_IPv4_address_of_a_name_is_used()
    {
        var four = IPAddress.Parse("127.0.0.2");

        Assert.Equal(four, BusConnector.Choose([IPAddress.IPv6Loopback, four, IPAddress.Loopback]));
        Assert.Equal(IPAddress.IPv6Loopback, BusConnector.Choose([IPAddress.IPv6Loopback]));
    }

    [NeedsFact(What = "root")]
    public void A_socket_of_another_account_is_explained_with_owner_and_mode()
    {
        Skip.If(
            Environment.UserName != "root",
            "Only root can act as another account in one thread: run the tests as root to include this."
        );
        var (listener, address) = RawPeer.Listen(In("secret.ipc"));
        using (listener)
        {
            File.SetUnixFileMode(directory.Path, (UnixFileMode)0x1ED);
            File.SetUnixFileMode(directory.In("secret.ipc"), UnixFileMode.UserRead | UnixFileMode.UserWrite);

            var error = AsNobody(() => ConnectAsync(address).GetAwaiter().GetResult().Dispose());

            Assert.Contains(
                $"the socket {directory.In("secret.ipc")} belongs to root:root, mode 0600",
                BusError.Is(BusReason.AccessDenied, error).Message,
                StringComparison.Ordinal
            );
        }
    }

    private static Exception? AsNobody(Action action)
    {
        Exception? error = null;
        var thread = new Thread(() =>
        {
            _ = ProcessState.SetFileAccount(Nobody); // only for this thread, and gone with it
            error = Record.Exception(action);
        });
        thread.Start();
        thread.Join();
        return error;
    }
}
