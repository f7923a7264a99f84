using System;
using System.IO;
using System.Linq;
using System.Management.Automation;
using Xunit;
using static SaltEvents.Tests.PayloadExtensions;

namespace SaltEvents.Tests;

/// <summary>
/// Send-SaltEvent -Target -Wait: whose answers are waited for, on a master, on a master of masters and on an old one; and what a job gives
/// back when its answers cannot be read.
/// </summary>
public sealed class TargetAnswerTests : IDisposable
{
    private const string Job = "20261124120000000001";
    private readonly ScreenHost screen = new(width: 200);
    private readonly Shell shell;
    private readonly Shell other = new();
    private RecordedMaster? master;

    public TargetAnswerTests()
    {
        shell = new Shell(host: screen);
        other["dir"] = shell.Directory;
    }

    public void Dispose()
    {
        master?.Dispose();
        other.Dispose();
        shell.Dispose();
    }

    // The events are those of a master of masters of 3006.30 with a syndic and one minion behind it.
    [Theory]
    [InlineData("'*'", "syndic1")]
    [InlineData("web01", "")]
    public void The_minions_behind_a_syndic_are_waited_for_and_the_syndic_is_none(string target, string known)
    {
        other.Run("$bus = Start-SaltEventBus -SockDir $dir").Good();
        using var wire = RawBusClient.To(shell.Directory);
        Answering(
            "order_masters: True\nsyndic_wait: 0.5",
            () =>
            {
                object[] minions = known.Length > 0 ? [known] : [];
                wire.Send(Job, ("minions", minions));
                wire.Send($"salt/job/{Job}/new", ("jid", Job), ("minions", minions), ("missing", Array.Empty<object>()));
                wire.Send(Job, ("minions", new object[] { "web01" }));
                wire.Send($"syndic/syndic1/{Job}", ("minions", new object[] { "web01" }));
                wire.Send(
                    $"salt/job/{Job}/ret/web01",
                    ("jid", Job),
                    ("id", "web01"),
                    ("return", true),
                    ("retcode", 0),
                    ("success", true),
                    ("fun_args", Array.Empty<object>()),
                    ("fun", "event.fire")
                );
            },
            known.Split(' ', StringSplitOptions.RemoveEmptyEntries)
        );

        var result = shell.Run($"Send-SaltEvent t x -Target {target} -ConfigPath $dir -Wait 30");

        var job = result.Good().Single;
        Assert.Equal(["web01: fired"], ((SaltAnswers)job).Texts);
        Assert.Equal(["web01"], (string[])job.Minions);
        Assert.Empty(result.Warnings);
    }

    [Fact]
    public void A_published_job_is_named_where_the_wait_for_its_answers_is_stopped()
    {
        other.Run("$bus = Start-SaltEventBus -SockDir $dir").Good();
        Answering(string.Empty, () => { }, "web01", "web02");

        using var run = shell.Start("Send-SaltEvent t x -Target '*' -ConfigPath $dir -Wait 60 -Verbose");
        Until.True(() => run.HasSaid($"The job {Job} is published for 2 minions."), "the job is published");

        Assert.IsType<PipelineStoppedException>(run.Stop().Failure);
        Assert.Contains(
            $"Stopped waiting for the job {Job}, which is published; 0 of 2 minions had answered. It goes on without this command; its answers are shown by: salt-run jobs.lookup_jid {Job}",
            screen.Lines
        );
    }

