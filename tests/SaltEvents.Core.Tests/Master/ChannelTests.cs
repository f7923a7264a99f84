using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using SaltEvents.Core.Master;
using SaltEvents.Core.Tests.Support;
using SaltEvents.Core.Transport;
using SaltEvents.Tests;
using Xunit;

namespace SaltEvents.Core.Tests.Master;

/// <summary>The request channel where nothing goes well, and what it leaves behind.</summary>
[Collection(GlobalState.Name)]
public sealed class ChannelTests : ChannelTestBase
{
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
            using var accepted = await Listener.AcceptSocketAsync();
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
    public async Task A_server_that_accepts_and_does_not_answer_is_an_error_after_the_timeout(MasterTransport transport)
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
        var accepting = Listener.AcceptSocketAsync(done.Token).AsTask();
        while (await Task.WhenAny(asking, accepting) == accepting)
        {
            (await accepting).Dispose();
            accepting = Listener.AcceptSocketAsync(done.Token).AsTask();
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
                while (Listener.Pending())
                {
                    Listener.AcceptSocket().Dispose();
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
}
