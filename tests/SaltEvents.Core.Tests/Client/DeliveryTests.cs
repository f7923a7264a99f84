using System;
using System.Linq;
using System.Runtime.Versioning;
using System.Threading.Tasks;
using SaltEvents.Core.Tests.Support;
using SaltEvents.Core.Transport;
using Xunit;

namespace SaltEvents.Core.Tests.Client;

/// <summary>A bus that dies before, during and after the last byte of an event: tried again once, or unknown, never twice.</summary>
public abstract class DeliveryTests<TPlace> : SendTestBase<TPlace>
    where TPlace : BusPlace, new()
{
    [Fact]
    public async Task A_bus_that_died_before_the_first_byte_gets_the_event_over_a_new_connection()
    {
        await SendAsync(Small);
        using (var first = await AcceptAsync())
        {
            Assert.Equal(Small, await first.ReadAsync(Small.Length));
        }

        await SendAsync(Small);

        using var second = await AcceptAsync();
        Assert.Equal(Small, await second.ReadAsync(Small.Length));
        Assert.Equal(1, Client.TakeUnconfirmedCount()); // the first had read all; whether it published the event is not known
        await Client.CompleteAsyncWhen(second);
        Assert.False(IsConnectionWaiting);
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
        Assert.False(IsConnectionWaiting);
    }

    [Fact]
    public async Task A_bus_that_dies_twice_while_an_event_is_sent_is_an_error_without_a_third_try()
    {
        var send = SendAsync(Big);
        foreach (var i in Enumerable.Range(0, 2))
        {
            using var peer = await AcceptAsync();
            _ = await peer.ReadAsync(Big.Length / 2);
        }

        var error = await BusError.ThrowsAsync(BusReason.ConnectionLost, () => send.Soon());

        Assert.Contains("twice; it was not fired", error.Message, StringComparison.Ordinal);
        Assert.False(IsConnectionWaiting);
    }

    [Fact]
    public async Task A_bus_that_is_gone_after_half_of_the_bytes_is_not_found()
    {
        var send = SendAsync(Big);
        using (var first = await AcceptAsync())
        {
            _ = await first.ReadAsync(Big.Length / 2);
            Bus.Dispose();
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

        var error = await BusError.ThrowsAsync(BusReason.DeliveryUnknown, () => Client.CompleteAsync(Eventually.Limit, default).Soon());

        Assert.Contains("not sent again", error.Message, StringComparison.Ordinal);
        Assert.False(IsConnectionWaiting);
    }

    [Fact]
    public async Task A_bus_that_closes_the_connection_without_being_asked_is_delivery_unknown()
    {
        await SendAsync(Small);
        using (var peer = await AcceptAsync())
        {
            Assert.Equal(Small, await peer.ReadAsync(Small.Length));
        }

        await BusError.ThrowsAsync(BusReason.DeliveryUnknown, () => Client.CompleteAsync(Eventually.Limit, default).Soon());

        Assert.True(await Client.CompleteAsync(Eventually.Limit, default)); // reported once
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

        Assert.Equal(3, Client.TakeUnconfirmedCount());
        Assert.Equal(0, Client.TakeUnconfirmedCount());
        using var second = await AcceptAsync();
        Assert.Equal(Small, await second.ReadAsync(Small.Length));
        await Client.CompleteAsyncWhen(second);
    }

    [Fact]
    public async Task Events_left_unread_are_reported_even_if_the_next_one_is_being_sent()
    {
        await SendAsync(Small);
        var first = await AcceptAsync();
        var send = SendAsync(Big);
        await Eventually.True(() => first.Socket.Available > Small.Length); // it has begun
        first.Dispose();

        using var second = await AcceptAsync();
        Assert.Equal(Big.Length, (await second.ReadAsync(Big.Length)).Length);
        await send.Soon();
        Assert.Equal(1, Client.TakeUnconfirmedCount());
    }

    [Fact]
    public async Task No_event_arrives_twice_or_is_lost_silently_however_many_bytes_a_dying_bus_reads()
    {
        for (var kill = 0; kill <= Small.Length; kill++)
        {
            var whole = 0;
            var send = Record.ExceptionAsync(async () =>
            {
                await SendAsync(Small);
                await Client.CompleteAsync(Eventually.Limit, default);
            });
            using (var first = await AcceptAsync())
            {
                whole += (await first.ReadAsync(kill)).Length == Small.Length ? 1 : 0;
            }

            var error = await send.Soon();
            while (IsConnectionWaiting)
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
}

[UnsupportedOSPlatform("windows")]
public sealed class DeliveryOverUnixTests : DeliveryTests<UnixPlace>;

public sealed class DeliveryOverTcpTests : DeliveryTests<TcpPlace>;
