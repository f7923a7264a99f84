using System.Linq;
using SaltEvents.Core.Configuration;
using SaltEvents.Core.Protocols;
using SaltEvents.Core.Transport;
using Xunit;

namespace SaltEvents.Core.Tests.Configuration;

/// <summary>Names as Salt's own functions give them; the hashes are those of sha256sum and md5sum.</summary>
public sealed class SocketNamesTests
{
    private static string Pub(BusEndpoint endpoint) => ((UnixBusAddress)endpoint.Pub).Path;

    private static string Pull(BusEndpoint endpoint) => ((UnixBusAddress)endpoint.Pull).Path;

    [Fact]
    public void A_masters_sockets_have_fixed_names()
    {
        var endpoint = SocketNames.Master(SocketNames.MasterDirectory);

        Assert.Equal("/var/run/salt/master/master_event_pub.ipc", Pub(endpoint));
        Assert.Equal("/var/run/salt/master/master_event_pull.ipc", Pull(endpoint));
    }

    [Theory]
    [InlineData("web01", "1f94fe445b")]
    [InlineData("", "e3b0c44298")]
    [InlineData("münchen", "f75c175f55")]
    public void A_minions_sockets_are_named_by_the_SHA256_of_its_id(string id, string hash)
    {
        var endpoint = SocketNames.Minion(SocketNames.MinionDirectory, id);

        Assert.Equal($"/var/run/salt/minion/minion_event_{hash}_pub.ipc", Pub(endpoint));
        Assert.Equal($"/var/run/salt/minion/minion_event_{hash}_pull.ipc", Pull(endpoint));
    }

    [Fact]
    public void Older_names_come_after_the_newest() =>
        Assert.Equal(
            [
                "/d/minion_event_1f94fe445b_pub.ipc",
                "/d/minion_event_2f527604e1_pub.ipc",
                "/d/minion_event_2f527604e1deff1329720282d8d3cfa1_pub.ipc",
                "/d/minion_event_pub.ipc",
            ],
            SocketNames.MinionOfAnyVersion("/d", "web01").Select(Pub)
        );

    [Theory]
    [InlineData(SaltTagForm.Padded, "2f527604e1deff1329720282d8d3cfa1")]
    [InlineData(SaltTagForm.PaddedOrDelimited, "2f527604e1deff1329720282d8d3cfa1")]
    [InlineData(SaltTagForm.Delimited, "2f527604e1")]
    public void A_minions_sockets_have_the_names_of_their_age(SaltTagForm form, string hash) =>
        Assert.Equal($"/d/minion_event_{hash}_pub.ipc", Pub(SocketNames.OldMinion("/d", "web01", form)));

    [Fact]
    public void Default_ports_are_Salts()
    {
        Assert.Equal("pub 127.0.0.1:4512, pull 127.0.0.1:4513", SocketNames.DefaultTcp(SaltNode.Master).ToString());
        Assert.Equal("pub 127.0.0.1:4510, pull 127.0.0.1:4511", SocketNames.DefaultTcp(SaltNode.Minion).ToString());
    }
}
