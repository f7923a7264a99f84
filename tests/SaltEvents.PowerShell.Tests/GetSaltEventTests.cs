using System;
using System.Diagnostics;
using System.Linq;
using System.Management.Automation;
using System.Threading;
using Xunit;

namespace SaltEvents.Tests;

/// <summary>Waiting for one event, or a few.</summary>
public sealed class GetSaltEventTests : IDisposable
{
    private readonly Shell shell = new();
    private readonly dynamic bus;
    private readonly RawBusClient wire;

    public GetSaltEventTests()
    {
        bus = shell.StartBus();
        wire = RawBusClient.To(shell.Directory);
    }

    [Fact]
    public void The_wait_is_five_seconds_by_default_and_the_second_position()
    {
        var command = shell.Run("Get-Command Get-SaltEvent").Single;
        Assert.Equal(1, ((CmdletInfo)((PSObject)command).BaseObject).ParameterSets[0].Parameters.Single(p => p.Name == "Wait").Position);
        Assert.Equal(TimeSpan.FromSeconds(5), shell.Run("((Get-Command Get-SaltEvent).ImplementingType)::new().Wait.Time").Value);
    }

    [Theory]
    [InlineData("Get-SaltEvent -Wait -1")]
    [InlineData("Get-SaltEvent my/tag infinite")]
    [InlineData("Get-SaltEvent -Wait ([Threading.Timeout]::InfiniteTimeSpan)")]
    public void A_wait_without_end_waits(string script)
    {
        using var run = StartListening(script);
        Thread.Sleep(50); // not a wait for anything: it must not have ended by then
        Assert.True(run.IsRunning);
        wire.Send("my/tag");
        Assert.Equal("my/tag", (string)run.Finish().Single.Tag);
    }

    [Theory]
    [InlineData("-Wait 0")]
    [InlineData("-Wait ([int]0.4)")]
    [InlineData("-Wait ([timespan]::Zero)")]
    [InlineData("-Wait 0.00000001")]
    [InlineData("-Wait ([timespan]::FromTicks(1))")]
    public void No_wait_and_the_shortest_end_at_once(string wait)
    {
        Assert.Empty(shell.Run("Get-SaltEvent " + wait).Good().Output);
    }

    [Fact]
    public void Count_that_is_not_reached_in_time_returns_what_came()
    {
        using var run = StartListening("Get-SaltEvent -Count 3 -Wait 1");
        wire.Send("t/1");
        wire.Send("t/2");
        Assert.Equal(["t/1", "t/2"], run.Finish().Good().Tags());
    }

    [Fact]
    public void DataOnly_returns_the_payload()
    {
        using var run = StartListening("Get-SaltEvent -DataOnly");
        wire.Send("t", ("b", 1), ("a", new object?[] { 1, 2 }));
        var data = run.Finish().Single;
        Assert.Equal(1L, (long)data.b);
        Assert.Equal(["b", "a", "_stamp"], ((PSObject)data).Properties.Select(p => p.Name));
    }

    [Fact]
    public void DataOnly_returns_a_list_as_one_object_and_nil_as_null()
    {
        shell.Run("$s = New-SaltEventSession").Good();
        wire.SendBytes("t", 0x92, 1, 2);
        wire.SendBytes("t", 0xC0);
        var output = shell.Run("Get-SaltEvent -Session $s -DataOnly -Count 2").Good().Output;
        Assert.Equal([1L, 2L], (object[])output[0].BaseObject);
        Assert.Null(output[1]);
    }

    [Theory]
    [InlineData("-Tag my/", "my/tag my/tag/2 my/other")]
    [InlineData("-Tag my/tag", "my/tag my/tag/2")]
    [InlineData("-Tag 'my/tag*'", "my/tag my/tag/2")]
    [InlineData("-Tag 'my/t*g'", "my/tag")]
    [InlineData("-Tag '*'", "my/tag my/tag/2 MY/TAG my/other [x]")]
    [InlineData("-Tag 'm?/tag'", "my/tag")]
    [InlineData("-Tag 'm[xy]/tag'", "my/tag")]
    [InlineData("-Tag '[[]x]'", "[x]")]
    [InlineData("-Tag '[x]' -MatchType StartsWith", "[x]")]
    [InlineData("-Tag MY", "MY/TAG")]
    [InlineData("-Tag 'MY*'", "MY/TAG")]
    [InlineData("-Tag ''", "my/tag my/tag/2 MY/TAG my/other [x]")]
    [InlineData("-Tag @()", "my/tag my/tag/2 MY/TAG my/other [x]")]
    [InlineData("", "my/tag my/tag/2 MY/TAG my/other [x]")]
    [InlineData("-Tag MY/TAG, my/other", "MY/TAG my/other")]
    [InlineData("-Tag 'MY/*', my/other", "MY/TAG my/other")]
    [InlineData("my/other, '*2'", "my/tag/2 my/other")]
    [InlineData("-Tag tag -MatchType EndsWith", "my/tag")]
    [InlineData("-Tag /t -MatchType Find", "my/tag my/tag/2")]
    [InlineData("-Tag 'm.*g$' -MatchType Regex", "my/tag")]
    [InlineData("-Tag 'tag' -MatchType Regex", "")]
    [InlineData("-Tag 'my/*' -MatchType FnMatch", "my/tag my/tag/2 my/other")]
    [InlineData("-Tag 'my' -MatchType FnMatch", "")]
    [InlineData("-Tag 'my/*' -MatchType StartsWith", "")]
    public void Tags_match_as_documented(string parameters, string expected)
    {
        shell.Run($"$s = New-SaltEventSession {parameters}; $all = New-SaltEventSession").Good();
        foreach (var tag in new[] { "my/tag", "my/tag/2", "MY/TAG", "my/other", "[x]", "END" })
        {
            wire.Send(tag);
        }

        Until.True(
            () =>
                (long)((dynamic)PSObject.AsPSObject(shell["all"]!)).Queued == 6
                && (long)((dynamic)PSObject.AsPSObject(shell["s"]!)).Received == 6,
            "all have arrived"
        );
        var wanted = expected.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        // The filter of the subscription, and that of reading from a session that keeps everything.
        Assert.Equal(wanted, shell.Run("Watch-SaltEvent -Session $s -Timeout 0").Good().Tags().Except(["END"]));
        Assert.Equal(wanted, shell.Run($"Watch-SaltEvent -Session $all -Timeout 0 {parameters}").Good().Tags().Except(["END"]));
    }

