using System;
using System.Diagnostics;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using SaltEvents.Core.Client;
using SaltEvents.Core.Events;
using SaltEvents.Core.Framing;
using SaltEvents.Core.Protocols;
using SaltEvents.Core.Server;
using SaltEvents.Core.Tests.Support;
using SaltEvents.Core.Transport;
using SaltEvents.Core.ZeroMq;
using SaltEvents.Tests;
using Xunit;

namespace SaltEvents.Core.Tests.ZeroMq;

/// <summary>Peers that are not there, are something else, or go away; and what is left behind.</summary>
[Collection(GlobalState.Name)]
public sealed class ZeroMqConnectionTests : ZeroMqTests
{
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(200);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task No_bus_is_an_error_at_once(bool ipc)
    {
        var bus = await StartOwnBusAsync(ipc);
        await bus.DisposeAsync();
        using var client = new EventBusClient(bus.Endpoint, Options);
        var error = await BusError.ThrowsAsync(BusReason.NotFound, () => client.SubscribeAsync().Soon());
        Assert.Contains(bus.Endpoint.Pub.ToString()![6..], error.Message, StringComparison.Ordinal);
        await BusError.ThrowsAsync(BusReason.NotFound, () => client.FireAsync("tag", new PayloadMap()).Soon());
    }

    [Fact]
    public async Task A_bus_of_streams_is_recognized()
    {
        var tcp = new TcpBusAddress(TcpBusAddress.Loopback, 0);
        await using var bus = await EventBusServer.StartAsync(new EventBusServerOptions(new BusEndpoint(tcp, tcp)));
        var endpoint = bus.Endpoint with { Protocol = BusProtocol.ZeroMq };
        using var client = new EventBusClient(endpoint, Options with { ConnectTimeout = Short });
        Assert.Contains(
            "2016.3",
            (await BusError.ThrowsAsync(BusReason.ConnectionLost, () => client.SubscribeAsync())).Message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "2016.3",
            (await BusError.ThrowsAsync(BusReason.ConnectionLost, () => client.FireAsync("tag", new PayloadMap()))).Message,
            StringComparison.Ordinal
        );

        // And the other way: a listener of streams on a ZeroMQ bus.
        await using var old = await StartOwnBusAsync(ipc: false);
        using var stream = new EventBusClient(old.Endpoint with { Protocol = BusProtocol.Stream }, Options);
        Assert.Contains(
            "ZeroMQ",
            (
                await Assert.ThrowsAsync<FrameFormatException>(async () =>
                    await stream.ReadEventsAsync().GetAsyncEnumerator().MoveNextAsync()
                )
            ).Message,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("HTTP/1.1 400 Bad Request\r\n\r\n")]
    [InlineData("\u0082\u00A4head")]
    public async Task A_peer_with_another_greeting_is_not_a_ZeroMQ_bus(string bytes)
    {
        var (listener, address) = RawPeer.Listen(new TcpBusAddress(TcpBusAddress.Loopback, 0));
        using var l = listener;
        var connecting = ZeroMqConnector.ConnectAsync(address, ZeroMqRole.Subscribe, [[]], Eventually.Limit, default);
        using var peer = await RawPeer.AcceptAsync(listener);
        await peer.SendAsync(System.Text.Encoding.Latin1.GetBytes(bytes));
        await Assert.ThrowsAsync<FrameFormatException>(() => connecting.Soon());
    }

    [Fact]
    public async Task A_silent_peer_is_waited_for_no_longer_than_allowed_and_can_be_given_up()
    {
        var (listener, address) = RawPeer.Listen(new TcpBusAddress(TcpBusAddress.Loopback, 0));
        using var l = listener;
        await BusError.ThrowsAsync(BusReason.ConnectionLost, () =>
            ZeroMqConnector.ConnectAsync(address, ZeroMqRole.Push, null, Short, default).Soon());
        using var stop = new CancellationTokenSource(Short);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            ZeroMqConnector.ConnectAsync(address, ZeroMqRole.Subscribe, [[]], Eventually.Limit, stop.Token).Soon());
    }

