using System;
using System.IO;
using System.Runtime.Versioning;
using System.Threading.Tasks;
using SaltEvents.Core.Client;
using SaltEvents.Core.Configuration;
using SaltEvents.Core.Framing;
using SaltEvents.Core.Protocols;
using SaltEvents.Core.Server;
using SaltEvents.Core.Tests.Support;
using SaltEvents.Core.Transport;
using Xunit;

namespace SaltEvents.Core.Tests.Client;

/// <summary>What a test of a bus shows, for good ones and broken ones.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class BusTestTests : IDisposable
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(20);
    private readonly TemporaryDirectory directory = new();
    private readonly UnixPlace place = new();

    public void Dispose()
    {
        directory.Dispose();
        place.Dispose();
    }

    private static Task<BusTestResult> Test(BusEndpoint endpoint, bool fire, TimeSpan? timeout = null) =>
        BusTest.RunAsync(endpoint, fire, timeout ?? Long, EventBusClientOptions.Default).Soon();

    private Task<EventBusServer> Start(FrameFormat publishes = FrameFormat.Map, FrameFormat? accepts = null) =>
        EventBusServer.StartAsync(new EventBusServerOptions(place.Free()) { Format = publishes, Accepts = accepts });

    [Theory]
    [InlineData(FrameFormat.Map, FrameFormat.Map)]
    [InlineData(FrameFormat.LengthPrefixed, FrameFormat.LengthPrefixed)]
    [InlineData(FrameFormat.Map, FrameFormat.LengthPrefixed)]
    public async Task Firing_shows_the_dialects_and_the_round_trip(FrameFormat publishes, FrameFormat accepts)
    {
        await using var bus = await Start(publishes, accepts);
        var result = await Test(bus.Endpoint, fire: true);

        Assert.Equal((BusPresence.Listening, BusPresence.Listening), (result.Pub.Presence, result.Pull.Presence));
        Assert.Equal(publishes == FrameFormat.Map ? SaltEventDialect.Map : SaltEventDialect.LengthPrefixed, result.Dialect);
        Assert.Equal(accepts, result.Accepts);
        Assert.InRange(result.RoundTrip!.Value, TimeSpan.FromTicks(1), Long);
        Assert.Null(result.FireProblem);
    }

    [Fact]
    public async Task Without_firing_nothing_is_written()
    {
        await using var bus = await Start();
        var result = await Test(bus.Endpoint, fire: false, TimeSpan.Zero);

        Assert.Equal((SaltEventDialect.NoneSeen, null, null), (result.Dialect, result.RoundTrip, result.Accepts));
        Assert.Equal(0, bus.Counters.EventsIn);
    }

    [Fact]
    public async Task The_first_event_of_another_shows_the_dialect()
    {
        await using var bus = await Start(FrameFormat.LengthPrefixed);
        var test = Test(bus.Endpoint, fire: false);
        await Eventually.True(() => bus.Counters.Subscribers == 1);
        using var sender = await RawPeer.ConnectAsync(bus.Endpoint.Pull);
        await sender.SendAsync(Frames.Event("a"));

        Assert.Equal(SaltEventDialect.LengthPrefixed, (await test).Dialect);
    }

    [Theory]
    [InlineData(new byte[] { 0xFF, 0, 0, 0, 0, 0, 0, 0, 1, 0x7F }, SaltEventDialect.ZeroMQ)]
    [InlineData(new byte[] { (byte)'S', (byte)'S', (byte)'H', (byte)'-', (byte)'2' }, SaltEventDialect.NotASaltBus)]
    public async Task A_peer_that_sends_no_events_is_reported(byte[] greeting, SaltEventDialect expected)
    {
        var (pubListener, pub) = RawPeer.Listen(new TcpBusAddress(TcpBusAddress.Loopback, 0));
        var (pullListener, pull) = RawPeer.Listen(new TcpBusAddress(TcpBusAddress.Loopback, 0));
        using var both = pubListener;
        using var andBoth = pullListener;
        var test = Test(new BusEndpoint(pub, pull), fire: false);
        using var peer = await RawPeer.AcceptAsync(pubListener);
        await peer.SendAsync(greeting);
        var result = await test;

        Assert.Equal(expected, result.Dialect);
        Assert.NotNull(result.NotASaltBus);
    }

    [Fact]
    public async Task A_bus_that_returns_nothing_has_no_round_trip()
    {
        var (pubListener, pub) = RawPeer.Listen(new TcpBusAddress(TcpBusAddress.Loopback, 0));
        var (pullListener, pull) = RawPeer.Listen(new TcpBusAddress(TcpBusAddress.Loopback, 0));
        using var both = pubListener;
        using var andBoth = pullListener;
        var result = await Test(new BusEndpoint(pub, pull), fire: true, TimeSpan.FromMilliseconds(50));

        Assert.Equal((SaltEventDialect.NoneSeen, null, null), (result.Dialect, result.RoundTrip, result.Accepts));
        Assert.Equal((BusPresence.Listening, BusPresence.Listening), (result.Pub.Presence, result.Pull.Presence));
    }

    [Fact]
    public async Task A_missing_bus_is_a_result_and_no_error()
    {
        var endpoint = SocketNames.Master(directory.Path);
        var result = await Test(endpoint, fire: true);
        Assert.Equal((BusPresence.NotRunning, BusPresence.NotRunning), (result.Pub.Presence, result.Pull.Presence));
        BusError.Is(BusReason.NotFound, result.Pub.Problem);

        // A socket file without a listener.
        var (listener, born) = RawPeer.Listen(new UnixBusAddress(directory.In("born")));
        File.Move(born.ToString()!, endpoint.Pub.ToString()!);
        listener.Dispose();
        Assert.Contains("nothing listens on it", (await Test(endpoint, fire: false)).Pub.Problem!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_that_is_not_given_is_not_looked_at()
    {
        await using var bus = await EventBusServer.StartAsync(new EventBusServerOptions(new TcpPlace().Free()));
        var result = await Test(bus.Endpoint with { Pull = BusAddress.Unknown }, fire: true, TimeSpan.Zero);
        Assert.Equal((BusPresence.Listening, BusPresence.Unknown), (result.Pub.Presence, result.Pull.Presence));
    }

    [Fact]
    public async Task A_test_leaves_no_connection_behind()
    {
        await using var bus = await Start();
        _ = await Test(bus.Endpoint, fire: true);
        _ = await BusProbeResult.ProbeAsync(bus.Endpoint.Pub, Long);
        await Eventually.True(() => bus.Counters.Subscribers == 0 && bus.Counters.Senders == 0);
    }
}
