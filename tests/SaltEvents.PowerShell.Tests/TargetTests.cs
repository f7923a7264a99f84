using System;
using System.IO;
using System.Linq;
using System.Management.Automation;
using SaltEvents.Core.Events;
using Xunit;
using static SaltEvents.Tests.PayloadExtensions;

namespace SaltEvents.Tests;

/// <summary>Send-SaltEvent -Target: what goes to the master, what comes of it, and each way in which it fails.</summary>
public sealed class TargetTests : IDisposable
{
    private readonly Shell shell = new();
    private RecordedMaster master;

    public TargetTests() => master = new RecordedMaster(shell.Directory, _ => RecordedMaster.Published("web1"));

    public void Dispose()
    {
        master.Dispose();
        shell.Dispose();
    }

    [Theory]
    [InlineData("Send-SaltEvent my/tag @{ a = 1 } -Target 'web*' -ConfigPath $dir")]
    [InlineData("@{ a = 1 } | Send-SaltEvent my/tag -Target 'web*' -ConfigPath $dir")]
    [InlineData("@{ a = 1 } | Send-SaltEvent -Tag my/tag -Target 'web*' -ConfigPath $dir")]
    [InlineData("Send-SaltEvent -Data @{ a = 1 } -Tag my/tag -Target 'web*' -ConfigPath $dir/master")]
    [InlineData("Send-SaltEvent -InputObject @{ a = 1 } -Tag my/tag -Target 'web*' -TargetType Glob -ConfigPath $dir")]
    public void Each_form_publishes_one_job(string script)
    {
        var job = shell.Run(script).Single;

        Assert.Equal("20261124120000000001", (string)job.JobId);
        Assert.Equal(["web1"], (string[])job.Minions);
        Assert.Empty((string[])job.Missing);
        Assert.Null(job.Answers);
        var load = Assert.Single(master.Loads);
        Assert.Equal(("web*", "glob", "my/tag"), (load["tgt"], load["tgt_type"], ((object?[])load["arg"]!)[1]));
        Assert.Equal(1L, ((PayloadMap)((object?[])load["arg"]!)[0]!)["a"]);
    }

    [Fact]
    public void A_date_that_Salt_cannot_write_goes_as_text()
    {
        shell
            .Run(
                "Send-SaltEvent t @{ v = [datetime]::SpecifyKind('1899-12-31', 'Utc'); w = [datetime]::SpecifyKind('1900-01-02', 'Utc') } -Target web1 -ConfigPath $dir"
            )
            .Good();

        var data = (PayloadMap)((object?[])master.Loads.Single()["arg"]!)[0]!;
        Assert.Equal(("1899-12-31T00:00:00Z", new DateTime(1900, 1, 2)), (data["v"], data["w"]));
    }

    // The minion would answer "fired", and what listens to its bus would fail.
    [Theory]
    [InlineData("2017.7.8", false)]
    [InlineData("2018.3.5", true)]
    [InlineData("3000.9", true)]
    [InlineData("3001.8", false)]
    public void A_tag_outside_ASCII_is_not_published_where_Salt_loses_it(string version, bool isRefused)
    {
        var errors = shell
            .Run($"Send-SaltEvent \"my/caf$([char]0xE9)\" x -Target web1 -ConfigPath $dir -SaltVersion {version}")
            .Errors;

        Assert.Equal(isRefused ? ["TagDoesNotFit"] : [], errors.Select(e => e.FullyQualifiedErrorId.Split(',')[0]));
        Assert.Equal(isRefused ? 0 : 1, master.Loads.Count);
    }

    [Fact]
    public void Without_data_the_payload_has_no_fields()
    {
        shell.Run("Send-SaltEvent t -Target web1 -ConfigPath $dir").Good();

        Assert.Empty((PayloadMap)((object?[])master.Loads.Single()["arg"]!)[0]!);
    }

    [Fact]
    public void Several_minions_are_a_list_and_nothing_else()
    {
        shell.Run("Send-SaltEvent t x -Target web1, web2 -TargetType List -ConfigPath $dir"); // the master knows only web1

        Assert.Equal(["web1", "web2"], (object?[])master.Loads.Single()["tgt"]!);
        AssertFails("ParametersDisagree", ErrorCategory.InvalidArgument, "Send-SaltEvent t x -Target web1, web2 -ConfigPath $dir");
    }

