using System;
using System.IO;
using System.Linq;
using System.Text;
using System.Threading.Tasks;
using SaltEvents.Core.Master;
using Xunit;

namespace SaltEvents.Core.Tests.Master;

/// <summary>Which master is trusted, and what is remembered of it.</summary>
public sealed class MasterKeyTests : DirectTestBase
{
    [Fact]
    public async Task The_masters_key_is_remembered_at_first_sight_and_asked_for_a_token_afterwards()
    {
        await using var master = new FakeMaster(MasterTransport.Tcp);
        await FireOnceAsync(master);

        Assert.Equal(FakeMaster.Pem(TestKeys.Master), File.ReadAllText(Home.MasterKeyPath));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(
                UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead,
                File.GetUnixFileMode(Home.MasterKeyPath)
            );
        }

        Assert.True((await FireOnceAsync(master)).Delivered);
        Assert.Equal([false, true], master.Loads("_auth").Select(l => l["token"] is not null));
        Assert.Equal(3, Directory.GetFiles(Path.GetDirectoryName(Home.MasterKeyPath)!).Length);
    }

    [Fact]
    public async Task A_key_that_the_daemon_remembers_meanwhile_stays()
    {
        await using var master = new FakeMaster(MasterTransport.Tcp);
        master.ChangeSignIn = _ => Home.Remember(TestKeys.OtherMaster);

        Assert.Equal(MasterRequestReason.MasterKeyNotSaved, (await FireOnceAsync(master)).Cause?.Reason);
        Assert.Equal(FakeMaster.Pem(TestKeys.OtherMaster), File.ReadAllText(Home.MasterKeyPath));
        Assert.Equal(3, Directory.GetFiles(Path.GetDirectoryName(Home.MasterKeyPath)!).Length);
        Assert.Empty(master.Events);
    }

    [Fact]
    public async Task The_same_key_that_the_daemon_remembers_meanwhile_is_not_an_error()
    {
        await using var master = new FakeMaster(MasterTransport.Tcp);
        master.ChangeSignIn = _ => Home.Remember(TestKeys.Master);

        var delivery = await FireOnceAsync(master);

        Assert.True(delivery.Delivered, delivery.Cause?.Message);
        Assert.Equal(3, Directory.GetFiles(Path.GetDirectoryName(Home.MasterKeyPath)!).Length);
    }

    [Fact]
    public async Task A_master_with_another_key_than_remembered_is_refused_and_the_file_named()
    {
        Home.Remember(TestKeys.OtherMaster);
        await using var master = new FakeMaster(MasterTransport.Tcp);

        var error = (await FireOnceAsync(master)).Cause!;

        Assert.Equal(MasterRequestReason.MasterKeyChanged, error.Reason);
        Assert.Contains(Home.MasterKeyPath, error.Message, StringComparison.Ordinal);
        Assert.Equal(FakeMaster.Pem(TestKeys.OtherMaster), File.ReadAllText(Home.MasterKeyPath));
        Assert.Empty(master.Events);
    }

    [Fact]
    public async Task A_master_is_trusted_only_with_the_fingerprint_that_the_configuration_demands()
    {
        await using var master = new FakeMaster(MasterTransport.Tcp);
        var right = MasterKeyStore.Fingerprint(FakeMaster.Pem(TestKeys.Master), "sha256");

        var refused = await FireOnceAsync(
            master,
            o => o with { MasterFingerprint = MasterKeyStore.Fingerprint(FakeMaster.Pem(TestKeys.OtherMaster), "sha256") }
        );
        Assert.Equal(MasterRequestReason.MasterKeyNotTrusted, refused.Cause?.Reason);
        Assert.False(File.Exists(Home.MasterKeyPath));
        Assert.True((await FireOnceAsync(master, o => o with { MasterFingerprint = right.ToUpperInvariant() })).Delivered);
        Assert.True(
            (
                await FireOnceAsync(
                    master,
                    o =>
                        o with
                        {
                            MasterFingerprint = MasterKeyStore.Fingerprint(FakeMaster.Pem(TestKeys.Master), "md5"),
                            FingerprintHash = "md5",
                        }
                )
            ).Delivered
        );
    }

    [Fact]
    public async Task A_master_whose_key_the_signing_key_has_signed_may_change_it_and_no_other()
    {
        Home.Remember(TestKeys.OtherMaster);
        File.WriteAllText(Home.In("master_sign.pub"), FakeMaster.Pem(TestKeys.Signer));
        await using var master = new FakeMaster(MasterTransport.Tcp);

        Assert.Equal(MasterRequestReason.MasterKeyNotTrusted, (await FireAsSignedAsync()).Cause?.Reason);
        master.ChangeSignIn = content =>
            content.Add(
                "pub_sig",
                Convert.ToBase64String(
                    TestKeys.OtherMaster.SignData(
                        Encoding.ASCII.GetBytes(FakeMaster.Pem(TestKeys.Master)),
                        System.Security.Cryptography.HashAlgorithmName.SHA1,
                        System.Security.Cryptography.RSASignaturePadding.Pkcs1
                    )
                )
            );
        Assert.Equal(MasterRequestReason.MasterKeyNotTrusted, (await FireAsSignedAsync()).Cause?.Reason);
        master.ChangeSignIn = content =>
            content.Add(
                "pub_sig",
                Convert.ToBase64String(
                    TestKeys.Signer.SignData(
                        Encoding.ASCII.GetBytes(FakeMaster.Pem(TestKeys.Master)),
                        System.Security.Cryptography.HashAlgorithmName.SHA1,
                        System.Security.Cryptography.RSASignaturePadding.Pkcs1
                    )
                ) + "\n"
            );
        Assert.True((await FireAsSignedAsync()).Delivered);
        Assert.Equal(FakeMaster.Pem(TestKeys.Master), File.ReadAllText(Home.MasterKeyPath));

        Task<SaltMasterDelivery> FireAsSignedAsync() =>
            FireOnceAsync(master, o => o with { MasterSigningKeyPath = Home.In("master_sign.pub") });
    }

    // The rule is Salt's: salt/crypt.py, AsyncAuth.verify_master and check_auth_deps, 3006.10.
    [Theory]
    [InlineData(true, "right", true, false, true)]
    [InlineData(true, "wrong", true, false, true)] // a remembered key is verified only where always_verify_signature says so
    [InlineData(true, "wrong", true, true, false)]
    [InlineData(true, "right", true, true, true)]
    [InlineData(true, "none", true, false, false)] // master and minion must agree about signing
    [InlineData(true, "none", true, true, false)]
    [InlineData(true, "none", false, false, true)]
    [InlineData(true, "none", false, true, false)]
    [InlineData(true, "right", false, false, false)]
    [InlineData(true, "right", false, true, false)]
    [InlineData(false, "right", true, false, true)]
    [InlineData(false, "wrong", true, false, false)]
    [InlineData(false, "none", true, false, false)]
    [InlineData(false, "none", false, false, true)]
    [InlineData(false, "none", false, true, true)]
    [InlineData(false, "right", false, false, false)]
    public async Task A_master_is_trusted_exactly_where_Salt_trusts_it(
        bool remembered,
        string signature,
        bool verifies,
        bool always,
        bool trusted
    )
    {
        if (remembered)
        {
            Home.Remember(TestKeys.Master);
        }

        File.WriteAllText(Home.In("master_sign.pub"), FakeMaster.Pem(TestKeys.Signer));
        await using var master = new FakeMaster(MasterTransport.Tcp);
        if (signature != "none")
        {
            master.ChangeSignIn = content =>
                content.Add(
                    "pub_sig",
                    Convert.ToBase64String(
                        (signature == "right" ? TestKeys.Signer : TestKeys.OtherMaster).SignData(
                            Encoding.ASCII.GetBytes(FakeMaster.Pem(TestKeys.Master)),
                            System.Security.Cryptography.HashAlgorithmName.SHA1,
                            System.Security.Cryptography.RSASignaturePadding.Pkcs1
                        )
                    )
                );
        }

        var delivery = await FireOnceAsync(
            master,
            o => o with { MasterSigningKeyPath = verifies ? Home.In("master_sign.pub") : null, AlwaysVerifiesMasterKey = always }
        );

        Assert.Equal(trusted ? null : MasterRequestReason.MasterKeyNotTrusted, delivery.Cause?.Reason);
        Assert.Equal(trusted, master.Events.Any());
        Assert.Equal(remembered || trusted, File.Exists(Home.MasterKeyPath));
    }

    [Fact]
    public async Task Without_a_name_of_the_signing_key_no_new_master_is_trusted()
    {
        await using var master = new FakeMaster(MasterTransport.Tcp);
        master.ChangeSignIn = content => content.Add("pub_sig", "AAAA");

        var error = (await FireOnceAsync(master, o => o with { MasterSigningKeyPath = string.Empty })).Cause!;

        Assert.Equal(MasterRequestReason.MasterKeyNotTrusted, error.Reason);
        Assert.Contains("master_sign_key_name", error.Message, StringComparison.Ordinal);
    }
}
