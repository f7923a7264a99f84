using System;
using System.IO;
using System.Linq;
using System.Runtime.Versioning;
using SaltEvents.Core.Configuration;
using SaltEvents.Core.Protocols;
using SaltEvents.Core.Tests.Support;
using SaltEvents.Core.Transport;
using Xunit;

namespace SaltEvents.Core.Tests.Configuration;

/// <summary>Which sockets a configuration describes. Only names count here, so plain files stand for sockets.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class BusLocatorTests : IDisposable
{
    private readonly SaltFiles files = new();

    public void Dispose() => files.Dispose();

    private string Sock => files.In("s");

    private void Lay(BusEndpoint endpoint)
    {
        Directory.CreateDirectory(Sock);
        File.WriteAllText(((UnixBusAddress)endpoint.Pub).Path, string.Empty);
    }

    private LocatedBus Minion(params string[] lines) =>
        BusLocator.Locate(files.With("minion", [$"sock_dir: {Sock}", $"cachedir: {files.In("cache")}", .. lines]).Minion());

    [Fact]
    public void A_masters_lie_in_its_sock_dir()
    {
        var bus = BusLocator.Locate(files.With("master", "sock_dir: /run/x").Master());
        Assert.Equal(new LocatedBus(SaltNode.Master, SocketNames.Master("/run/x")), bus);
    }

    [Fact]
    public void In_TCP_mode_they_are_ports_of_this_host()
    {
        var master = BusLocator.Locate(files.With("master", "ipc_mode: tcp", "tcp_master_pull_port: '5001'").Master());
        var minion = BusLocator.Locate(files.With("minion", "ipc_mode: tcp", "tcp_pub_port: [5002]").Minion());

        Assert.Equal("pub 127.0.0.1:4512, pull 127.0.0.1:5001", master.Endpoint.ToString());
        Assert.Equal("pub 127.0.0.1:5002, pull 127.0.0.1:4511", minion.Endpoint.ToString());
    }

    // The hashes are Python's.
    [Theory]
    [InlineData("id: web1", "659a7fb2af")]
    [InlineData("id: web1\nhash_id: other", "d9298a10d1")]
    [InlineData("id: '08'\nhash_type: SHA512", "0831cd276a")]
    public void A_minions_names_are_hashes_of_its_id(string text, string hash) =>
        Assert.Equal(Path.Combine(Sock, $"minion_event_{hash}_pub.ipc"), Minion(text.Split('\n')).Endpoint.Pub.ToString());

    [Fact]
    public void An_older_Salts_name_is_taken_where_it_is_there()
    {
        var md5 = SocketNames.MinionOfAnyVersion(Sock, "web1").ElementAt(1);
        Lay(md5);

        Assert.Equal(md5, Minion("id: web1").Endpoint);
    }

    [Fact]
    public void Where_the_id_is_not_known_the_only_minion_there_is_taken()
    {
        Lay(SocketNames.Minion(Sock, "some"));

        Assert.Equal(SocketNames.Minion(Sock, "some"), Minion($"root_dir: {files.Path}").Endpoint);
        Assert.Equal(SocketNames.Minion(Sock, "some"), Minion("id: web1", "hash_type: blake2b").Endpoint);
        Lay(SocketNames.Minion(Sock, "other"));
        Assert.Throws<BusSelectionException>(() => Minion($"root_dir: {files.Path}"));
    }

    [Fact]
    public void The_id_of_the_image_that_was_cloned_is_not_taken_for_the_minions_where_Salt_does_not()
    {
        Lay(SocketNames.Minion(Sock, "stale"));
        Lay(SocketNames.Minion(Sock, "other"));
        files.With("minion_id", "stale");
        Assert.Equal(SocketNames.Minion(Sock, "stale"), Minion().Endpoint);
        Assert.Throws<BusSelectionException>(() => Minion("minion_id_caching: False", "root_dir: " + files.Path));
    }

    [Fact]
    public void A_minion_that_is_asked_for_is_found_whatever_the_configuration_says()
    {
        Lay(SocketNames.Minion(Sock, "web1"));
        Lay(SocketNames.Minion(Sock, "web2"));
        var configuration = files.With("minion", "id: web1", $"sock_dir: {Sock}", $"cachedir: {files.In("cache")}").Minion();

        Assert.Equal(SocketNames.Minion(Sock, "web2"), BusLocator.Locate(configuration, "web2").Endpoint);
        BusError.Throws(BusReason.NotFound, () => BusLocator.Locate(configuration, "web3"));
    }

    // The hashes are Python's.
    [Theory]
    [InlineData("sha512", "65ea3db800")]
    [InlineData("sha224", "991173887c")]
    [InlineData("SHA1", "867e9cd9ea")]
    public void It_is_named_by_the_configured_hash(string hashType, string hash)
    {
        Lay(SocketNames.In(Sock, "minion_event_" + hash));
        Lay(SocketNames.Minion(Sock, "web1"));
        var configuration = files.With("minion", "id: web1", $"sock_dir: {Sock}", $"cachedir: {files.In("cache")}", "hash_type: " + hashType).Minion();

        Assert.Equal(SocketNames.In(Sock, "minion_event_" + hash), BusLocator.Locate(configuration, "web2").Endpoint);
    }
}
