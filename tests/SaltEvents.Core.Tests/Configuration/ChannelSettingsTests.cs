using System.IO;
using System.Linq;
using SaltEvents.Core.Configuration;
using SaltEvents.Core.Master;
using SaltEvents.Core.Tests.Support;
using Xunit;

namespace SaltEvents.Core.Tests.Configuration;

public sealed class ChannelSettingsTests : System.IDisposable
{
    private readonly TemporaryDirectory directory = new();

    public void Dispose() => directory.Dispose();

    [Theory]
    [InlineData("", "127.0.0.1:4506")]
    [InlineData("interface: 0.0.0.0\nret_port: 24506", "127.0.0.1:24506")]
    [InlineData("interface: '::'", "::1:4506")]
    [InlineData("interface: 10.0.0.5", "10.0.0.5:4506")]
    public void A_master_is_asked_where_it_listens(string yaml, string address) => Assert.Equal(address, Master(yaml).Address.ToString());

    [Fact]
    public void A_masters_options_are_those_of_its_configuration()
    {
        var options = Master(
            "transport: tcp\nuser: salt\ncachedir: /srv/cache\nnodegroups:\n  a: [web1, web2]\n  b: 'N@a and  G@os:Debian'\n"
        );

        Assert.Equal((MasterTransport.Tcp, "salt", "/srv/cache"), (options.Transport, options.User, options.CacheDirectory));
        Assert.Equal(["web1", "web2"], options.Nodegroups["a"]);
        Assert.Equal(["N@a", "and", "G@os:Debian"], options.Nodegroups["b"]);
    }

    [Fact]
    public void Node_groups_may_be_a_list_of_maps() =>
        Assert.Equal(["a", "b"], Master("nodegroups:\n- a: [web1, web2]\n- b: 'N@a and  G@os:Debian'\n").Nodegroups.Keys);

    [Theory]
    [InlineData("root", null, "salt", "root")]
    [InlineData("root", "alice", "salt", "sudo_alice")]
    [InlineData("alice", null, "alice", null)] // publisher_acl
    [InlineData("bob", "alice", "salt", null)] // has no key of its own
    [InlineData("salt", "alice", "salt", null)]
    public void Each_account_names_itself_to_the_master_as_the_salt_command_does(string account, string? sudoer, string keyOf, string? asker)
    {
        File.WriteAllText(directory.In(".alice_key"), "key");
        File.WriteAllText(directory.In(".salt_key"), "key");

        var options = ChannelSettings.ForAccount(Master("user: salt\ncachedir: " + directory.Path), account, sudoer);

        Assert.Equal((keyOf, asker), (options.User, options.Requester));
    }

    [Theory]
    [InlineData("", "salt:4506")]
    [InlineData("master: one", "one:4506")]
    [InlineData("master: one:14506", "one:14506")]
    [InlineData("master: one:14506\nmaster_uri_format: ip_only", "one:14506:4506")]
    [InlineData("master: [one, 'two:1', '[::1]:2', '::1', '[::1]']\nmaster_port: 5", "one:5 two:1 ::1:2 ::1:5 ::1:5")]
    public void A_minions_masters_are_read_as_Salt_reads_them(string yaml, string masters) =>
        Assert.Equal(masters, string.Join(' ', Minion(yaml).Masters.Select(m => m.ToString())));

    [Fact]
    public void A_minions_options_are_those_of_its_configuration()
    {
        var options = Minion(
            "master_type: failover\npki_dir: /srv/pki\nmaster_finger: 'aa:bb'\nhash_type: md5\nverify_master_pubkey_sign: true\nencryption_algorithm: OAEP-SHA224\nsigning_algorithm: PKCS1v15-SHA224"
        );

        Assert.Equal(
            ("web1", true, "/srv/pki", "aa:bb", "md5"),
            (options.MinionId, options.IsFailover, options.PkiDirectory, options.MasterFingerprint, options.FingerprintHash)
        );
        Assert.Equal(
            (Path.Combine("/srv/pki", "master_sign.pub"), "OAEP-SHA224", "PKCS1v15-SHA224"),
            (options.MasterSigningKeyPath, options.EncryptionAlgorithm, options.SigningAlgorithm)
        );
        Assert.Equal("other", ChannelSettings.FromMinion(Read("minion", "id: web1"), "other").MinionId);
    }

    [Theory]
    [InlineData("", "master_sign.pub")]
    [InlineData("master_sign_key_name: other", "other.pub")]
    [InlineData("master_sign_key_name: ''", null)]
    [InlineData("master_sign_key_name:", null)]
    [InlineData("master_sign_key_name: False", null)]
    public void A_signing_key_without_a_name_is_none(string yaml, string? file)
    {
        var path = Minion($"pki_dir: /srv/pki\nverify_master_pubkey_sign: True\n{yaml}").MasterSigningKeyPath;

        Assert.Equal(file is null ? string.Empty : Path.Combine("/srv/pki", file), path);
    }

    [Theory]
    [InlineData("verify_master_pubkey_sign: 'True'", true)]
    [InlineData("verify_master_pubkey_sign: 1", true)]
    [InlineData("verify_master_pubkey_sign: [x]", true)]
    [InlineData("verify_master_pubkey_sign: 0", false)]
    [InlineData("verify_master_pubkey_sign: ''", false)]
    [InlineData("verify_master_pubkey_sign: []", false)]
    [InlineData("verify_master_pubkey_sign:", false)]
    [InlineData("", false)]
    public void A_check_is_on_where_Salt_has_it_on(string yaml, bool isOn)
    {
        Assert.Equal(isOn, Minion(yaml).MasterSigningKeyPath is not null);
        Assert.Equal(
            isOn,
            Minion(
                yaml.Replace("verify_master_pubkey_sign", "always_verify_signature", System.StringComparison.Ordinal)
            ).AlwaysVerifiesMasterKey
        );
    }

