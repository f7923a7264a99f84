using System;
using System.Linq;
using System.Management.Automation;
using Xunit;

namespace SaltEvents.Tests;

/// <summary>
/// Streams that outlive the bus: a bus that goes away and comes back, a bus that is not there yet, and none of it for a bus of this
/// process's own.
/// </summary>
public sealed class StreamTests : IDisposable
{
    // The buses run in another shell, and streams name them by their directory: that is how Salt's own are used.
    private readonly Shell far = new();
    private readonly Shell shell = new();

    public StreamTests() => shell["far"] = far.Directory;

    [Fact]
    public void A_stream_connects_again_and_reports_the_gap_at_its_place()
    {
        var bus = far.StartBus();
        using ShellRun run = Listen(
            bus,
            "Watch-SaltEvent -SockDir $far -IncludeStatus | ForEach-Object { if ($_ -is [SaltEvents.StreamStatus]) { $_.State } else { $_.Tag } }"
        );
        Send("before");
        Assert.Equal(["Connected", "before"], Next(run, 2));
        Restart();
        Send("after");
        Assert.Equal(["Disconnected", "Reconnected", "after"], Next(run, 3));
        var warnings = run.Stop().Warnings;
        Assert.Equal(2, warnings.Count);
        Assert.Contains("went away", warnings[0], StringComparison.Ordinal);
        Assert.Contains("is back after", warnings[1], StringComparison.Ordinal);
        Assert.All(warnings, w => Assert.Contains(far.Directory, w, StringComparison.Ordinal));
    }

    [Fact]
    public void Without_IncludeStatus_only_events_are_objects()
    {
        var bus = far.StartBus();
        using ShellRun run = Listen(bus, "Watch-SaltEvent -SockDir $far -Count 2");
        Send("before");
        run.Next();
        Restart();
        Send("after");
        Assert.Equal(["after"], run.Finish().Good().Tags());
    }

    [Fact]
    public void A_session_connects_again_and_keeps_what_it_had()
    {
        far.StartBus();
        shell.Run("$s = New-SaltEventSession -SockDir $far").Good();
        Send("before");
        Until.True(() => (int)Session.Queued == 1, "it is kept");
        Restart();
        Send("after");
        var result = shell.Run("Get-SaltEvent -Session $s -Count 2").Good();
        Assert.Equal(["before", "after"], result.Tags());
        Assert.Contains(result.Warnings, w => w.Contains("is back after", StringComparison.Ordinal));
        Assert.Equal("Open", (string)Session.State);
    }

