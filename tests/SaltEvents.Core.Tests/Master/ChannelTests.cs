using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using SaltEvents.Core.Events;
using SaltEvents.Core.Framing;
using SaltEvents.Core.Master;
using SaltEvents.Core.Tests.Support;
using SaltEvents.Core.Tests.ZeroMq;
using SaltEvents.Core.Transport;
using SaltEvents.Tests;
using Xunit;

namespace SaltEvents.Core.Tests.Master;

/// <summary>The request channel where nothing goes well, and what it leaves behind.</summary>
[Collection(GlobalState.Name)]
public sealed class ChannelTests : IDisposable
{
    private static readonly PayloadMap Question = new()
    {
        { "enc", "clear" },
        { "version", 3 },
        {
            "load",
            new PayloadMap { { "cmd", "publish" } }
        },
    };
    private readonly TcpListener silent = new(IPAddress.Loopback, 0);

    public ChannelTests() => silent.Start();

    public static TheoryData<MasterTransport> Transports => [MasterTransport.ZeroMq, MasterTransport.Tcp, MasterTransport.WebSocket];

    private TcpBusAddress Silent => new(TcpBusAddress.Loopback, ((IPEndPoint)silent.LocalEndpoint).Port);

    public void Dispose() => silent.Dispose();

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task A_missing_master_is_an_error_at_once(MasterTransport transport)
    {
        using var requests = new MasterRequests(new TcpBusAddress(TcpBusAddress.Loopback, 1), transport, Eventually.Limit);

        Assert.Equal(MasterRequestReason.MasterNotFound, (await FailAsync(requests)).Reason);
    }

