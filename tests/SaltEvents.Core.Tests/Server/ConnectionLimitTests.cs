using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using SaltEvents.Core.Compat;
using SaltEvents.Core.Tests.Support;
using Xunit;

namespace SaltEvents.Core.Tests.Server;

/// <summary>A bus takes no more connections than it may: peers cannot use up the handles of its process.</summary>
public abstract class ConnectionLimitTests<TPlace> : BusTests<TPlace>
    where TPlace : BusPlace, new()
{
    private const int Maximum = 10;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Further_connections_are_closed_and_counted_and_room_is_given_back(bool pull)
    {
        const int Further = 30;
        await using var bus = await StartAsync(o => o with { MaxConnections = Maximum });
        var sockets = ProcessState.OpenSockets;
        var peers = new List<RawPeer>();
        foreach (var i in UpTo(Maximum + Further))
        {
            peers.Add(await RawPeer.ConnectAsync(pull ? bus.Endpoint.Pull : bus.Endpoint.Pub));
        }

        await Eventually.True(() => bus.Counters.Refused == Further);
        Assert.All(await Task.WhenAll(peers.Skip(Maximum).Select(p => p.ReadBodyAsync())), Assert.Null);
        Assert.Equal(Maximum, bus.Counters.Senders + bus.Counters.Subscribers);
        Assert.Equal(Maximum, ProcessState.OpenSockets - sockets - peers.Count); // those of the bus

        peers.ForEach(p => p.Dispose());
        await Eventually.True(() => bus.Counters is { Senders: 0, Subscribers: 0 });
        using var subscriber = await RawPeer.ConnectAsync(bus.Endpoint.Pub);
        using var sender = await RawPeer.ConnectAsync(bus.Endpoint.Pull);
        await sender.SendAsync(Numbered(1));
        Assert.Equal(1, NumberOf((await subscriber.ReadBodyAsync())!));
        Assert.Equal(Further, bus.Counters.Refused);
    }

    [Fact]
    public async Task Senders_and_subscribers_count_together()
    {
        await using var bus = await StartAsync(o => o with { MaxConnections = 2 });
        using var subscriber = await RawPeer.ConnectAsync(bus.Endpoint.Pub);
        using var sender = await RawPeer.ConnectAsync(bus.Endpoint.Pull);
        await sender.SendAsync(Numbered(1));
        Assert.Equal(1, NumberOf((await subscriber.ReadBodyAsync())!));

        using var third = await RawPeer.ConnectAsync(bus.Endpoint.Pull);
        Assert.Null(await third.ReadBodyAsync());

        await sender.SendAsync(Numbered(2));
        Assert.Equal(2, NumberOf((await subscriber.ReadBodyAsync())!));
    }

    [Fact]
    public async Task The_default_is_well_below_what_the_process_may_open()
    {
        await using var bus = await StartAsync();

        Assert.InRange(bus.MaxConnections, 1, Math.Min(4096, FileHandles.Free / 2));
    }
}

[Collection(GlobalState.Name)]
public sealed class ConnectionLimitOverUnixTests : ConnectionLimitTests<UnixPlace>;

[Collection(GlobalState.Name)]
public sealed class ConnectionLimitOverTcpTests : ConnectionLimitTests<TcpPlace>;