    [Fact]
    public void A_minion_behind_a_syndic_that_does_not_answer_is_named_and_so_is_a_minion_with_the_syndics_id()
    {
        other.Run("$bus = Start-SaltEventBus -SockDir $dir").Good();
        using var wire = RawBusClient.To(shell.Directory);
        Answering("order_masters: True\nsyndic_wait: 0.1", () =>
        {
            wire.Send($"syndic/upper/syndic/lower/{Job}", ("minions", new object[] { "web01", "lower" }));
            wire.Send($"salt/job/{Job}/ret/web02", ("id", "web02"), ("return", true)); // nobody named it
        }, "upper");

        var result = shell.Run("Send-SaltEvent t x -Target web01, web02, web03 -TargetType List -ConfigPath $dir -Wait 1");

        var job = result.Output.Single();
        Assert.Equal(["web01: no answer", "lower: no answer", "web02: fired"], ((SaltAnswers)job).Texts);
        Assert.Equal(["web03"], (string[])job.Properties["Missing"].Value);
        Assert.Equal(["SaltJobTimeout", "MinionNotFound"], result.Errors.Select(e => e.FullyQualifiedErrorId.Split(',')[0]));
        Assert.Contains("2 of 3 minions have not answered", result.Errors[0].Exception.Message, StringComparison.Ordinal);
        Assert.Contains("web01, lower.", result.Errors[0].Exception.Message, StringComparison.Ordinal);
        Assert.Contains($"a minion of the job {Job}: web03.", result.Errors[1].Exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Where_no_syndic_names_a_minion_the_wait_ends_with_syndic_wait()
    {
        other.Run("$bus = Start-SaltEventBus -SockDir $dir").Good();
        Answering("order_masters: True\nsyndic_wait: 0.1", () => { });

        var result = shell.Run("Send-SaltEvent t x -Target nobody -ConfigPath $dir -Wait 3600");

        Assert.Equal(Job, (string)result.Output.Single().Properties["JobId"].Value);
        Assert.StartsWith("NoMinionMatches,", Assert.Single(result.Errors).FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal("nobody", result.Errors[0].TargetObject);
    }

    [NeedsTheory(What = "Linux, for Unix sockets")]
    [InlineData("")]
    [InlineData("-SaltVersion 0.16.4")]
    public void On_a_ZeroMQ_bus_the_transport_is_known_or_found_out_and_answers_of_0_16_come_under_the_bare_job_id(string version)
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "ZeroMQ over Unix sockets is for Linux.");
        StartZeroMqBus();
        Answering(
            string.Empty,
            () =>
                other
                    .Run(
                        $"Send-SaltEvent {Job} @{{ minions = @('web1') }} -Bus $bus -TagForm Padded; Send-SaltEvent {Job} @{{ id = 'web1'; jid = '{Job}'; return = $true }} -Bus $bus -TagForm Padded"
                    )
                    .Good(),
            "web1"
        );

        var result = shell.Run($"Send-SaltEvent t x -Target web1 -ConfigPath $dir -Wait 30 {version}");

        Assert.Equal(["web1: fired"], ((SaltAnswers)result.Good().Single).Texts);
        Assert.Single(master!.Loads);
    }

    [NeedsFact(What = "Linux, for Unix sockets")]
    public void On_a_ZeroMQ_bus_with_Transport_Stream_nothing_is_published()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "ZeroMQ over Unix sockets is for Linux.");
        StartZeroMqBus();
        Answering(string.Empty, () => { }, "web1");

        var error = shell.Fails("Send-SaltEvent t x -Target web1 -ConfigPath $dir -Wait 5 -Transport Stream");

        Assert.StartsWith("NotASaltBus,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("-Transport ZeroMq", error.ErrorDetails.Message, StringComparison.Ordinal);
        Assert.Empty(master!.Loads);
    }

    [Fact]
    public void A_job_whose_answers_cannot_be_read_is_given_back_and_no_other_is_published()
    {
        other.Run("$bus = Start-SaltEventBus -SockDir $dir").Good();
        Answering(string.Empty, () => other.Run("Stop-SaltEventBus").Good(), "web1");

        var result = shell.Run("1..2 | Send-SaltEvent t -Target web1 -ConfigPath $dir -Wait 30");

        Assert.Equal(Job, (string)result.Output.Single().Properties["JobId"].Value);
        Assert.Equal(["BusConnectionLost", "BusNotFound"], result.Errors.Select(e => e.FullyQualifiedErrorId.Split(',')[0]));
        Assert.Contains($"The job {Job} was published", result.Errors[0].ErrorDetails.Message, StringComparison.Ordinal);
        Assert.Contains("before the bus went away: web1.", Assert.Single(result.Warnings), StringComparison.Ordinal);
        Assert.Single(master!.Loads);
    }

    [Fact]
    public void A_master_before_2018_3_does_not_say_who_is_missing_and_it_is_said_all_the_same()
    {
        master = new RecordedMaster(
            shell.Directory,
            _ => Map(("enc", "clear"), ("load", Map(("jid", Job), ("minions", new object[] { "web1" }))))
        );

        var result = shell.Run("Send-SaltEvent t x -Target web1, web2, web3 -TargetType List -ConfigPath $dir");

        var job = result.Output.Single();
        Assert.Equal(["web2", "web3"], (string[])job.Properties["Missing"].Value);
        Assert.Equal(["web1"], (string[])job.Properties["Minions"].Value);
        Assert.StartsWith("MinionNotFound,", Assert.Single(result.Errors).FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Same(job.BaseObject, result.Errors[0].TargetObject);
    }

    // Tried once, so that its greeting does not wait for code to be compiled.
    private void StartZeroMqBus() =>
        Assert.True((bool)other.Run("$bus = Start-SaltEventBus -SockDir $dir -Transport ZeroMq; Test-SaltEventBus -Bus $bus").Single.Ok);

    private void Answering(string configuration, Action answers, params string[] minions)
    {
        master = new RecordedMaster(shell.Directory, _ =>
        {
            answers();
            return RecordedMaster.Published(minions);
        });
        File.AppendAllText(Path.Combine(shell.Directory, "master"), configuration + "\n");
    }

    private sealed record SaltAnswers(string[] Texts)
    {
        public static explicit operator SaltAnswers(PSObject job) =>
            new(((System.Collections.IEnumerable)job.Properties["Answers"].Value).Cast<object>().Select(a => a.ToString()!).ToArray());
    }
}
