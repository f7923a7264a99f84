using System;
using System.IO;
using System.Linq;
using System.Management.Automation;
using System.Security.Cryptography;
using SaltEvents.Core.Events;
using Xunit;

namespace SaltEvents.Tests;

/// <summary>Send-SaltMasterEvent -Direct: each master is reported, and the errors have their ids.</summary>
public sealed class DirectTests : IDisposable
{
    private readonly Shell shell = new();
    private readonly CannedMaster master;
    private object? result = true;

    public DirectTests() => master = new CannedMaster(shell.Directory, SignIn);

    public void Dispose()
    {
        master.Dispose();
        shell.Dispose();
    }

    [Theory]
    [InlineData(true, "KeyPending")]
    [InlineData(false, "KeyRejected")]
    [InlineData("full", "MasterFull")]
    public void Every_master_is_an_error_of_its_own(object answer, string id)
    {
        MakeKeys();
        result = answer;

        var errors = shell.Run("Send-SaltMasterEvent x my/tag -Direct -ConfigPath $dir").Errors;

        Assert.Equal([id, "MasterNotFound"], errors.Select(e => e.FullyQualifiedErrorId.Split(',')[0]));
        Assert.Equal([$"127.0.0.1:{master.Port}", "127.0.0.1:1"], errors.Select(e => e.TargetObject));
        Assert.Equal(("_auth", "web1"), (master.Loads.Single()["cmd"], master.Loads.Single()["id"]));
    }

    [Fact]
    public void PassThru_gives_what_became_of_it_at_each_master()
    {
        MakeKeys();

        var deliveries = shell.Run("1, 2 | Send-SaltMasterEvent my/tag -Direct -ConfigPath $dir -MinionId db1 -PassThru -ErrorAction SilentlyContinue").Output;

        Assert.Equal(4, deliveries.Count);
        Assert.All(deliveries, d => Assert.Equal(("my/tag", "db1", false), ((string)((dynamic)d).Tag, (string)((dynamic)d).MinionId, (bool)((dynamic)d).Delivered)));
        Assert.Contains("salt-key -a db1", (string)((dynamic)deliveries[0]).Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_minion_without_keys_is_an_error_that_says_how_to_get_them() =>
        Assert.Contains("salt-key", AssertFails("MinionKeyNotFound", ErrorCategory.ObjectNotFound, "Send-SaltMasterEvent x t -Direct -ConfigPath $dir").Exception.Message, StringComparison.Ordinal);

    [Fact]
    public void A_minion_whose_id_is_not_known_is_an_error()
    {
        File.WriteAllText(Path.Combine(shell.Directory, "minion"), "master: salt\n");

        Assert.Contains("-MinionId", AssertFails("ConfigurationInvalid", ErrorCategory.InvalidData, "Send-SaltMasterEvent x t -Direct -ConfigPath $dir").Exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_minions_bus_the_error_says_that_Direct_exists()
    {
        var error = AssertFails("BusNotFound", ErrorCategory.ObjectNotFound, "Send-SaltMasterEvent x t -SockDir $dir");

        Assert.Contains("-Direct", error.ErrorDetails.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Send-SaltMasterEvent x t -Direct -SockDir $dir")]
    [InlineData("Send-SaltMasterEvent x t -Direct -PullPort 4511")]
    [InlineData("Send-SaltMasterEvent x t -Direct -ConfigPath $dir -Framing Map")]
    [InlineData("$b = Start-SaltEventBus -Node Minion -SockDir $dir; Send-SaltMasterEvent x t -Direct -Session $b")]
    [InlineData("Send-SaltMasterEvent x t -SockDir $dir -Timeout 1")]
    public void What_says_nothing_on_this_way_is_refused(string script) => AssertFails("ParametersDisagree", ErrorCategory.InvalidArgument, script);

    [Fact]
    public void WhatIf_signs_in_nowhere()
    {
        MakeKeys();
        shell.Run("Send-SaltMasterEvent x t -Direct -ConfigPath $dir -WhatIf").Good();

        Assert.Empty(master.Loads);
    }

    private PayloadMap SignIn(PayloadMap load)
    {
        var content = CannedMaster.Pack(CannedMaster.Map(("ret", result), ("nonce", load["nonce"])));
        return CannedMaster.Map(("enc", "clear"), ("load", content), ("sig", new byte[256]));
    }

    private void MakeKeys()
    {
        using var key = RSA.Create(2048);
        File.WriteAllText(Path.Combine(shell.Directory, "minion.pem"), key.ExportRSAPrivateKeyPem());
        File.WriteAllText(Path.Combine(shell.Directory, "minion.pub"), key.ExportSubjectPublicKeyInfoPem());
    }

    private ErrorRecord AssertFails(string id, ErrorCategory category, string script)
    {
        var error = shell.Fails(script);
        Assert.Equal(id + ",SaltEvents.Cmdlets.SendSaltMasterEventCommand", error.FullyQualifiedErrorId);
        Assert.Equal(category, error.CategoryInfo.Category);
        return error;
    }
}