    [Theory]
    [InlineData("Get-SaltEvent '[' -MatchType Regex")]
    [InlineData("Watch-SaltEvent 'ok', '(' -MatchType Regex")]
    [InlineData("New-SaltEventSession '(' -MatchType Regex")]
    public void An_invalid_pattern_is_an_error(string script)
    {
        var error = shell.Fails(script);
        Assert.StartsWith("InvalidTagPattern,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal(ErrorCategory.InvalidArgument, error.CategoryInfo.Category);
        NobodyListens();
    }

    [Fact]
    public void A_busy_bus_does_not_outrun_the_wait()
    {
        using var run = StartListening("Get-SaltEvent busy -Count 1000000 -Wait 0.5");
        var watch = Stopwatch.StartNew();
        while (run.IsRunning && watch.Elapsed < Until.Limit)
        {
            wire.Send("busy/1");
        }

        Assert.InRange(watch.Elapsed.TotalSeconds, 0.1, 5);
        Assert.NotEmpty(run.Finish().Good().Output);
    }

    [Fact]
    public void Events_that_do_not_match_do_not_delay_the_wait()
    {
        using var run = StartListening("Get-SaltEvent never -Wait 0.5");
        var watch = Stopwatch.StartNew();
        while (run.IsRunning && watch.Elapsed < Until.Limit)
        {
            wire.Send("busy/1");
        }

        Assert.InRange(watch.Elapsed.TotalSeconds, 0.1, 5);
        Assert.Empty(run.Finish().Good().Output);
    }

    [Fact]
    public void A_bus_that_goes_away_is_an_error()
    {
        using var run = StartListening("try { Get-SaltEvent -Wait -1 } catch { throw }");
        using (var other = new Shell())
        {
            other["bus"] = bus;
            other.Run("Stop-SaltEventBus $bus").Good();
        }

        var error = run.Finish().Terminating;
        Assert.StartsWith("BusConnectionLost,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal(ErrorCategory.ConnectionError, error.CategoryInfo.Category);
        Assert.Contains(shell.Directory, error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Ctrl_C_ends_the_wait_and_closes_the_connection()
    {
        using var run = StartListening("Get-SaltEvent -Wait -1");
        Assert.IsType<PipelineStoppedException>(run.Stop().Failure);
        NobodyListens();
    }

    [Fact]
    public void What_is_not_a_Salt_bus_is_an_error()
    {
        using var directory = new TempDirectory();
        using var fake = new FakeBus(directory.Path);
        using var run = shell.Start($"try {{ Get-SaltEvent -SockDir '{directory.Path}' -Wait -1 }} catch {{ throw }}");
        fake.AcceptListener().Send("HTTP/1.1 400 Bad Request\r\n\r\n"u8);
        var error = run.Finish().Terminating;
        Assert.StartsWith("NotASaltBus,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal(ErrorCategory.InvalidData, error.CategoryInfo.Category);
        Assert.Contains("HTTP/1.1", error.ToString(), StringComparison.Ordinal);
        Assert.Contains("socket of a Salt event bus", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_frame_that_is_not_an_event_is_skipped_with_a_warning()
    {
        using var directory = new TempDirectory();
        using var fake = new FakeBus(directory.Path);
        using var run = shell.Start($"Get-SaltEvent -SockDir '{directory.Path}' -Wait -1");
        var listener = fake.AcceptListener();
        listener.Send(Frame("abc"u8));
        listener.Send(Frame([.. "my/tag\n\n"u8, 0x80]));
        var result = run.Finish();
        Assert.Equal("my/tag", (string)result.Single.Tag);
        Assert.Contains("A message on the bus was skipped", Assert.Single(result.Warnings), StringComparison.Ordinal);
    }

    public void Dispose()
    {
        wire.Dispose();
        shell.Dispose();
    }

    private static byte[] Frame(ReadOnlySpan<byte> body) =>
        [0x82, 0xA4, .. "head"u8, 0x80, 0xA4, .. "body"u8, 0xC4, (byte)body.Length, .. body];

    private ShellRun StartListening(string script)
    {
        var run = shell.Start(script);
        Until.True(() => (int)bus.Subscribers == 1 || !run.IsRunning, "the command listens");
        return run;
    }

    private void NobodyListens() => Until.True(() => (int)bus.Subscribers == 0, "the connection is closed");
}
