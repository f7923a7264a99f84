using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Runtime.Versioning;
using System.Threading.Tasks;
using SaltEvents.Core.Framing;
using SaltEvents.Core.Tests.Support;
using SaltEvents.Core.Transport;
using Xunit;

namespace SaltEvents.Core.Tests.Client;

/// <summary>The connection over which a Client sends: one for all events, its time limits, completing and closing it.</summary>
public abstract class SendTests<TPlace> : SendTestBase<TPlace>
    where TPlace : BusPlace, new()
{
    [Fact]
    public async Task Events_go_over_one_connection()
    {
        await SendAsync(Small);
        using var peer = await AcceptAsync();
        foreach (var i in Enumerable.Range(0, 5))
        {
            await SendAsync(Small);
        }

        Assert.Equal(Enumerable.Repeat(Small, 6).SelectMany(b => b), await peer.ReadAsync(6 * Small.Length));
        Assert.False(IsConnectionWaiting);
    }

    [Fact]
    public async Task A_bus_that_speaks_ZeroMQ_is_reported_after_its_greeting()
    {
        byte[] greeting = [0xFF, 0, 0, 0, 0, 0, 0, 0, 1, 0x7F];
        await SendAsync(Small);
        using (var peer = await AcceptAsync())
        {
            await peer.SendAsync(greeting);
            var error = await Assert.ThrowsAsync<FrameFormatException>(() => Client.CompleteAsync(Eventually.Limit, default).Soon());
            Assert.Equal(greeting, error.FirstBytes);
        }

        await SendAsync(Small);
        using var second = await AcceptAsync();
        await SendAsync(Small);
        await second.SendAsync(greeting);
        Assert.Equal(greeting, (await Assert.ThrowsAsync<FrameFormatException>(() => SendAsync(Small))).FirstBytes);
    }

    [Fact]
    public async Task Senders_in_parallel_never_mix_their_bytes()
    {
        var sends = Task.WhenAll(
            Enumerable.Range(0, 20).Select(i => Task.Run(() => SendAsync(Frames.Event("n/" + i, ("pad", new byte[i * 10_000])))))
        );
        using var peer = await AcceptAsync();
        var tags = new List<string>();
        while (tags.Count < 20)
        {
            tags.Add(SaltEvents.Core.Events.EventCodec.Decode((await peer.ReadBodyAsync())!).Tag);
        }

        await sends.Soon();
        Assert.Equal(20, tags.Distinct().Count());
    }

    [Fact]
    public async Task A_bus_that_reads_nothing_is_an_error_after_the_send_timeout()
    {
        using var impatient = CreateClient(TimeSpan.FromMilliseconds(100));
        var send = SendAsync(impatient, Big);
        using var peer = await AcceptAsync();

        var error = await BusError.ThrowsAsync(BusReason.ConnectionLost, () => send.Soon());

        Assert.Contains("accepted no event within 0.1 s; the event was not fired", error.Message, StringComparison.Ordinal);
        Assert.True((await peer.ReadAsync(Big.Length)).Length < Big.Length); // and the part is closed off
    }

    [Fact]
    public async Task The_send_timeout_is_written_in_the_same_way_in_every_language()
    {
        var before = CultureInfo.CurrentCulture;
        CultureInfo.CurrentCulture = new CultureInfo(before.Name) { NumberFormat = { NumberDecimalSeparator = "," } };
        try
        {
            using var impatient = CreateClient(TimeSpan.FromMilliseconds(100));
            var error = await BusError.ThrowsAsync(
                BusReason.ConnectionLost,
                () => SendAsync(impatient, Big).Soon()
            );

            Assert.Contains("within 0.1 s", error.Message, StringComparison.Ordinal);
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public async Task Completing_waits_until_the_bus_has_read_everything()
    {
        await SendAsync(Small);
        using var peer = await AcceptAsync();
        var complete = Client.CompleteAsync(Eventually.Limit, default);
        Assert.Equal(Small, await peer.ReadAsync(Small.Length + 1));
        Assert.False(complete.IsCompleted);

        peer.Dispose();

        Assert.True(await complete.Soon());
        Assert.True(await Client.CompleteAsync(Eventually.Limit, default)); // nothing more to wait for
    }

    [Fact]
    public async Task Completing_gives_up_in_time()
    {
        await SendAsync(Small);
        using var peer = await AcceptAsync();

        Assert.False(await Client.CompleteAsync(TimeSpan.FromMilliseconds(50), default).Soon());
    }

    [Fact]
    public async Task Disposing_the_client_ends_what_is_being_sent_with_an_error_and_opens_no_connection()
    {
        var send = SendAsync(Big);
        using var peer = await AcceptAsync();
        _ = await peer.ReadAsync(1000);
        var next = SendAsync(Small);

        Client.Dispose();

        foreach (
            var refused in new[]
            {
                send,
                next,
                SendAsync(Small),
                Client.ConnectPullAsync(),
                Client.CompleteAsync(Eventually.Limit, default),
            }
        )
        {
            var error = await BusError.ThrowsAsync(BusReason.ConnectionLost, () => refused.Soon());
            Assert.Contains("was closed while it was in use", error.Message, StringComparison.Ordinal);
        }

        Assert.True((await peer.ReadAsync(Big.Length)).Length < Big.Length);
        Assert.False(IsConnectionWaiting);
    }
}

[UnsupportedOSPlatform("windows")]
public sealed class SendOverUnixTests : SendTests<UnixPlace>;

public sealed class SendOverTcpTests : SendTests<TcpPlace>;