    [Theory]
    [InlineData("-NoReconnect")]
    [InlineData("-ReconnectTimeout 0.2")]
    [InlineData("-ReconnectTimeout 0")]
    public void A_stream_that_is_not_to_wait_ends_with_an_error(string parameters)
    {
        var bus = far.StartBus();
        using ShellRun run = Listen(bus, $"try {{ Watch-SaltEvent -SockDir $far {parameters} }} catch {{ throw }}");
        far.Run("Stop-SaltEventBus").Good();
        var error = run.Finish().Terminating;
        Assert.StartsWith("BusConnectionLost,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal(ErrorCategory.ConnectionError, error.CategoryInfo.Category);
    }

    [Fact]
    public void No_time_to_connect_takes_a_connection_that_is_made_at_once()
    {
        far.StartBus();

        Assert.Empty(
            shell
                .Run("Get-SaltEvent -SockDir $far -ConnectTimeout 0 -Wait 0; Send-SaltEvent t x -SockDir $far -ConnectTimeout 0")
                .Good()
                .Output
        );
    }

    [Fact]
    public void Ctrl_C_ends_a_stream_whose_bus_is_away()
    {
        var bus = far.StartBus();
        using ShellRun run = Listen(bus, "Watch-SaltEvent -SockDir $far -IncludeStatus");
        run.Next();
        far.Run("Stop-SaltEventBus").Good();
        Assert.Equal("Disconnected", (string)run.Next().State);
        Assert.IsType<PipelineStoppedException>(run.Stop().Failure);
    }

    [Fact]
    public void Timeout_ends_a_stream_whose_bus_is_away_without_an_error()
    {
        var bus = far.StartBus();
        using ShellRun run = Listen(bus, "Watch-SaltEvent -SockDir $far -Timeout 1");
        far.Run("Stop-SaltEventBus").Good();
        Assert.Empty(run.Finish().Good().Output);
    }

    [Fact]
    public void WaitForBus_waits_for_one_that_is_not_there_yet()
    {
        using var run = shell.Start("Watch-SaltEvent -SockDir $far -WaitForBus -IncludeStatus -Count 1");
        far.StartBus();
        Assert.Equal("Connected", (string)run.Next().State); // looking whether the bus is up connects too, and reports it nothing
        Send("t");
        Assert.Equal(["t"], run.Finish().Good().Tags());
    }

    [Fact]
    public void WaitForBus_gives_up_in_time_and_can_be_stopped()
    {
        foreach (var time in new[] { "0.2", "0" })
        {
            Assert.StartsWith(
                "BusNotFound,",
                shell.Fails($"Watch-SaltEvent -SockDir $far -WaitForBus -ReconnectTimeout {time}").FullyQualifiedErrorId,
                StringComparison.Ordinal
            );
        }

        using var run = shell.Start("'begun'; Watch-SaltEvent -SockDir $far -WaitForBus");
        run.Next();
        Assert.IsType<PipelineStoppedException>(run.Stop().Failure);
    }

    [Theory]
    [InlineData("-NoReconnect")]
    [InlineData("-ReconnectTimeout 1")]
    [InlineData("-WaitForBus")]
    public void A_parameter_that_the_session_decides_is_refused(string parameter)
    {
        far.StartBus();
        var error = shell.Fails("$s = New-SaltEventSession -SockDir $far; Watch-SaltEvent -Session $s " + parameter);
        Assert.StartsWith("ParametersDisagree,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains(parameter.Split(' ')[0], error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Map")]
    [InlineData("LengthPrefixed")]
    public void The_formats_in_which_a_bus_reads_and_writes_events_are_detected(string framing)
    {
        var bus = far.StartBus($"-Framing {framing} -AcceptFraming {framing}");
        shell
            .Run("$s = New-SaltEventSession -SockDir $far; 1..3 | Send-SaltEvent t -SockDir $far; Send-SaltEvent t 4 -SockDir $far")
            .Good();
        Assert.Equal(
            [1L, 2L, 3L, 4L],
            shell.Run("Get-SaltEvent -Session $s -Count 4 | ForEach-Object { $_.Data.data }").Good().Output.Select(n => (long)n.BaseObject)
        );
        Assert.Equal(framing, (string)bus.AcceptFraming.ToString());
        Assert.Empty(shell.Run("Watch-SaltEvent -Session $s -Timeout 0").Good().Output);
    }

    public void Dispose()
    {
        shell.Dispose();
        far.Dispose();
    }

    private dynamic Session => PSObject.AsPSObject(shell["s"]!);

    private static string[] Next(ShellRun run, int count) =>
        Enumerable.Range(0, count).Select(_ => (string)((PSObject)run.Next()).BaseObject).ToArray();

    private ShellRun Listen(dynamic bus, string script)
    {
        var run = shell.Start(script);
        Until.True(() => (int)bus.Subscribers == 1 || !run.IsRunning, "the command listens");
        return run;
    }

    private void Send(string tag)
    {
        using var wire = RawBusClient.To(far.Directory);
        wire.Send(tag);
        wire.Complete();
    }

    private void Restart()
    {
        far.Run("Stop-SaltEventBus").Good();
        var bus = far.StartBus();
        Until.True(() => (int)bus.Subscribers == 1, "the stream is back");
    }
}