    [Fact]
    public async Task A_host_name_that_is_unknown_is_an_error()
    {
        using var requests = new MasterRequests(new TcpBusAddress("no-such-host.invalid", 4506), MasterTransport.Tcp, Eventually.Limit);

        Assert.Equal(MasterRequestReason.MasterNotFound, (await FailAsync(requests)).Reason);
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task A_master_that_does_not_answer_is_an_error_after_the_timeout(MasterTransport transport)
    {
        await using var server = FakeMasterServer.Open(transport, _ => null);
        using var requests = new MasterRequests(server.Address, transport, TimeSpan.FromMilliseconds(150));

        var error = await FailAsync(requests);

        Assert.Equal(MasterRequestReason.MasterNotAnswering, error.Reason);
        Assert.Contains("0.15 s", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(new byte[] { 0x15, 0x03, 0x01, 0x00, 0x02, 0x02, 0x46 }, MasterRequestReason.UnexpectedAnswer)] // protocol_version
    [InlineData(new byte[0], MasterRequestReason.MasterNotAnswering)]
    public async Task A_master_that_speaks_TLS_is_reported_as_such(byte[] answer, MasterRequestReason reason)
    {
        var serving = Task.Run(async () =>
        {
            using var accepted = await silent.AcceptSocketAsync();
            await accepted.ReceiveAsync(new byte[16]);
            await accepted.SendAsync(answer);
        });
        using var requests = new MasterRequests(Silent, MasterTransport.Tcp, Eventually.Limit);

        var error = await FailAsync(requests);
        await serving.Soon();

        Assert.Equal(reason, error.Reason);
        Assert.Contains("TLS", error.Message, StringComparison.Ordinal);
        Assert.Contains("ssl in its configuration", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task What_takes_the_connection_and_says_nothing_is_an_error_after_the_timeout(MasterTransport transport)
    {
        using var requests = new MasterRequests(Silent, transport, TimeSpan.FromMilliseconds(150));

        Assert.Equal(MasterRequestReason.MasterNotAnswering, (await FailAsync(requests)).Reason);
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task Cancelling_ends_the_wait_at_once(MasterTransport transport)
    {
        using var asked = new SemaphoreSlim(0);
        await using var server = FakeMasterServer.Open(transport, _ =>
        {
            asked.Release();
            return null;
        });
        using var requests = new MasterRequests(server.Address, transport, Timeout.InfiniteTimeSpan);
        using var cancel = new CancellationTokenSource();
        var asking = requests.AskAsync(Question, string.Empty, cancel.Token);
        await asked.WaitAsync().Soon();

        var watch = Stopwatch.StartNew();
        cancel.Cancel();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking).Soon();
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(5), watch.Elapsed.ToString());
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task A_late_answer_never_meets_the_next_question(MasterTransport transport)
    {
        using var asked = new SemaphoreSlim(0);
        using var mayAnswer = new SemaphoreSlim(0);
        var count = 0;
        await using var server = FakeMasterServer.Open(transport, _ =>
        {
            var number = Interlocked.Increment(ref count); // of the question: they may be answered at the same time
            asked.Release();
            mayAnswer.Wait();
            return FakeMaster.Pack("answer " + number);
        });
        using var requests = new MasterRequests(server.Address, transport, Timeout.InfiniteTimeSpan);
        using var cancel = new CancellationTokenSource();
        var first = requests.AskAsync(Question, string.Empty, cancel.Token);
        await asked.WaitAsync().Soon();
        cancel.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first).Soon();

        mayAnswer.Release(2);

        Assert.Equal("answer 2", await requests.AskAsync(Question, string.Empty, CancellationToken.None).Soon());
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task A_master_that_closes_the_connection_is_an_error_and_connected_to_again(MasterTransport transport)
    {
        using var requests = new MasterRequests(Silent, transport, Eventually.Limit);
        for (var i = 0; i < 2; i++)
        {
            var asking = FailAsync(requests);
            await CloseEachAsync(asking).Soon();
            Assert.Equal(MasterRequestReason.MasterNotAnswering, (await asking).Reason);
        }
    }

    [Theory]
    [InlineData(new byte[] { 0xFF, 0, 0, 0, 0, 0, 0, 0, 1, 0x7F })] // a ZeroMQ greeting
    [InlineData(new byte[] { 0xDF, 0xFF, 0xFF, 0xFF, 0xFF })] // a map of four thousand million entries
    [InlineData(new byte[] { 0xC6, 0xFF, 0xFF, 0xFF, 0xFF })] // four GiB of bytes
    [InlineData(new byte[] { 0xC1 })] // never used in msgpack
    [InlineData(new byte[] { 0x81, 0xA4, 0x68, 0x65, 0x61, 0x64, 0x01 })] // {"head": 1}
    public async Task What_is_not_a_frame_of_Salts_is_an_error(byte[] answer)
    {
        using var requests = new MasterRequests(Silent, MasterTransport.Tcp, Eventually.Limit);
        var asking = FailAsync(requests);
        using var peer = await silent.AcceptSocketAsync().Soon();
        await peer.SendAsync(answer);

        Assert.Equal(MasterRequestReason.UnexpectedAnswer, (await asking).Reason);
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task An_answer_that_is_longer_than_any_of_Salts_is_an_error(MasterTransport transport)
    {
        await using var server = FakeMasterServer.Open(transport, _ => FakeMaster.Pack(new byte[2000]));
        using var enough = new MasterRequests(server.Address, transport, Eventually.Limit, 2003);
        using var tooLittle = new MasterRequests(server.Address, transport, Eventually.Limit, 900);

        Assert.Equal(2000, ((byte[])(await enough.AskAsync(Question, string.Empty, CancellationToken.None).Soon())!).Length);
        Assert.Equal(MasterRequestReason.UnexpectedAnswer, (await FailAsync(tooLittle)).Reason);
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task A_small_answer_that_would_be_a_thousand_million_bytes_of_values_is_an_error(MasterTransport transport)
    {
        const int Count = 20_000_000;
        byte[] answer =
        [
            0xDD,
            Count >> 24,
            (Count >> 16) & 0xFF,
            (Count >> 8) & 0xFF,
            Count & 0xFF,
            .. Enumerable.Repeat((byte)0x80, Count),
        ];
        await using var server = FakeMasterServer.Open(transport, _ => answer);
        using var requests = new MasterRequests(server.Address, transport, Eventually.Limit);
        var before = GC.GetTotalAllocatedBytes();

        Assert.Equal(MasterRequestReason.UnexpectedAnswer, (await FailAsync(requests)).Reason);
        Assert.True(GC.GetTotalAllocatedBytes() - before < 400_000_000);
    }

    [Fact]
    public async Task A_head_that_is_nested_too_deep_is_an_error()
    {
        using var requests = new MasterRequests(Silent, MasterTransport.Tcp, Eventually.Limit);
        var asking = FailAsync(requests);
        using var peer = await silent.AcceptSocketAsync().Soon();
        await peer.SendAsync((byte[])[0x81, 0xA4, .. "head"u8, .. Enumerable.Repeat((byte)0x91, FrameLimits.MaxPayloadDepth + 2), 0xC0]);

        Assert.Equal(MasterRequestReason.UnexpectedAnswer, (await asking).Reason);
    }

    [Fact]
    public async Task A_hostile_master_gets_an_error_and_no_more()
    {
        byte[][] answers =
        [
            [0, 2, 0xC0, 0xC0], // no empty frame before it
            [1, 1, 0, 0, 1, 0xC1], // another frame before it
            [1, 0, 0, 0], // an empty answer
            [1, 0, 1, 1, 0xC0, 0, 1, 0xC0], // two answers in one message
            [1, 0, 2, 0, 0, 0, 0, 0x7F, 0xFF, 0xFF, 0xFF], // two GiB
            [1, 0, 4, 5, 4, .. "PING"u8],
        ];
        var greetings = HostileZeroMq.Greetings("ROUTER").Concat(HostileZeroMq.Noise("ROUTER", 50));
        foreach (var bytes in greetings.Concat(answers.Select(a => HostileZeroMq.Greeted("ROUTER", a))))
        {
            using var requests = new MasterRequests(Silent, MasterTransport.ZeroMq, Eventually.Limit);
            var asking = requests.AskAsync(Question, string.Empty, CancellationToken.None);
            using (var peer = await RawPeer.AcceptAsync(silent.Server))
            {
                await peer.SendAsync(bytes);
                _ = await peer.ReadAsync(1);
            }

            try
            {
                await asking.Soon();
            }
            catch (MasterRequestException e)
            {
                Assert.True(e.Reason is MasterRequestReason.MasterNotAnswering or MasterRequestReason.UnexpectedAnswer, e.ToString());
            }
        }

        await using var server = FakeMasterServer.Open(MasterTransport.ZeroMq, _ => FakeMaster.Pack("still here"));
        using var next = new MasterRequests(server.Address, MasterTransport.ZeroMq, Eventually.Limit);
        Assert.Equal("still here", await next.AskAsync(Question, string.Empty, CancellationToken.None).Soon());
    }

    [Fact]
    public async Task What_does_not_greet_as_ZeroMQ_does_is_reported_at_once()
    {
        using var requests = new MasterRequests(Silent, MasterTransport.ZeroMq, Eventually.Limit);
        var asking = FailAsync(requests);
        using var peer = await silent.AcceptSocketAsync().Soon();
        await peer.SendAsync(FakeMaster.Pack(new PayloadMap { { "head", new PayloadMap() } })!);

        var error = await asking;

        Assert.Equal(MasterRequestReason.UnexpectedAnswer, error.Reason);
        Assert.Contains("transport: tcp", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_that_is_not_msgpack_is_an_error()
    {
        await using var server = FakeMasterServer.Open(MasterTransport.ZeroMq, _ => [0xC1]);
        using var requests = new MasterRequests(server.Address, MasterTransport.ZeroMq, Eventually.Limit);

        Assert.Equal(MasterRequestReason.UnexpectedAnswer, (await FailAsync(requests)).Reason);
    }

    [Fact]
    public void A_value_is_found_however_it_is_cut()
    {
        var value = FakeMaster.Pack(
            new PayloadMap
            {
                {
                    "head",
                    new PayloadMap { { "mid", "1" } }
                },
                { "body", new object?[] { 1, "text", new byte[300], null } },
            }
        )!;
        for (var piece = 1; piece <= value.Length; piece++)
        {
            var scanner = new MessagePackWalker(0, 1);
            var arrived = 0;
            do
            {
                Assert.True(arrived < value.Length);
                arrived = Math.Min(arrived + piece, value.Length);
            }
            while (scanner.Walk(value.AsSpan(0, arrived)) != WalkResult.Done);
            Assert.Equal((value.Length, value.Length), ((int)scanner.Position, arrived));
        }
    }

    [NeedsTheory(What = "Linux")]
    [MemberData(nameof(Transports))]
    public async Task Two_hundred_channels_leave_no_thread_and_no_file_behind(MasterTransport transport)
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "Open files and threads are counted in /proc.");
        await OpenAndCloseAsync(transport, 40); // what the runtime opens once
        GC.Collect();
        GC.WaitForPendingFinalizers();
        var files = ProcessState.OpenFiles;

        await OpenAndCloseAsync(transport, 200);

        await Eventually.True(() => !ProcessState.BusThreads.Any());
        await Eventually.True(() => !ZeroMqThreads().Any());
        // The runtime's own come to rest slowly; one leaked by each question would be 100.
        await Eventually.True(() => ProcessState.OpenFiles <= files + 10);
    }

    // .NET opens a WebSocket a few times before it gives up.
    private async Task CloseEachAsync(Task asking)
    {
        using var done = new CancellationTokenSource();
        var accepting = silent.AcceptSocketAsync(done.Token).AsTask();
        while (await Task.WhenAny(asking, accepting) == accepting)
        {
            (await accepting).Dispose();
            accepting = silent.AcceptSocketAsync(done.Token).AsTask();
        }

        done.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => accepting);
    }

    private async Task OpenAndCloseAsync(MasterTransport transport, int count)
    {
        await using var server = FakeMasterServer.Open(transport, _ => FakeMaster.Pack(true));
        for (var i = 0; i < count; i++)
        {
            using var requests = new MasterRequests(
                i % 4 == 3 ? Silent : server.Address,
                transport,
                i % 4 == 3 ? TimeSpan.FromMilliseconds(1) : Eventually.Limit
            );
            if (i % 4 == 3)
            {
                await FailAsync(requests);
                while (silent.Pending())
                {
                    silent.AcceptSocket().Dispose();
                }
            }
            else if (i % 4 > 0)
            {
                Assert.Equal(true, await requests.AskAsync(Question, string.Empty, CancellationToken.None).Soon());
            }
        }
    }

    private static IEnumerable<string> ZeroMqThreads() =>
        ProcessState.ThreadNames.Where(n =>
            n.StartsWith("reaper", StringComparison.Ordinal) || n.StartsWith("iothread", StringComparison.Ordinal)
        );

    private static Task<MasterRequestException> FailAsync(MasterRequests requests) =>
        Assert.ThrowsAsync<MasterRequestException>(() => requests.AskAsync(Question, string.Empty, CancellationToken.None)).Soon();
}
