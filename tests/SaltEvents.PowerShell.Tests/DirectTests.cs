using System;
using System.IO;
using System.Linq;
using System.Management.Automation;
using System.Security.Cryptography;
using SaltEvents.Core.Events;
using Xunit;
using static SaltEvents.Tests.PayloadExtensions;

namespace SaltEvents.Tests;

/// <summary>Send-SaltMasterEvent -Direct: each master is reported, and the errors have their ids.</summary>
public sealed class DirectTests : IDisposable
{
    private readonly Shell shell = new();
    private readonly AcceptedMinion minion = new();
    private readonly RecordedMaster master;
    private Func<PayloadMap, object?> answer;
    private object? result = true;

    public DirectTests()
    {
        answer = SignIn;
        master = new RecordedMaster(shell.Directory, load => answer(load), minion.Open);
    }

    public void Dispose()
    {
        master.Dispose();
        minion.Dispose();
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

        var errors = shell.Run("Send-SaltMasterEvent my/tag x -Direct -ConfigPath $dir").Errors;

        Assert.Equal([id, "MasterNotFound"], errors.Select(e => e.FullyQualifiedErrorId.Split(',')[0]));
        Assert.Equal([$"127.0.0.1:{master.Port}", "127.0.0.1:1"], errors.Select(e => e.TargetObject));
        Assert.Equal(("_auth", "web1"), (master.Loads.Single()["cmd"], master.Loads.Single()["id"]));
    }

    [Fact]
    public void Without_data_the_payload_has_no_fields()
    {
        MakeKeys();
        answer = Accept;

        shell.Run("Send-SaltMasterEvent my/tag -Direct -ConfigPath $dir -ErrorAction SilentlyContinue");

        Assert.Empty((PayloadMap)master.Loads.Last()["data"]!);
    }

    [Fact]
    public void A_master_that_has_accepted_the_minion_takes_each_event_over_one_sign_in()
    {
        MakeKeys();
        answer = Accept;

        var result = shell.Run(
            "'a', @{ b = 2 } | Send-SaltMasterEvent my/tag -Direct -ConfigPath $dir -PassThru -ErrorAction SilentlyContinue"
        );

        var taken = result.Output.Where(d => (string)((dynamic)d).Master == $"127.0.0.1:{master.Port}").ToArray();
        Assert.Equal(2, taken.Length);
        Assert.All(
            taken,
            d =>
                Assert.Equal(
                    (true, 3, null),
                    ((bool)((dynamic)d).Delivered, (int)((dynamic)d).ProtocolVersion, (string?)((dynamic)d).Error)
                )
        );
        Assert.Equal(["_auth", "_minion_event", "_minion_event"], master.Loads.Select(l => (string)l["cmd"]!));
        Assert.All(master.Loads.Skip(1), l => Assert.Equal(("web1", "my/tag"), (l["id"], l["tag"])));
        Assert.Equal(
            ("a", 2L),
            (((PayloadMap)master.Loads.ElementAt(1)["data"]!)["data"], ((PayloadMap)master.Loads.Last()["data"]!)["b"])
        );
        Assert.Equal(minion.MasterPem, File.ReadAllText(MasterKeyPath));
    }

    [Theory]
    [InlineData("MasterKeyChanged")]
    [InlineData("AnswerTampered")]
    [InlineData("AnswerReplayed")]
    public void An_answer_that_cannot_be_trusted_has_its_own_id(string id)
    {
        MakeKeys();
        using var other = RSA.Create(2048);
        File.WriteAllText(MasterKeyPath, id == "MasterKeyChanged" ? other.ExportSubjectPublicKeyInfoPem() : minion.MasterPem);
        answer = load =>
        {
            if (id == "AnswerReplayed")
            {
                load.Remove("nonce");
                load.Add("nonce", new string('0', 32));
            }

            var signed = minion.SignIn(load);
            ((byte[])signed["sig"]!)[7] ^= (byte)(id == "AnswerTampered" ? 1 : 0);
            return signed;
        };

        var error = shell.Run("Send-SaltMasterEvent my/tag x -Direct -ConfigPath $dir").Errors[0];

        Assert.Equal(
            (id + ",SaltEvents.Cmdlets.SendSaltMasterEventCommand", ErrorCategory.SecurityError),
            (error.FullyQualifiedErrorId, error.CategoryInfo.Category)
        );
        Assert.Equal(id == "MasterKeyChanged", error.Exception.Message.Contains(MasterKeyPath, StringComparison.Ordinal));
        Assert.Single(master.Loads);
    }