    [Fact]
    public void One_of_several_masters_is_enough_where_each_minion_has_one_of_them() =>
        Assert.True(Minion("master: [one, two]\nmaster_type: distributed").IsFailover);

    [Theory]
    [InlineData("master_finger: ['aa:bb']")]
    [InlineData("master_finger: 12")]
    [InlineData("encryption_algorithm: [OAEP-SHA224]")]
    [InlineData("signing_algorithm: {a: 1}")]
    [InlineData("transport: udp")]
    [InlineData("transport: ws\nssl:\n  keyfile: [x]")]
    [InlineData("master: {a: 1}")]
    [InlineData("master: []")]
    [InlineData("master: [one, 2]")]
    [InlineData("master_type: func")]
    [InlineData("master_type: disable")]
    public void A_setting_that_cannot_be_used_is_an_error_with_its_line(string yaml) =>
        Assert.Matches(":[24]: ", Assert.Throws<SaltConfigurationException>(() => Minion(yaml)).Message);

    [Fact]
    public void A_minion_without_an_id_is_an_error() =>
        Assert.Contains(
            "-MinionBus",
            Assert
                .Throws<SaltConfigurationException>(() => ChannelSettings.FromMinion(Read("minion", "root_dir: " + directory.Path)))
                .Message,
            System.StringComparison.Ordinal
        );

    [Theory]
    [InlineData("", 0)]
    [InlineData("syndic_wait: 10", 0)]
    [InlineData("order_masters: False\nsyndic_wait: 10", 0)]
    [InlineData("order_masters: True", 5)]
    [InlineData("order_masters: True\nsyndic_wait: 10", 10)]
    [InlineData("order_masters: 'yes'\nsyndic_wait: 0.5", 0.5)]
    public void Syndics_have_time_where_there_are_any(string yaml, double seconds) =>
        Assert.Equal(seconds, Master(yaml).SyndicWait.TotalSeconds);

    [Theory]
    [InlineData("transport: tcp\nssl: True", true)]
    [InlineData("transport: tcp\nssl:\n  keyfile: /k", true)]
    [InlineData("transport: tcp\nssl: False", false)]
    [InlineData("transport: tcp\nssl:", false)]
    [InlineData("transport: ws\nssl: True", true)] // without a certificate
    [InlineData("transport: ws\nssl: {}", false)]
    [InlineData("ssl: True", false)] // ZeroMQ takes no notice of it
    public void TLS_is_used_where_the_configuration_asks_for_it(string yaml, bool isRefused)
    {
        foreach (var read in new System.Action[] { () => Master(yaml), () => Minion(yaml) })
        {
            var error = Record.Exception(read);
            Assert.Equal(
                isRefused,
                error is SaltConfigurationException
                    && (
                        error.Message.Contains("TLS", System.StringComparison.Ordinal)
                        || error.Message.Contains("certfile", System.StringComparison.Ordinal)
                    )
            );
            Assert.Equal(isRefused, error is not null);
        }
    }

    [Theory]
    [InlineData("", true)]
    [InlineData("  cert_reqs: CERT_REQUIRED", true)]
    [InlineData("  cert_reqs: CERT_NONE", false)]
    public void A_WebSocket_takes_the_certificates_of_ssl(string more, bool verifies)
    {
        var yaml = $"transport: ws\nssl:\n  certfile: /c\n  keyfile: /k\n  ca_certs: /ca\n{more}";
        var expected = new MasterTls { CertificatePath = "/c", KeyPath = "/k", TrustedPath = "/ca", Verifies = verifies };
        Assert.Equal((MasterTransport.WebSocket, expected), (Master(yaml).Transport, Master(yaml).Tls));
        Assert.Equal((MasterTransport.WebSocket, expected), (Minion(yaml).Transport, Minion(yaml).Tls));
        Assert.Equal((MasterTransport.WebSocket, null), (Minion("transport: ws").Transport, Minion("transport: ws").Tls));
    }

    [Theory]
    [InlineData("")]
    [InlineData("soon")]
    [InlineData("-1")]
    [InlineData("1e9")]
    public void An_invalid_time_for_syndics_is_an_error_where_it_is_needed(string value)
    {
        Assert.Contains(
            "syndic_wait",
            Assert.Throws<SaltConfigurationException>(() => Master("order_masters: True\nsyndic_wait: " + value)).Message,
            System.StringComparison.Ordinal
        );
        Assert.Equal(System.TimeSpan.Zero, Master("syndic_wait: " + value).SyndicWait);
    }

    private MasterChannelOptions Master(string yaml) => ChannelSettings.FromMaster(Read("master", yaml));

    private MinionChannelOptions Minion(string yaml) => ChannelSettings.FromMinion(Read("minion", "id: web1\n" + yaml));

    private SaltConfiguration Read(string name, string yaml)
    {
        File.WriteAllText(directory.In(name), yaml);
        return new ConfigurationPlace(directory.In(name), name == "master" ? SaltNode.Master : SaltNode.Minion).Read();
    }
}
