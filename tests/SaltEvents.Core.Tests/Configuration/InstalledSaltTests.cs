using System.IO;
using SaltEvents.Core.Configuration;
using SaltEvents.Core.Protocols;
using SaltEvents.Core.Tests.Support;
using SaltEvents.Core.Transport;
using SaltEvents.Core.ZeroMq;
using Xunit;

namespace SaltEvents.Core.Tests.Configuration;

/// <summary>What the names of sockets and the files of an installed Salt say about the form of tags.</summary>
public sealed class InstalledSaltTests : System.IDisposable
{
    private readonly TemporaryDirectory root = new();

    public void Dispose() => root.Dispose();

    private static BusEndpoint Sockets(string name) =>
        new(new UnixBusAddress($"/d/{name}_pub.ipc"), new UnixBusAddress($"/d/{name}_pull.ipc"));

    [Theory]
    [InlineData("master_event", "Any")]
    [InlineData("minion_event", "Padded")]
    [InlineData("minion_event_2f527604e1deff1329720282d8d3cfa1", "Padded, PaddedOrDelimited")]
    [InlineData("minion_event_2f527604e1", "PaddedOrDelimited, Delimited")]
    public void The_names_of_a_minions_sockets_show_its_age(string name, string forms) =>
        Assert.Equal(forms, InstalledSalt.TagFormsOf(Sockets(name), root.Path).ToString());

    [Theory]
    [InlineData("usr/lib/python2.7/dist-packages/salt-0.17.5.egg-info", "PaddedOrDelimited")]
    [InlineData("usr/lib64/python2.6/site-packages/salt-0.16.4-py2.6.egg-info", "Padded")]
    [InlineData("usr/local/lib/python2.7/site-packages/salt-2015.8.13.dist-info", "Delimited")]
    [InlineData("usr/local/lib/python2.7/site-packages/salt-2015.5.0rc1-py2.7.egg", "Delimited")]
    [InlineData("usr/lib/python3/dist-packages/salt-3004.egg-info", "Any")] // says nothing of this bus
    [InlineData("usr/lib/python2.7/dist-packages/salt-cloud-0.8.9.egg-info", "Any")]
    public void An_installed_Salt_shows_its_version(string file, string forms)
    {
        Directory.CreateDirectory(root.In(file));
        Assert.Equal(forms, InstalledSalt.TagFormsOf(Sockets("master_event"), root.Path).ToString());
        Assert.Equal(
            "Any",
            InstalledSalt
                .TagFormsOf(new BusEndpoint(new TcpBusAddress("192.0.2.1", 4512), new TcpBusAddress("192.0.2.1", 4513)), root.Path)
                .ToString()
        );
    }

    [Fact]
    public void A_contradiction_leaves_no_form_and_two_versions_leave_both_forms()
    {
        Directory.CreateDirectory(root.In("usr/lib/python2.7/dist-packages/salt-2015.8.13.egg-info"));
        Assert.Equal(TagFormSet.None, InstalledSalt.TagFormsOf(Sockets("minion_event"), root.Path));
        Directory.CreateDirectory(root.In("usr/local/lib/python2.7/dist-packages/salt-2014.7.9.egg-info"));
        Assert.Equal(TagFormSet.PaddedOrDelimited | TagFormSet.Delimited, InstalledSalt.TagFormsOf(Sockets("master_event"), root.Path));
    }
}