    [Fact]
    public void Nothing_secret_is_on_any_stream()
    {
        MakeKeys();
        var text = string.Empty;
        foreach (
            var each in new Func<PayloadMap, object?>[]
            {
                Accept,
                SignIn,
                _ => "bad load",
                l => l["cmd"] is "_auth" ? minion.SignIn(l) : new byte[99],
                l => l["cmd"] is "_auth" ? minion.SignIn(l) : "bad load",
            }
        )
        {
            answer = each;
            text += shell
                .Run(
                    """
                    $VerbosePreference = $DebugPreference = $InformationPreference = 'Continue'
                    & { 'x', 'y' | Send-SaltMasterEvent my/tag -Direct -ConfigPath $dir -PassThru } *>&1 | ForEach-Object {
                        "$_"; if ($_ -is [Management.Automation.ErrorRecord]) { "$($_.Exception)"; "$($_.ErrorDetails)"; "$($_.TargetObject)" } else { $_.psobject.Properties | ForEach-Object { "$($_.Value)" } }
                    }
                    """
                )
                .Good()
                .Output.Aggregate(string.Empty, (text, o) => text + o + "\n");
        }

        Assert.Contains("accepted the event", text, StringComparison.Ordinal); // -Verbose was heard
        var pem = File.ReadAllLines(Path.Combine(shell.Directory, "minion.pem"))[1..^1];
        var tokens = master.Loads.Select(l => l["tok"]).OfType<byte[]>().Select(Convert.ToHexString);
        Assert.All(
            minion.Secrets.Concat(pem).Concat(tokens),
            secret => Assert.DoesNotContain(secret, text, StringComparison.OrdinalIgnoreCase)
        );
    }

    [Fact]
    public void Ctrl_C_ends_the_wait_for_a_master_that_does_not_answer()
    {
        MakeKeys();
        answer = _ => null;
        using var run = shell.Start("Send-SaltMasterEvent my/tag x -Direct -ConfigPath $dir -Timeout Infinite");
        Until.True(() => !master.Loads.IsEmpty, "the master was asked");

        Assert.IsType<PipelineStoppedException>(run.Stop().Failure);
    }

    [Fact]
    public void PassThru_returns_what_became_of_it_at_each_master()
    {
        MakeKeys();

        var deliveries = shell
            .Run("1, 2 | Send-SaltMasterEvent my/tag -Direct -ConfigPath $dir -MinionBus db1 -PassThru -ErrorAction SilentlyContinue")
            .Output;

        Assert.Equal(4, deliveries.Count);
        Assert.All(
            deliveries,
            d =>
                Assert.Equal(
                    ("my/tag", "db1", false),
                    ((string)((dynamic)d).Tag, (string)((dynamic)d).MinionId, (bool)((dynamic)d).Delivered)
                )
        );
        Assert.Contains("salt-key -a db1", (string)((dynamic)deliveries[0]).Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_minion_without_keys_is_an_error_that_says_how_to_get_them() =>
        Assert.Contains(
            "salt-key",
            AssertFails(
                "MinionKeyNotFound",
                ErrorCategory.ObjectNotFound,
                "Send-SaltMasterEvent t x -Direct -ConfigPath $dir"
            ).Exception.Message,
            StringComparison.Ordinal
        );

    [Fact]
    public void A_minion_whose_id_is_not_known_is_an_error()
    {
        File.WriteAllText(Path.Combine(shell.Directory, "minion"), "master: salt\n");

        Assert.Contains(
            "-MinionBus",
            AssertFails(
                "ConfigurationInvalid",
                ErrorCategory.InvalidData,
                "Send-SaltMasterEvent t x -Direct -ConfigPath $dir"
            ).Exception.Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Without_a_minions_bus_the_error_says_that_Direct_exists()
    {
        var error = AssertFails("BusNotFound", ErrorCategory.ObjectNotFound, "Send-SaltMasterEvent t x -SockDir $dir");

        Assert.Contains("-Direct", error.ErrorDetails.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Send-SaltMasterEvent t x -Direct -ConfigPath $dir -Framing Map")]
    [InlineData("$b = Start-SaltEventBus -Node Minion -SockDir $dir; Send-SaltMasterEvent t x -Direct -Bus $b")]
    public void A_parameter_that_means_nothing_for_this_route_is_refused(string script) =>
        AssertFails("ParametersDisagree", ErrorCategory.InvalidArgument, script);

    [Theory]
    [InlineData("Send-SaltMasterEvent t x -Direct -SockDir $dir")]
    [InlineData("Send-SaltMasterEvent t x -Direct -PullPort 4511")]
    [InlineData("Send-SaltMasterEvent t x -SockDir $dir -Timeout 1")]
    public void Contradicting_parameters_are_a_binding_error(string script) =>
        Assert.StartsWith("AmbiguousParameterSet,", shell.Fails(script).FullyQualifiedErrorId, StringComparison.Ordinal);

    [Fact]
    public void WhatIf_signs_in_nowhere()
    {
        MakeKeys();
        shell.Run("Send-SaltMasterEvent t x -Direct -ConfigPath $dir -WhatIf").Good();

        Assert.Empty(master.Loads);
    }

    private string MasterKeyPath => Path.Combine(shell.Directory, "minion_master.pub");

    private object Accept(PayloadMap load) => load["cmd"] is "_auth" ? minion.SignIn(load) : minion.Fired(load);

    private PayloadMap SignIn(PayloadMap load)
    {
        var content = RecordedMaster.Pack(Map(("ret", result), ("nonce", load["nonce"])));
        return Map(("enc", "clear"), ("load", content), ("sig", new byte[256]));
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