    [NeedsFact(What = "python3-zmq")]
    public async Task An_event_for_a_bus_that_has_gone_is_an_error_and_not_sent_twice()
    {
        var (bus, endpoint) = await StartSaltBusAsync(ipc: false);
        using var client = new EventBusClient(endpoint, Options);
        await using (bus)
        {
            await client.FireAsync("tag", new PayloadMap());
            await bus.KillAsync();
        }

        await Eventually.True(() =>
            client
                .FireAsync("tag", new PayloadMap())
                .ContinueWith(t => t.Exception?.InnerException is BusException { Reason: BusReason.NotFound or BusReason.DeliveryUnknown })
                .Result
        );
    }

    [Fact]
    public async Task A_bus_waits_for_a_listener_that_does_not_read_and_then_nothing_is_missing()
    {
        const int Count = 100;
        const int Length = 1024 * 1024;
        var (listener, address) = RawPeer.Listen(new TcpBusAddress(TcpBusAddress.Loopback, 0));
        using var l = listener;
        var connecting = ZeroMqConnector.ConnectAsync(address, ZeroMqRole.Subscribe, [[]], Eventually.Limit, default);
        using var bus = await RawPeer.AcceptAsync(listener);
        await bus.SendAsync(HostileZeroMq.Greeted("PUB"));
        using var connection = await connecting.Soon();

        byte[] message = [2, 0, 0, 0, 0, 0, 0x10, 0, 0, .. "t\n\n"u8, .. new byte[Length - 3]];
        var sent = 0;
        var sending = Task.Run(async () =>
        {
            for (; sent < Count; sent++)
            {
                await bus.SendAsync(message);
            }
        });

        int before; // nothing signals that a sender is stuck
        do
        {
            before = Volatile.Read(ref sent);
            await Task.Delay(Short * 3);
        }
        while (Volatile.Read(ref sent) != before);
        Assert.InRange(before, 0, Count / 2); // what the system and NetMQ hold
        for (var read = 0; read < Count; read++)
        {
            Assert.Equal(Length, (await connection.ReadMessageAsync())!.Length);
        }

        await sending.Soon();
    }

    [Fact]
    public async Task A_connection_closed_at_once_has_sent_everything()
    {
        await using var bus = await StartOwnBusAsync(ipc: true, o => o with { Overflow = SaltOverflow.Block });
        using var client = new EventBusClient(bus.Endpoint, Options);
        await using var subscription = await client.SubscribeAsync(new TagFilter(["x"]));
        for (var i = 0; i < 20; i++)
        {
            using (var sender = new EventBusClient(bus.Endpoint, Options))
            {
                await sender.FireAsync("x/" + i, new PayloadMap { { "pad", new byte[i * 10_000] } });
            }

            Assert.Equal("x/" + i, (await ReadAsync(subscription, 1))[0].Tag);
        }
    }

    [NeedsFact(What = "python3-zmq")]
    public async Task Only_this_process_gets_into_the_bridge_to_a_Unix_socket()
    {
        ZeroMqPeer.SkipWithout();
        await using var bus = await StartOwnBusAsync(ipc: true);
        var far = await BusConnector.ConnectAsync(bus.Endpoint.Pub, Eventually.Limit, default);
        using var bridge = new ZeroMqBridge(far, ZeroMqRole.Pull, FrameLimits.DefaultMaxFrameBytes, () => { }, _ => default);
        _ = bridge.RunAsync();
        var script =
            $"import socket; s = socket.create_connection(('127.0.0.1', {bridge.Address.Port})); s.sendall(b'x'); print(len(s.recv(1)))";
        using (
            var stranger = Process.Start(
                new ProcessStartInfo("/usr/bin/python3", ["-c", script]) { RedirectStandardOutput = true, RedirectStandardError = true }
            )!
        )
        {
            var output = stranger.StandardOutput.ReadToEndAsync();
            _ = stranger.StandardError.ReadToEndAsync();
            await stranger.WaitForExitAsync();
            Assert.DoesNotContain("1", await output.Soon(), StringComparison.Ordinal); // refused: 0, or a reset
        }

        using var own = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await own.ConnectAsync(IPAddress.Loopback, bridge.Address.Port);
        Assert.Equal(1, await own.ReceiveAsync(new byte[1]).Soon()); // the bus's greeting
        using var second = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await Assert.ThrowsAnyAsync<SocketException>(() => second.ConnectAsync(IPAddress.Loopback, bridge.Address.Port)); // exactly one
    }

