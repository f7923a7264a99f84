using System;
using System.Threading;
using SaltEvents.Core.Client;
using SaltEvents.Core.Framing;
using SaltEvents.Core.Protocols;
using SaltEvents.Core.Server;
using SaltEvents.Core.Transport;
using Xunit;

namespace SaltEvents.Core.Tests.Client;

/// <summary>Options that make no sense are errors where they are set, and the error names the option and its range.</summary>
public sealed class OptionTests
{
    private static readonly BusEndpoint Endpoint = new(
        new TcpBusAddress(TcpBusAddress.Loopback, 0),
        new TcpBusAddress(TcpBusAddress.Loopback, 0)
    );
    private static readonly EventBusClientOptions Client = new();
    private static readonly EventBusServerOptions Server = new(Endpoint);
    private static readonly TimeSpan Negative = TimeSpan.FromMilliseconds(-2);

    public static TheoryData<string, Func<object>> Senseless => new()
    {
        { "QueueSize", () => Client with { QueueSize = 0 } },
        { "QueueSize", () => Server with { QueueSize = 0 } },
        { "QueueSize", () => new MasterForwarding(Endpoint, "m") { QueueSize = -1 } },
        { "MaxConnections", () => Server with { MaxConnections = 0 } },
        { "QueueBytes", () => Client with { QueueBytes = 0 } },
        { "QueueBytes", () => Server with { QueueBytes = 0 } },
        { "MaxFrameBytes", () => Client with { MaxFrameBytes = 0 } },
        { "MaxFrameBytes", () => Client with { MaxFrameBytes = FrameLimits.GreatestMaxFrameBytes + 1 } },
        { "MaxFrameBytes", () => Server with { MaxFrameBytes = int.MaxValue } },
        { "maxFrameBytes", () => new FrameReader(int.MaxValue) },
        { "MaxEventBytes", () => Client with { MaxEventBytes = 0 } },
        { "ConnectTimeout", () => Client with { ConnectTimeout = Negative } },
        { "ConnectTimeout", () => new MasterForwarding(Endpoint, "m") { ConnectTimeout = TimeSpan.FromDays(25) } },
        { "SendTimeout", () => Client with { SendTimeout = TimeSpan.MaxValue } },
        { "ReconnectTimeout", () => Client with { ReconnectTimeout = Negative } },
        { "StopTimeout", () => Server with { StopTimeout = Negative } },
    };

    [Theory]
    [MemberData(nameof(Senseless), DisableDiscoveryEnumeration = true)]
    public void A_wrong_option_is_refused_by_name(string name, Func<object> make)
    {
        var error = Assert.Throws<ArgumentOutOfRangeException>(make);

        Assert.Equal(name, error.ParamName);
        Assert.Contains(name + " must be between ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_edges_and_no_limit_at_all_are_taken()
    {
        var client = Client with
        {
            QueueSize = 1,
            MaxFrameBytes = FrameLimits.GreatestMaxFrameBytes,
            ConnectTimeout = Timeout.InfiniteTimeSpan,
            SendTimeout = TimeSpan.Zero,
            ReconnectTimeout = TimeSpan.FromDays(49),
        };
        var server = Server with
        {
            QueueSize = 1,
            QueueBytes = 1,
            MaxFrameBytes = 1,
            StopTimeout = Timeout.InfiniteTimeSpan,
            Overflow = SaltOverflow.Block,
        };

        Assert.Equal(
            (1, FrameLimits.GreatestMaxFrameBytes, 49),
            (client.QueueSize, client.MaxFrameBytes, client.ReconnectTimeout!.Value.Days)
        );
        Assert.Equal((1, 1L, 1), (server.QueueSize, server.QueueBytes, server.MaxFrameBytes));
        Assert.Null((client with { ReconnectTimeout = null }).ReconnectTimeout);
    }
}
