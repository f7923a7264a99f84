using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Net.Sockets;
using System.Runtime.Versioning;
using System.Threading.Tasks;
using SaltEvents.Core.Client;
using SaltEvents.Core.Framing;
using SaltEvents.Core.Protocols;
using SaltEvents.Core.Tests.Support;
using SaltEvents.Core.Transport;
using Xunit;

namespace SaltEvents.Core.Tests.Client;

/// <summary>A bus that dies before, during and after the last byte of an event: tried again once, or unknown, never twice.</summary>
public abstract class DeliveryTests<TPlace> : IDisposable
    where TPlace : BusPlace, new()
{
    private static readonly byte[] Small = Frames.Event("small");
    private static readonly byte[] Big = Frames.Event("big", ("pad", new byte[24 * 1024 * 1024])); // more than socket buffers hold
    private readonly TPlace place = new();
    private readonly Socket bus;
    private readonly EventBusClient client;

    protected DeliveryTests()
    {
        var pull = place.Free().Pull;
        if (pull is UnixBusAddress unix)
        {
            System.IO.Directory.CreateDirectory(System.IO.Path.GetDirectoryName(unix.Path)!);
        }

        (bus, var address) = RawPeer.Listen(pull);
        bus.ReceiveBufferSize = 64 * 1024; // or the system may take all of a big event before the peer reads it
        client = ClientOf(address, Eventually.Limit);
    }

    public void Dispose()
    {
        client.Dispose();
        bus.Dispose();
        place.Dispose();
        GC.SuppressFinalize(this);
    }

    private static EventBusClient ClientOf(BusAddress address, TimeSpan sendTimeout) =>
        new(
            new BusEndpoint(BusAddress.Unknown, address),
            new EventBusClientOptions { ConnectTimeout = Eventually.Limit, SendTimeout = sendTimeout }
        );

    private Task SendAsync(byte[] frame) => client.FireBodyAsync(Frames.Read(frame, int.MaxValue)[0]).AsTask();

    private Task<RawPeer> AcceptAsync() => RawPeer.AcceptAsync(bus);

    private bool SomebodyWaits => bus.Poll(0, SelectMode.SelectRead);

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
        Assert.False(SomebodyWaits);
    }

    [Fact]
    public async Task What_speaks_ZeroMQ_is_reported_when_it_has_greeted()
    {
        byte[] greeting = [0xFF, 0, 0, 0, 0, 0, 0, 0, 1, 0x7F];
        await SendAsync(Small);
        using (var peer = await AcceptAsync())
        {
            await peer.SendAsync(greeting);
            var error = await Assert.ThrowsAsync<FrameFormatException>(() => client.CompleteAsync(Eventually.Limit, default).Soon());
            Assert.Equal(greeting, error.FirstBytes);
        }

        await SendAsync(Small);
        using var second = await AcceptAsync();
        await SendAsync(Small);
        await second.SendAsync(greeting);
        Assert.Equal(greeting, (await Assert.ThrowsAsync<FrameFormatException>(() => SendAsync(Small))).FirstBytes);
    }

    [Fact]
    public async Task A_bus_that_died_before_the_first_byte_gets_it_over_a_new_connection()
    {
        await SendAsync(Small);
        using (var first = await AcceptAsync())
        {
            Assert.Equal(Small, await first.ReadAsync(Small.Length));
        }

        await SendAsync(Small);

        using var second = await AcceptAsync();
        Assert.Equal(Small, await second.ReadAsync(Small.Length));
        Assert.Equal(1, client.TakeUnconfirmedCount()); // the first had read all; whether it published the event is not known
        await client.CompleteAsyncWhen(second);
        Assert.False(SomebodyWaits);
    }

    [Fact]
    public async Task A_bus_that_dies_after_half_of_the_bytes_gets_the_whole_event_once_more()
    {
        var send = SendAsync(Big);
        using (var first = await AcceptAsync())
        {
            _ = await first.ReadAsync(Big.Length / 2);
            Assert.False(send.IsCompleted);
        }

        using var second = await AcceptAsync();
        var got = await second.ReadAsync(Big.Length);
        await send.Soon();
        Assert.True(Big.AsSpan().SequenceEqual(got));
        Assert.False(SomebodyWaits);
    }

    [Fact]
    public async Task A_bus_that_dies_twice_during_it_is_an_error_and_there_is_no_third_try()
    {
        var send = SendAsync(Big);
        foreach (var i in Enumerable.Range(0, 2))
        {
            using var peer = await AcceptAsync();
            _ = await peer.ReadAsync(Big.Length / 2);
        }

        var error = await BusError.ThrowsAsync(BusReason.ConnectionLost, () => send.Soon());

        Assert.Contains("twice; it was not fired", error.Message, StringComparison.Ordinal);
        Assert.False(SomebodyWaits);
    }

    [Fact]
    public async Task A_bus_that_is_gone_after_half_of_the_bytes_is_not_found()
    {
        var send = SendAsync(Big);
        using (var first = await AcceptAsync())
        {
            _ = await first.ReadAsync(Big.Length / 2);
            bus.Dispose();
        }

        await BusError.ThrowsAsync(BusReason.NotFound, () => send.Soon());
    }

    [Fact]
    public async Task A_bus_that_dies_after_the_last_byte_with_bytes_unread_is_delivery_unknown()
    {
        await SendAsync(Small);
        using (var first = await AcceptAsync())
        {
            _ = await first.ReadAsync(3);
        }

        var error = await BusError.ThrowsAsync(BusReason.DeliveryUnknown, () => client.CompleteAsync(Eventually.Limit, default).Soon());

        Assert.Contains("not sent again", error.Message, StringComparison.Ordinal);
        Assert.False(SomebodyWaits);
    }

    [Fact]
    public async Task A_bus_that_closes_the_connection_unasked_may_not_have_taken_what_was_sent()
    {
        await SendAsync(Small);
        using (var peer = await AcceptAsync())
        {
            Assert.Equal(Small, await peer.ReadAsync(Small.Length));
        }

        await BusError.ThrowsAsync(BusReason.DeliveryUnknown, () => client.CompleteAsync(Eventually.Limit, default).Soon());

        Assert.True(await client.CompleteAsync(Eventually.Limit, default)); // reported once
    }

    [Fact]
    public async Task Events_left_unread_are_reported_once_with_the_next_event()
    {
        foreach (var i in Enumerable.Range(0, 3))
        {
            await SendAsync(Small);
        }

        (await AcceptAsync()).Dispose(); // with all three unread
        await SendAsync(Small);

        Assert.Equal(3, client.TakeUnconfirmedCount());
        Assert.Equal(0, client.TakeUnconfirmedCount());
        using var second = await AcceptAsync();
        Assert.Equal(Small, await second.ReadAsync(Small.Length));
        await client.CompleteAsyncWhen(second);
    }

    [Fact]
    public async Task Events_left_unread_are_reported_even_where_the_next_one_is_under_way()
    {
        await SendAsync(Small);
        var first = await AcceptAsync();
        var send = SendAsync(Big);
        await Eventually.True(() => first.Socket.Available > Small.Length); // it has begun
        first.Dispose();

        using var second = await AcceptAsync();
        Assert.Equal(Big.Length, (await second.ReadAsync(Big.Length)).Length);
        await send.Soon();
        Assert.Equal(1, client.TakeUnconfirmedCount());
    }

    [Fact]
    public async Task However_many_bytes_a_dying_bus_reads_no_event_arrives_twice_or_is_lost_silently()
    {
        for (var kill = 0; kill <= Small.Length; kill++)
        {
            var whole = 0;
            var send = Record.ExceptionAsync(async () =>
            {
                await SendAsync(Small);
                await client.CompleteAsync(Eventually.Limit, default);
            });
            using (var first = await AcceptAsync())
            {
                whole += (await first.ReadAsync(kill)).Length == Small.Length ? 1 : 0;
            }

            var error = await send.Soon();
            while (SomebodyWaits)
            {
                using var again = await AcceptAsync();
                whole += (await again.ReadAsync(Small.Length)).Length == Small.Length ? 1 : 0;
            }

            Assert.InRange(whole, 0, 1);
            Assert.True(
                whole == 1 || error is BusException { Reason: BusReason.DeliveryUnknown },
                $"After {kill} bytes: {whole} whole, {error?.GetType().Name ?? "no error"}."
            );
        }
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
    public async Task A_bus_that_takes_no_bytes_is_an_error_after_the_time_to_send()
    {
        using var impatient = ClientOf(AddressOf(bus), TimeSpan.FromMilliseconds(100));
        var send = impatient.FireBodyAsync(Frames.Read(Big, int.MaxValue)[0]).AsTask();
        using var peer = await AcceptAsync();

        var error = await BusError.ThrowsAsync(BusReason.ConnectionLost, () => send.Soon());

        Assert.Contains("accepted no event within 0.1 s; the event was not fired", error.Message, StringComparison.Ordinal);
        Assert.True((await peer.ReadAsync(Big.Length)).Length < Big.Length); // and the part is closed off
    }

    [Fact]
    public async Task The_time_to_send_is_written_in_the_same_way_in_every_language()
    {
        var before = CultureInfo.CurrentCulture;
        CultureInfo.CurrentCulture = new CultureInfo(before.Name) { NumberFormat = { NumberDecimalSeparator = "," } };
        try
        {
            using var impatient = ClientOf(AddressOf(bus), TimeSpan.FromMilliseconds(100));
            var error = await BusError.ThrowsAsync(
                BusReason.ConnectionLost,
                () => impatient.FireBodyAsync(Frames.Read(Big, int.MaxValue)[0]).AsTask().Soon()
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
        var complete = client.CompleteAsync(Eventually.Limit, default);
        Assert.Equal(Small, await peer.ReadAsync(Small.Length + 1));
        Assert.False(complete.IsCompleted);

        peer.Dispose();

        Assert.True(await complete.Soon());
        Assert.True(await client.CompleteAsync(Eventually.Limit, default)); // nothing more to wait for
    }

    [Fact]
    public async Task Completing_gives_up_in_time()
    {
        await SendAsync(Small);
        using var peer = await AcceptAsync();

        Assert.False(await client.CompleteAsync(TimeSpan.FromMilliseconds(50), default).Soon());
    }

    [Fact]
    public async Task Disposing_it_ends_what_is_sent_with_an_error_that_says_so_and_opens_nothing()
    {
        var send = SendAsync(Big);
        using var peer = await AcceptAsync();
        _ = await peer.ReadAsync(1000);
        var next = SendAsync(Small);

        client.Dispose();

        foreach (
            var refused in new[]
            {
                send,
                next,
                SendAsync(Small),
                client.ConnectPullAsync(),
                client.CompleteAsync(Eventually.Limit, default),
            }
        )
        {
            var error = await BusError.ThrowsAsync(BusReason.ConnectionLost, () => refused.Soon());
            Assert.Contains("was closed while it was in use", error.Message, StringComparison.Ordinal);
        }

        Assert.True((await peer.ReadAsync(Big.Length)).Length < Big.Length);
        Assert.False(SomebodyWaits);
    }

    private static BusAddress AddressOf(Socket listener) => listener.LocalEndPoint switch
    {
        System.Net.IPEndPoint ip => new TcpBusAddress(TcpBusAddress.Loopback, ip.Port),
        var unix => new UnixBusAddress(unix!.ToString()!),
    };
}

[UnsupportedOSPlatform("windows")]
public sealed class DeliveryOverUnixTests : DeliveryTests<UnixPlace>;

public sealed class DeliveryOverTcpTests : DeliveryTests<TcpPlace>;