    [NeedsFact(What = "Linux")]
    public async Task Two_hundred_opened_and_closed_leave_nothing_behind()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "Open files and threads are counted in /proc.");
        foreach (var _ in Enumerable.Range(0, 100))
        {
            await CycleAsync(); // what the runtime opens once
        }

        GC.Collect();
        GC.WaitForPendingFinalizers();
        await Eventually.True(() => !ProcessState.BusThreads.Any());
        var (files, threads) = (ProcessState.OpenFiles, Process.GetCurrentProcess().Threads.Count);
        foreach (var _ in Enumerable.Range(0, 200))
        {
            await CycleAsync();
        }

        await Eventually.True(() => !ProcessState.BusThreads.Any());
        // The runtime's own come to rest slowly; one leaked by each cycle would be 200.
        await Eventually.True(() => ProcessState.OpenFiles <= files + 10);
        await Eventually.True(() => Process.GetCurrentProcess().Threads.Count <= threads + 8); // the pool's come and go
    }

    [NeedsFact(What = "Linux")]
    public async Task Two_hundred_peers_that_are_not_there_say_nothing_or_close_leave_nothing_behind()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "Open files and threads are counted in /proc.");
        var (listener, address) = RawPeer.Listen(new TcpBusAddress(TcpBusAddress.Loopback, 0));
        using var l = listener;
        foreach (var i in Enumerable.Range(0, 100))
        {
            await FailAsync(i);
        }

        GC.Collect();
        GC.WaitForPendingFinalizers();
        var (files, threads) = (ProcessState.OpenFiles, Process.GetCurrentProcess().Threads.Count);
        foreach (var i in Enumerable.Range(0, 200))
        {
            await FailAsync(i);
        }

        await Eventually.True(() => !ProcessState.BusThreads.Any());
        await Eventually.True(() => ProcessState.OpenFiles <= files + 10);
        await Eventually.True(() => Process.GetCurrentProcess().Threads.Count <= threads + 8);

        async Task FailAsync(int i)
        {
            var isThere = i % 4 > 0;
            var where = isThere ? address : Tcp(1);
            using var stop = new CancellationTokenSource(i % 4 == 2 ? 5 : -1);
            var (role, prefixes) = i % 8 < 4 ? (ZeroMqRole.Subscribe, new[] { Array.Empty<byte>() }) : (ZeroMqRole.Push, null);
            var connecting = Assert.ThrowsAnyAsync<Exception>(() =>
                ZeroMqConnector
                    .ConnectAsync(where, role, prefixes, i % 4 == 1 ? TimeSpan.FromMilliseconds(5) : Eventually.Limit, stop.Token)
                    .Soon()
            );
            using (var peer = isThere ? await RawPeer.AcceptAsync(listener) : null)
            {
                _ = i % 4 == 3 ? null : await connecting; // that one only sees the end
            }

            var error = await connecting;
            Assert.True(
                i % 4 == 0 ? error is BusException { Reason: BusReason.NotFound }
                    : i % 4 == 2 ? error is OperationCanceledException
                    : error is BusException { Reason: BusReason.ConnectionLost },
                $"{i}: {error}"
            );
        }
    }

    private async Task CycleAsync()
    {
        await using var bus = await StartOwnBusAsync(ipc: true);
        using var client = new EventBusClient(bus.Endpoint, Options);
        await using var subscription = await client.SubscribeAsync();
        await client.FireAsync("n/1", new PayloadMap());
        Assert.Equal("n/1", (await ReadAsync(subscription, 1))[0].Tag);
    }
}
