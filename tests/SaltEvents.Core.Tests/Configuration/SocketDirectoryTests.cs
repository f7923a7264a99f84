using System;
using System.IO;
using System.Runtime.Versioning;
using SaltEvents.Core.Configuration;
using SaltEvents.Core.Protocols;
using SaltEvents.Core.Tests.Support;
using SaltEvents.Core.Transport;
using Xunit;

namespace SaltEvents.Core.Tests.Configuration;

/// <summary>Which bus a directory means. Only names count here, so plain files stand for sockets.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class SocketDirectoryTests : IDisposable
{
    private readonly TemporaryDirectory directory = new();

    public void Dispose() => directory.Dispose();

    private void Lay(BusEndpoint endpoint) => File.WriteAllText(((UnixBusAddress)endpoint.Pub).Path, string.Empty);

    private BusEndpoint Master() => SocketNames.Master(directory.Path);

    private BusEndpoint Minion(string id) => SocketNames.Minion(directory.Path, id);

    private LocatedBus Find(SaltNode? node = null, string? minionId = null) => SocketDirectory.Find(directory.Path, node, minionId);

    [Fact]
    public void The_masters_bus_comes_first()
    {
        Lay(Master());
        Lay(Minion("web01"));

        Assert.Equal(new LocatedBus(SaltNode.Master, Master()), Find());
        Assert.Equal(new LocatedBus(SaltNode.Master, Master()), Find(SaltNode.Master));
    }

    [Fact]
    public void Else_the_only_minions_bus()
    {
        Lay(Minion("web01"));

        Assert.Equal(new LocatedBus(SaltNode.Minion, Minion("web01")), Find());
        Assert.Equal(new LocatedBus(SaltNode.Minion, Minion("web01")), Find(SaltNode.Minion));
    }

    [Fact]
    public void A_minion_is_found_beside_a_master_when_it_is_asked_for()
    {
        Lay(Master());
        Lay(Minion("web01"));
        Lay(Minion("web02"));

        Assert.Equal(new LocatedBus(SaltNode.Minion, Minion("web02")), Find(minionId: "web02"));
        Assert.Equal(new LocatedBus(SaltNode.Minion, Minion("web01")), Find(SaltNode.Minion, "web01"));
    }

    [Fact]
    public void A_minion_is_found_under_each_name_that_Salt_gave_it_and_the_newest_wins()
    {
        var names = new System.Collections.Generic.List<BusEndpoint>(SocketNames.MinionOfAnyVersion(directory.Path, "web01"));
        names.Reverse();
        foreach (var endpoint in names)
        {
            Lay(endpoint);
            Assert.Equal(new LocatedBus(SaltNode.Minion, endpoint), Find(minionId: "web01"));
        }
    }

    [Fact]
    public void The_oldest_name_is_found_without_an_id()
    {
        Lay(
            new BusEndpoint(
                new UnixBusAddress(directory.In("minion_event_pub.ipc")),
                new UnixBusAddress(directory.In("minion_event_pull.ipc"))
            )
        );

        Assert.Equal(directory.In("minion_event_pull.ipc"), Find().Endpoint.Pull.ToString());
    }

    [Fact]
    public void Several_minions_are_an_error_that_lists_them()
    {
        Lay(Minion("web01"));
        Lay(Minion("web02"));

        var error = Assert.Throws<BusSelectionException>(() => Find());

        Assert.Equal(BusSelectionReason.Ambiguous, error.Reason);
        foreach (var id in new[] { "web01", "web02" })
        {
            Assert.Contains(
                Path.GetFileName(((UnixBusAddress)Minion(id).Pub).Path)[..^"_pub.ipc".Length],
                error.Message,
                StringComparison.Ordinal
            );
        }

        Assert.Contains("-MinionBus", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_other_node_is_an_error_that_says_what_is_there()
    {
        Lay(Minion("web01"));
        var noMaster = Assert.Throws<BusSelectionException>(() => Find(SaltNode.Master));
        Assert.Equal(BusSelectionReason.WrongNode, noMaster.Reason);
        Assert.Contains("is a minion's, not a master's", noMaster.Message, StringComparison.Ordinal);
        Assert.Contains("-Node Minion", noMaster.Message, StringComparison.Ordinal);

        File.Delete(((UnixBusAddress)Minion("web01").Pub).Path);
        Lay(Master());
        var noMinion = Assert.Throws<BusSelectionException>(() => Find(SaltNode.Minion));
        Assert.Equal(BusSelectionReason.WrongNode, noMinion.Reason);
        Assert.Contains("is a master's, not a minion's", noMinion.Message, StringComparison.Ordinal);
        Assert.Contains("-Node Master", noMinion.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Another_minions_bus_is_an_error_that_names_it()
    {
        Lay(Minion("web01"));

        var error = BusError.Throws(BusReason.NotFound, () => Find(minionId: "web02"));

        Assert.Contains("no event bus of the minion web02", error.Message, StringComparison.Ordinal);
        Assert.Contains("it has these: minion_event_", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, null, "neither master_event_pub.ipc nor minion_event_*_pub.ipc exists")]
    [InlineData(SaltNode.Master, null, "no master's event bus")]
    [InlineData(SaltNode.Minion, null, "no Salt event bus")]
    [InlineData(null, "web01", "it has no minion's bus")]
    public void An_empty_directory_is_an_error_that_names_it(SaltNode? node, string? minionId, string text)
    {
        File.WriteAllText(directory.In("minion_event_x_pull.ipc"), string.Empty); // no pub, no bus
        File.WriteAllText(directory.In("publish_pull.ipc"), string.Empty);

        var error = BusError.Throws(BusReason.NotFound, () => Find(node, minionId));

        Assert.Contains(directory.Path, error.Message, StringComparison.Ordinal);
        Assert.Contains(text, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_directory_is_an_error_that_names_it()
    {
        var error = BusError.Throws(BusReason.NotFound, () => SocketDirectory.Find(directory.In("none")));

        Assert.Contains(directory.In("none"), error.Message, StringComparison.Ordinal);
        Assert.Contains("the directory does not exist.", error.Message, StringComparison.Ordinal);
    }
}
