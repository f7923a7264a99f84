using System;
using System.Linq;
using System.Management.Automation;
using Xunit;

namespace SaltEvents.Tests;

/// <summary>The cmdlets on a bus as Salt before 2016.3 has it.</summary>
public sealed class ZeroMqTests : IDisposable
{
    private readonly Shell shell = new();

    public void Dispose() => shell.Dispose();

    private static void HasId(string id, ErrorRecord error) =>
        Assert.StartsWith(id + ",", error.FullyQualifiedErrorId, StringComparison.Ordinal);

    [NeedsTheory(What = "Linux, for Unix sockets")]
    [InlineData("-SockDir $dir", "ipc://")]
    [InlineData("-PubPort 0 -PullPort 0", "tcp://127.0.0.1:")]
    public void A_bus_runs_and_every_cmdlet_works_on_it(string place, string scheme)
    {
        Skip.If(scheme == "ipc://" && !OperatingSystem.IsLinux(), "ZeroMQ over Unix sockets is for Linux.");
        var bus = shell.Run($"$bus = Start-SaltEventBus -Transport ZeroMq {place}; $bus").Single;
        Assert.Equal("ZeroMq", bus.Transport.ToString());
        Assert.StartsWith(scheme, (string)bus.PubAddress, StringComparison.Ordinal);
        shell.Run("$session = New-SaltEventSession my/").Good();
        shell.Run("Send-SaltEvent my/tag @{ n = 1 }; 2..3 | Send-SaltEvent my/tag; Send-SaltEvent other x").Good();
        Assert.Equal(
            [1L, 2L, 3L],
            shell
                .Run("Get-SaltEvent -Session $session -Count 3 | ForEach-Object { if ($_.Data.n) { $_.Data.n } else { $_.Data.data } }")
                .Good()
                .Output.Select(o => (long)o.BaseObject)
        );
        Assert.True((bool)shell.Run("Test-SaltEventBus -Bus $bus -Fire").Single.Ok);
        Assert.Equal("ZeroMQ", shell.Run("Test-SaltEventBus -Bus $bus").Single.Dialect.ToString());
        shell.Run("Remove-SaltEventSession $session; Stop-SaltEventBus").Good();
        Assert.Equal("Stopped", (string)shell.Run("$bus").Single.State);
    }

