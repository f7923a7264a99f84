using System;
using System.Linq;
using System.Net.Sockets;
using Xunit;

namespace SaltEvents.Tests;

/// <summary>What -SaltVersion says of buses with a stream: the framing of each release, and the tags that it loses.</summary>
public sealed class SaltVersionTests : IDisposable
{
    private readonly Shell shell = new();

    public void Dispose() => shell.Dispose();

    [Theory]
    [InlineData("2016.3.8", false)]
    [InlineData("3005.5", false)]
    [InlineData("3006.25", false)]
    [InlineData("3006.26", true)]
    [InlineData("3006.30", true)]
    [InlineData("3007.0", false)]
    [InlineData("3007.14", false)]
    [InlineData("3007.15", true)]
    [InlineData("v3007.17", true)]
    [InlineData("3008.0rc1", false)]
    [InlineData("3008.1", false)]
    [InlineData("3008.2", true)]
    [InlineData("3008.5", true)]
    [InlineData("3009.0", true)]
    [InlineData("3010", true)]
    public void A_release_says_how_its_bus_takes_events(string version, bool hasLength)
    {
        using var bus = new FakeBus(shell.Directory);
        using var sending = shell.Start($"Send-SaltEvent t x -SockDir $dir -SaltVersion {version}");
        var sender = bus.AcceptSender();
        var first = new byte[1];
        sender.Receive(first, SocketFlags.None);

        Assert.Equal(hasLength ? 0x00 : 0x82, first[0]);
    }

    [Theory]
    [InlineData("3006")]
    [InlineData("3007")]
    [InlineData("v3008")]
    [InlineData("3008.x")]
    public void A_series_in_which_it_changed_is_not_enough(string version)
    {
        using var bus = new FakeBus(shell.Directory);

        var error = shell.Fails($"Send-SaltEvent t x -SockDir $dir -SaltVersion {version}");

        Assert.StartsWith("ParametersDisagree,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("3006.26, 3007.15 and 3008.2", error.Exception.Message, StringComparison.Ordinal);
        Assert.True(bus.IsUntouched);
    }

    [Theory]
    [InlineData("2017.7.8", false)]
    [InlineData("2018.3.0", true)]
    [InlineData("2019.2.8", true)]
    [InlineData("3000.9", true)]
    [InlineData("3000", true)]
    [InlineData("3001.8", false)]
    [InlineData("3006.10", false)]
    public void A_tag_outside_ASCII_is_refused_where_Salt_loses_it(string version, bool isRefused)
    {
        shell.StartBus("-Node Minion -MinionId web01");
        foreach (var command in new[] { "Send-SaltEvent", "Send-SaltMasterEvent" })
        {
            var errors = shell.Run($"{command} \"my/caf$([char]0xE9)\" @{{ a = 1 }} -SockDir $dir -SaltVersion {version}").Errors;

            Assert.Equal(isRefused ? ["TagDoesNotFit"] : [], errors.Select(e => e.FullyQualifiedErrorId.Split(',')[0]));
        }
    }
}