    [Theory]
    [InlineData(true, "True", true)]
    [InlineData(false, "False", false)]
    [InlineData("Passed invalid arguments", "Passed invalid arguments", false)]
    public void Wait_shows_what_each_minion_did(object returned, string shown, bool fired)
    {
        shell.StartBus();
        using var wire = RawBusClient.To(shell.Directory);
        Answering(_ =>
        {
            wire.Send("salt/job/20261124120000000009/ret/web1", ("return", false)); // another job's
            wire.Send("salt/job/20261124120000000001/ret/web1", ("return", returned), ("id", "web1"));
            return RecordedMaster.Published("web1");
        });

        var answer = Assert.Single(
            (PSObject[])shell.Run("(Send-SaltEvent t x -Target web1 -ConfigPath $dir -Wait 15).Answers").Good().Output.ToArray()
        );

        Assert.Equal(
            ("web1", true, fired, shown),
            (
                (string)((dynamic)answer).MinionId,
                (bool)((dynamic)answer).Answered,
                (bool)((dynamic)answer).Fired,
                (string)((dynamic)answer).Return.ToString()
            )
        );
    }

    [Fact]
    public void A_minion_that_does_not_answer_is_named_in_an_error_after_the_job()
    {
        shell.StartBus();
        Answering(_ => RecordedMaster.Published("web1", "web2"));

        var result = shell.Run("(Send-SaltEvent t x -Target 'web*' -ConfigPath $dir -Wait 0.1).Answers");

        Assert.Equal(2, result.Output.Count);
        Assert.All(result.Output, a => Assert.False((bool)a.Properties["Answered"].Value));
        Assert.Equal("SaltJobTimeout,SaltEvents.Cmdlets.SendSaltEventCommand", Assert.Single(result.Errors).FullyQualifiedErrorId);
        Assert.Equal(ErrorCategory.OperationTimeout, result.Errors[0].CategoryInfo.Category);
        Assert.Contains("web1, web2", result.Errors[0].Exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void With_Wait_0_it_is_not_an_error_that_nobody_has_answered_yet()
    {
        shell.StartBus();
        Answering(_ => RecordedMaster.Published("web1", "web2"));

        var job = shell.Run("Send-SaltEvent t x -Target 'web*' -ConfigPath $dir -Wait 0").Good().Single;

        Assert.Equal(["web1", "web2"], (string[])job.Minions);
    }

    [Fact]
    public void A_target_that_nobody_matches_is_an_error_of_that_event_only()
    {
        Answering(load =>
            load["arg"] is object?[] { Length: 2 } arguments && arguments[1] is "b"
                ? RecordedMaster.Published("web1")
                : Map(
                    ("enc", "clear"),
                    ("load", Map(("jid", null), ("minions", Array.Empty<object>()), ("error", "no")))
                )
        );

        var result = shell.Run("'a', 'b' | ForEach-Object { Send-SaltEvent $_ x -Target nobody -ConfigPath $dir }");

        Assert.Equal("NoMinionMatches,SaltEvents.Cmdlets.SendSaltEventCommand", Assert.Single(result.Errors).FullyQualifiedErrorId);
        Assert.Equal("nobody", result.Errors[0].TargetObject);
        Assert.Single(result.Output);
    }

    [Fact]
    public void Each_failure_has_its_own_id()
    {
        Answering(_ => Map(("error", Map(("name", "AuthenticationError"), ("message", "no")))));
        var wrongKey = AssertFails(
            "AuthenticationFailed",
            ErrorCategory.AuthenticationError,
            "Send-SaltEvent t x -Target web1 -ConfigPath $dir"
        );
        Assert.DoesNotContain("the-key-of-root", wrongKey.Exception.ToString(), StringComparison.Ordinal);
        Answering(_ => null);
        AssertFails("MasterNotAnswering", ErrorCategory.OperationTimeout, "Send-SaltEvent t x -Target web1 -ConfigPath $dir -Timeout 0.2");
        File.Delete(Path.Combine(shell.Directory, ".root_key"));
        AssertFails("KeyFileNotFound", ErrorCategory.ObjectNotFound, "Send-SaltEvent t x -Target web1 -ConfigPath $dir");
        AssertFails("ConfigurationNotFound", ErrorCategory.ObjectNotFound, "Send-SaltEvent t x -Target web1 -ConfigPath $dir/none");
        File.WriteAllText(Path.Combine(shell.Directory, "master"), "transport: udp\n");
        AssertFails("ConfigurationInvalid", ErrorCategory.InvalidData, "Send-SaltEvent t x -Target web1 -ConfigPath $dir");
        File.WriteAllText(Path.Combine(shell.Directory, "master"), $"interface: 127.0.0.1\nret_port: 1\ncachedir: {shell.Directory}\n");
        File.WriteAllText(Path.Combine(shell.Directory, ".root_key"), "k");
        AssertFails("MasterNotFound", ErrorCategory.ObjectNotFound, "Send-SaltEvent t x -Target web1 -ConfigPath $dir");
    }

    [Theory]
    [InlineData("AuthorizationError", "NotAuthorized", ErrorCategory.PermissionDenied)]
    [InlineData("SaltInvocationError", "MasterRefused", ErrorCategory.InvalidResult)]
    public void An_event_that_the_master_refuses_has_an_error_id_of_its_own(string name, string id, ErrorCategory category)
    {
        Answering(_ => Map(("error", Map(("name", name), ("message", "no")))));

        AssertFails(id, category, "Send-SaltEvent t x -Target web1 -ConfigPath $dir");
    }

    [Fact]
    public void Ctrl_C_ends_the_wait_for_the_minions()
    {
        var bus = shell.StartBus();
        using var run = shell.Start("Send-SaltEvent t x -Target web1 -ConfigPath $dir -Wait -1");
        Until.True(() => !master.Loads.IsEmpty, "the job was published");

        Assert.IsType<PipelineStoppedException>(run.Stop().Failure);
        Until.True(() => (int)bus.Subscribers == 0, "the listener's end");
    }

    [Theory]
    [InlineData("Send-SaltEvent t x -Target web1 -ConfigPath $dir -PassThru")]
    [InlineData("Send-SaltEvent t x -Target web1 -ConfigPath $dir -KeepTimestamp")]
    [InlineData("Send-SaltEvent t x -Target web1 -ConfigPath $dir -Framing Map")]
    [InlineData("Send-SaltEvent t x -Target web1 -ConfigPath $dir -SaltVersion 2015.8.3 -Transport ZeroMq")]
    [InlineData("Send-SaltEvent t x -Bus $bus -TargetType List")]
    [InlineData("Send-SaltEvent t x -Bus $bus -Wait 1")]
    [InlineData("Send-SaltEvent t x -Target web1 -MinionBus web1")]
    public void A_parameter_that_means_nothing_for_this_route_is_refused(string script)
    {
        shell.StartBus();
        AssertFails("ParametersDisagree", ErrorCategory.InvalidArgument, script);
    }

    [Theory]
    [InlineData("Send-SaltEvent t x -Target web1 -SockDir $dir")]
    [InlineData("Send-SaltEvent t x -SockDir $dir -TargetType List")]
    [InlineData("Send-SaltEvent t x -SockDir $dir -Wait 1")]
    [InlineData("Send-SaltEvent t x -SockDir $dir -Timeout 1")]
    public void Contradicting_parameters_are_a_binding_error(string script) =>
        Assert.StartsWith("AmbiguousParameterSet,", shell.Fails(script).FullyQualifiedErrorId, StringComparison.Ordinal);

    [Fact]
    public void No_time_for_the_master_is_refused_and_nothing_is_published()
    {
        Assert.Contains(
            "no time to answer",
            shell.Fails("Send-SaltEvent t x -Target web1 -ConfigPath $dir -Timeout 0").ToString(),
            StringComparison.Ordinal
        );
        Assert.Empty(master.Loads);
    }

    [Fact]
    public void WhatIf_publishes_nothing()
    {
        shell.Run("1..3 | Send-SaltEvent t -Target web1 -ConfigPath $dir -Wait 1 -WhatIf").Good();

        Assert.Empty(master.Loads);
    }

    [Fact]
    public void Ctrl_C_ends_the_wait_for_a_master_that_does_not_answer()
    {
        Answering(_ => null);
        using var run = shell.Start("Send-SaltEvent t x -Target web1 -ConfigPath $dir -Timeout Infinite");
        Until.True(() => !master.Loads.IsEmpty, "the master was asked");

        Assert.IsType<PipelineStoppedException>(run.Stop().Failure);
    }

    private ErrorRecord AssertFails(string id, ErrorCategory category, string script)
    {
        var error = shell.Fails(script);
        Assert.Equal(id + ",SaltEvents.Cmdlets.SendSaltEventCommand", error.FullyQualifiedErrorId);
        Assert.Equal(category, error.CategoryInfo.Category);
        return error;
    }

    private void Answering(Func<PayloadMap, PayloadMap?> answer)
    {
        master.Dispose();
        master = new RecordedMaster(shell.Directory, answer);
    }
}