    [NeedsFact(What = "Linux, for Unix sockets")]
    public void A_bus_that_is_named_by_its_address_needs_its_transport()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "ZeroMQ over Unix sockets is for Linux.");
        var bus = shell.StartBus("-Transport ZeroMq");
        using (var listening = shell.Start("Watch-SaltEvent -SockDir $dir -Transport ZeroMq -Count 2"))
        {
            Until.True(() => (int)bus.Subscribers == 1, "the listener");
            using var other = new Shell { ["dir"] = shell.Directory };
            other.Run("Send-SaltEvent a x -SockDir $dir -Transport ZeroMq; Send-SaltEvent b x -SockDir $dir -SaltVersion 2015.8.13").Good();
            Assert.Equal(["a", "b"], listening.Finish().Good().Tags());
        }

        var error = shell.Fails("Get-SaltEvent -SockDir $dir");
        HasId("NotASaltBus", error);
        Assert.Contains("-Transport ZeroMq", error.ErrorDetails.Message, StringComparison.Ordinal);
        var test = shell.Run("Test-SaltEventBus -SockDir $dir").Single;
        Assert.False((bool)test.Ok);
        Assert.Contains("-Transport ZeroMq", (string)test.Advice[0], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-SaltVersion 3006.10")]
    [InlineData("-PubPort $bus.PubPort -Framing Map")]
    public void Nothing_fired_on_it_as_on_a_stream_is_lost_silently(string parameters)
    {
        shell.Run("$bus = Start-SaltEventBus -Transport ZeroMq -PubPort 0 -PullPort 0").Good();
        using var other = new Shell { ["bus"] = shell["bus"] };
        var error = other.Fails($"Send-SaltEvent a x -PullPort $bus.PullPort {parameters}");
        HasId("NotASaltBus", error);
        Assert.Contains("-Transport ZeroMq", error.ErrorDetails.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Ctrl_C_ends_a_listener_at_once_and_its_connection()
    {
        var bus = shell.StartBus("-Transport ZeroMq");
        using var listening = shell.Start("Watch-SaltEvent");
        Until.True(() => (int)bus.Subscribers == 1, "the listener");
        listening.Stop();
        Until.True(() => (int)bus.Subscribers == 0, "the listener's end");
    }

    [Fact]
    public void A_message_is_a_text_as_before_0_17()
    {
        shell.StartBus("-Transport ZeroMq");
        shell.Run("$session = New-SaltEventSession").Good();
        var sent = shell.Run("Send-SaltEvent 'tag' 'Message to be sent' -TagForm Padded -PassThru").Single;
        Assert.Equal("Message to be sent", (string)sent.Data);
        Assert.Null(sent.Timestamp);
        var arrived = shell.Run("$event = Get-SaltEvent tag -Session $session; $event").Single;
        Assert.Equal(("tag", "Message to be sent"), ((string)arrived.Tag, (string)arrived.Data));

        // As it came to another such bus; a newer one takes only maps.
        shell.Run("$event | Send-SaltEvent again -SaltVersion 0.16.4").Good();
        Assert.Equal("Message to be sent", shell.Run("Get-SaltEvent again -Session $session -DataOnly").Value);
        HasId("PayloadIsNoMap", shell.Run("$event | Send-SaltEvent again").Error);
        Assert.Equal(
            "Message to be sent",
            shell.Run("Send-SaltEvent new 'Message to be sent'; (Get-SaltEvent new -Session $session).Data.data").Value
        );
    }

    [Theory]
    [InlineData("0.16.4", true, true, true)]
    [InlineData("0.9.10", true, true, true)]
    [InlineData("0.17.0-rc1", false, true, false)]
    [InlineData("v2014.7", false, true, false)]
    [InlineData("2014.1.13", false, true, false)]
    [InlineData("2015.5.0", false, false, false)]
    [InlineData("2015.8", false, false, false)]
    public void The_version_of_Salt_says_how_tags_are_written(string version, bool refusesLong, bool refusesPadding, bool hasNoTime)
    {
        shell.StartBus("-Transport ZeroMq");
        bool Refuses(string tag) =>
            shell
                .Run($"Send-SaltEvent '{tag}' @{{}} -SaltVersion {version}")
                .Errors.Any(e => e.FullyQualifiedErrorId.StartsWith("TagDoesNotFit,", StringComparison.Ordinal));
        Assert.Equal(
            (refusesLong, refusesPadding, false),
            (Refuses("a/tag/of/twenty-one/b"), Refuses("tag|"), Refuses("a/tag/of/twenty/byte"))
        );
        Assert.Equal(hasNoTime, shell.Run($"Send-SaltEvent tag @{{}} -SaltVersion {version} -PassThru").Single.Timestamp is null);
    }

    [Theory]
    [InlineData("Send-SaltEvent t x -TagForm Padded -Transport Stream")]
    [InlineData("Send-SaltEvent t x -SaltVersion 0.16 -Transport ZeroMq")]
    [InlineData("Send-SaltEvent t x -SaltVersion 0.16 -TagForm Padded")]
    [InlineData("Send-SaltEvent t x -SaltVersion 3006")]
    [InlineData("Send-SaltEvent t x -SaltVersion v3006.x")]
    [InlineData("Send-SaltMasterEvent t x -TagForm Padded")]
    [InlineData("Send-SaltMasterEvent t x -SaltVersion 0.17.5")]
    [InlineData("Send-SaltEvent t x -Transport ZeroMq -Framing Map")]
    [InlineData("Send-SaltEvent t x -Bus $bus -SaltVersion 3006.10")]
    [InlineData("Get-SaltEvent -Bus $bus -Transport Stream")]
    [InlineData("Start-SaltEventBus -Transport ZeroMq -Framing Map")]
    [InlineData("Start-SaltEventBus -Transport ZeroMq -TagForm Padded")]
    public void Parameters_that_disagree_are_refused(string script)
    {
        shell.StartBus("-Transport ZeroMq");
        HasId("ParametersDisagree", shell.Fails(script));
    }

    [Theory]
    [InlineData("Get-SaltEvent -SockDir $dir -Transport ZeroMq")]
    [InlineData("Get-SaltEvent -PubPort 1 -Transport ZeroMq")]
    [InlineData("Send-SaltEvent t x -PullPort 1 -TagForm Padded")]
    public void No_bus_is_an_error(string script) => HasId("BusNotFound", shell.Fails(script));

    // By another name of its host it is none of this process, as far as a command can see.
    private const string NotOurs = "-HostName localhost -PubPort $bus.PubPort -PullPort $bus.PullPort -Transport ZeroMq";

    [Theory]
    [InlineData("Send-SaltEvent my/tag x " + NotOurs)]
    [InlineData("Send-SaltMasterEvent my/tag x " + NotOurs)]
    [InlineData("$s = New-SaltEventSession " + NotOurs + "; Send-SaltEvent my/tag x -Session $s")]
    [InlineData("Start-SaltEventBus Minion -Transport ZeroMq -PubPort 0 -PullPort 0 -Master ('localhost:' + $bus.PullPort)")]
    public void Nothing_is_fired_on_a_bus_whose_form_of_tags_is_not_known(string script)
    {
        shell.Run("$bus = Start-SaltEventBus -Transport ZeroMq -PubPort 0 -PullPort 0; $other = New-SaltEventSession -Bus $bus").Good();
        var error = shell.Fails(script);
        HasId("TagFormUnknown", error);
        Assert.Contains("-SaltVersion", error.Exception.Message, StringComparison.Ordinal);
        Assert.Equal(0L, shell.Run("$other.Matched").Value);
    }

    [Theory]
    [InlineData("Padded", "Send-SaltEvent 'a/tag/of/twenty-one/b' x", "TagDoesNotFit")]
    [InlineData("PaddedOrDelimited", "Send-SaltEvent 'tag|' x", "TagDoesNotFit")]
    [InlineData("Delimited", "Send-SaltEvent 'tag|' x", null)]
    [InlineData("Padded", "Send-SaltMasterEvent my/tag x", "ParametersDisagree")]
    public void Published_events_show_the_form_of_tags(string form, string script, string? error)
    {
        shell.Run("$bus = Start-SaltEventBus -Transport ZeroMq -PubPort 0 -PullPort 0").Good();
        using var salt = new Shell { ["bus"] = shell["bus"] };
        using var publishing = salt.Start($"while ($true) {{ Send-SaltEvent salt/auth @{{ id = 'web1' }} -Bus $bus -TagForm {form} }}");
        var result = shell.Run($"{script} {NotOurs}");
        publishing.Stop();
        var reported = result.Failure is null ? result.Errors.FirstOrDefault() : result.Terminating;
        Assert.Equal(error, reported?.FullyQualifiedErrorId.Split(',')[0]);
    }

    // A minion of 0.17 does not forward, and its bus looks like one of 2014.1.
    [Theory]
    [InlineData("-TagForm PaddedOrDelimited", 1)]
    [InlineData("-SaltVersion 2014.1", 0)]
    [InlineData("-TagForm Delimited", 0)]
    public void A_minion_that_may_not_forward_is_a_warning(string form, int warnings)
    {
        shell.Run("$bus = Start-SaltEventBus -Transport ZeroMq -PubPort 0 -PullPort 0").Good();
        var result = shell.Run($"Send-SaltMasterEvent my/tag x {form} -HostName localhost -PubPort $bus.PubPort -PullPort $bus.PullPort");
        Assert.Equal(warnings, result.Warnings.Count(w => w.Contains("does not forward", StringComparison.Ordinal)));
    }

    [Fact]
    public void With_WhatIf_nothing_is_found_out() =>
        shell.Run($"$bus = Start-SaltEventBus -Transport ZeroMq -PubPort 0 -PullPort 0; Send-SaltEvent my/tag x -WhatIf {NotOurs}").Good();

    [Fact]
    public void Values_go_as_old_Salts_write_them()
    {
        shell.StartBus("-Transport ZeroMq");
        shell.Run("$session = New-SaltEventSession").Good();
        var sent = shell
            .Run(
                "Send-SaltEvent my/tag ([ordered]@{ bytes = [byte[]](65, 66); bad = [byte[]](255, 0); when = [datetime]::new(2026, 11, 27, 13, 45, 1, [DateTimeKind]::Utc) }) -PassThru"
            )
            .Single;
        var arrived = shell.Run("(Get-SaltEvent -Session $session)").Single;
        foreach (var data in new[] { sent.Data, arrived.Data })
        {
            Assert.Equal(("AB", "2026-11-27T13:45:01Z"), ((string)data.bytes, (string)data.when));
            Assert.Equal([255, 0], (byte[])data.bad);
        }
    }

    [NeedsTheory(What = "Linux, for Unix sockets")]
    [InlineData("", "minion_event_2f527604e1_pub.ipc")]
    [InlineData("-TagForm Padded", "minion_event_2f527604e1deff1329720282d8d3cfa1_pub.ipc")]
    public void A_minions_bus_has_the_sockets_that_Salt_of_its_age_looks_for(string parameters, string name)
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "ZeroMQ over Unix sockets is for Linux.");
        var bus = shell.Run($"Start-SaltEventBus -MinionId web01 -Transport ZeroMq {parameters}").Single;
        Assert.EndsWith("/" + name, (string)bus.PubAddress, StringComparison.Ordinal);
    }

    [Fact]
    public void The_test_of_a_bus_fires_an_event_that_every_form_can_carry()
    {
        shell.StartBus("-Transport ZeroMq");
        shell.Run("$session = New-SaltEventSession saltevents/test/").Good();
        Assert.True((bool)shell.Run("Test-SaltEventBus -Bus $bus -Fire").Single.Ok);
        Assert.Equal(18, shell.Run("(Get-SaltEvent -Session $session).Tag.Length").Value);
    }

    [Fact]
    public void A_minions_bus_sends_on_to_a_master_of_the_same_age()
    {
        shell
            .Run(
                "$master = Start-SaltEventBus -Transport ZeroMq; $minion = Start-SaltEventBus -Transport ZeroMq -Master $master -MinionId web1 -TagForm Padded; $session = New-SaltEventSession my/ -Bus $master"
            )
            .Good();
        shell.Run("Send-SaltMasterEvent my/tag @{ a = 1 } -Bus $minion -TagForm PaddedOrDelimited").Good();
        var arrived = shell.Run("Get-SaltEvent -Session $session").Single;
        Assert.Equal(("my/tag", "web1", 1L), ((string)arrived.Tag, (string)arrived.Data.id, (long)arrived.Data.data.a));
    }
}
