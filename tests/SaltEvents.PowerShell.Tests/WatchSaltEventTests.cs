using System;
using System.Diagnostics;
using System.Linq;
using System.Management.Automation;
using System.Threading;
using Xunit;

namespace SaltEvents.Tests;

/// <summary>Streaming events: when they come, what ends the stream, what is lost.</summary>
public sealed class WatchSaltEventTests : IDisposable
{
    private readonly Shell shell = new();
    private readonly dynamic bus;
    private readonly RawBusClient wire;

    public WatchSaltEventTests()
    {
        bus = shell.StartBus();
        wire = RawBusClient.To(shell.Directory);
    }

    [Fact]
    public void Each_event_reaches_the_pipeline_as_it_arrives()
    {
        using var run = StartListening("Watch-SaltEvent | ForEach-Object { $_.Tag }");
        for (var i = 0; i < 20; i++)
        {
            wire.Send("t/" + i);
            Assert.Equal("t/" + i, (string)((PSObject)run.Next()).BaseObject);
        }

        Assert.True(run.IsRunning);
        run.Stop();
        NobodyListens();
    }

    [Fact]
    public void Ctrl_C_ends_it_at_once()
    {
        using var run = StartListening("Watch-SaltEvent");
        var watch = Stopwatch.StartNew();
        Assert.IsType<PipelineStoppedException>(run.Stop().Failure);
        Assert.InRange(watch.Elapsed.TotalSeconds, 0, 2);
        NobodyListens();
    }

    [Theory]
    [InlineData("(a+)+$", "Tag")]
    [InlineData("(?=a)(a+)+$", "Tag")]
    [InlineData("(?=s)salt/job/.*/ret/.*/.*/.*/.*/.*web01$", "Tag")]
    [InlineData("(?=a)(a+)+$", "ExcludeTag")]
    public void Ctrl_C_ends_it_whatever_the_pattern_and_the_tags(string pattern, string parameter)
    {
        using var run = StartListening($"Watch-SaltEvent -{parameter} '{pattern}' -MatchType Regex");
        for (var i = 0; i < 40; i++)
        {
            wire.Send(new string('a', 4000) + "!");
            wire.Send("salt/job" + string.Concat(Enumerable.Repeat("/ret/", 8000)));
        }

        var watch = Stopwatch.StartNew();
        Assert.IsType<PipelineStoppedException>(run.Stop().Failure);
        // A tag can take 0.1 s; all of them take 4.
        Assert.InRange(watch.Elapsed.TotalSeconds, 0, 2);
        NobodyListens();
    }

    [Fact]
    public void A_tag_that_takes_too_long_to_compare_is_reported_once_and_the_others_arrive()
    {
        using var run = StartListening("Watch-SaltEvent '(?=a)(a+)+$' -MatchType Regex -Count 1");
        wire.Send(new string('a', 40) + "\u001b!");
        wire.Send(new string('a', 41) + "!");
        wire.Send("aa");
        var result = run.Finish().Good();
        Assert.Equal(["aa"], result.Tags());
        var warning = Assert.Single(result.Warnings);
        Assert.StartsWith("It took too long to compare the tag " + new string('a', 40) + " !", warning, StringComparison.Ordinal);
        Assert.Contains("(?=a)(a+)+$", warning, StringComparison.Ordinal);
    }

    [Fact]
    public void It_is_reported_at_once_that_a_tag_takes_too_long()
    {
        using var run = StartListening("Watch-SaltEvent '(?=a)(a+)+$' -MatchType Regex 3>&1 | ForEach-Object { \"$_\" }");
        wire.Send(new string('a', 40) + "!");
        Assert.StartsWith("It took too long", (string)((PSObject)run.Next()).BaseObject, StringComparison.Ordinal);
        run.Stop();
    }

    [Fact]
    public void Ctrl_C_ends_it_on_a_busy_bus()
    {
        using var stop = new CancellationTokenSource();
        using var run = StartListening("Watch-SaltEvent");
        var sender = new Thread(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                wire.Send("busy");
            }
        });
        sender.Start();
        run.Next();
        run.Stop();
        stop.Cancel();
        sender.Join();
        NobodyListens();
    }

    [Theory]
    [InlineData("Watch-SaltEvent | ForEach-Object { $_.Tag; throw 'enough' }")]
    [InlineData("foreach ($i in 1) { Watch-SaltEvent | ForEach-Object { $_.Tag; break } }")]
    [InlineData("try { Watch-SaltEvent | ForEach-Object { $_.Tag; throw 'enough' } } catch { }")]
    [InlineData("Watch-SaltEvent -ErrorAction Stop | ForEach-Object { $_.Tag; [int]::Parse('x') } -ErrorAction Stop", true)]
    public void A_pipeline_that_ends_early_closes_the_connection(string script, bool goesOn = false)
    {
        using var run = StartListening(script);
        wire.Send("t/1");
        run.Next();
        if (goesOn)
        {
            run.Stop();
        }
        else
        {
            run.Finish();
        }

        NobodyListens();
    }

    [Theory]
    [InlineData("-Timeout 0.3")]
    [InlineData("-Timeout ([timespan]::FromMilliseconds(300))")]
    [InlineData("-Timeout '0:0:0.3'")]
    public void Timeout_ends_it(string timeout)
    {
        using var run = StartListening("Watch-SaltEvent " + timeout);
        Assert.Empty(run.Finish().Good().Output);
        NobodyListens();
    }

    [Fact]
    public void Timeout_0_takes_what_a_session_has_kept_and_waits_for_nothing()
    {
        shell.Run("$s = New-SaltEventSession").Good();
        Assert.Empty(shell.Run("Watch-SaltEvent -Session $s -Timeout 0").Good().Output);
        for (var i = 0; i < 5; i++)
        {
            wire.Send("t/" + i);
        }

        Until.True(() => (int)Session.Queued == 5, "they are kept");
        Assert.Equal(["t/0", "t/1"], shell.Run("Watch-SaltEvent -Session $s -Timeout 0 -Count 2").Good().Tags());
        Assert.Equal(["t/4"], shell.Run("Watch-SaltEvent t/4 -Session $s -Timeout 0").Good().Tags());
        Assert.Equal(["t/2", "t/3"], shell.Run("Watch-SaltEvent -Session $s -Timeout 0").Good().Tags());
        Assert.Empty(shell.Run("Watch-SaltEvent -Session $s -Timeout 0").Good().Output);
    }

    [Theory]
    [InlineData("DropOldest", "8 9 10")]
    [InlineData("DropNewest", "1 2 3")]
    public void Drops_are_reported_in_one_warning_an_episode(string overflow, string kept)
    {
        using var go = new ManualResetEventSlim();
        shell["go"] = go;
        using var run = StartListening(
            $"Watch-SaltEvent t/ -QueueSize 3 -Overflow {overflow} | ForEach-Object {{ $_.Tag; if ($_.Tag -eq 't/wait') {{ $null = $go.Wait(20000) }} }}"
        );
        wire.Send("t/wait");
        Assert.Equal("t/wait", (string)((PSObject)run.Next()).BaseObject);
        for (var i = 1; i <= 10; i++)
        {
            wire.Send($"t/{i}");
        }

        // More than a socket holds, and of no interest: once it is out, all before it has been read.
        wire.SendBytes("filler", new byte[16_000_000]);
        Until.True(() => (long)bus.EventsOut == 12, "they are read");
        go.Set();
        foreach (var tag in kept.Split(' '))
        {
            Assert.Equal("t/" + tag, (string)((PSObject)run.Next()).BaseObject);
        }

        wire.Send("t/last");
        Assert.Equal("t/last", (string)((PSObject)run.Next()).BaseObject);
        var warning = Assert.Single(run.Stop().Warnings);
        Assert.StartsWith("7 events were dropped", warning, StringComparison.Ordinal);
        Assert.Contains("-QueueSize", warning, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Watch-SaltEvent -Session $s -QueueSize 5")]
    [InlineData("Watch-SaltEvent -Session $s -Overflow DropNewest")]
    public void A_session_has_its_own_queue(string script)
    {
        var error = shell.Fails("$s = New-SaltEventSession; " + script);
        Assert.StartsWith("ParametersDisagree,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("New-SaltEventSession", error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Watch-SaltEvent -QueueSize 0")]
    [InlineData("Watch-SaltEvent -Overflow Disconnect")]
    [InlineData("Watch-SaltEvent -Count 0")]
    [InlineData("Get-SaltEvent -Count 0")]
    [InlineData("New-SaltEventSession -QueueSize -1")]
    [InlineData("New-SaltEventSession -Overflow Disconnect")]
    public void Meaningless_values_are_binding_errors(string script) =>
        Assert.StartsWith("ParameterArgumentValidationError", shell.Fails(script).FullyQualifiedErrorId, StringComparison.Ordinal);

    public void Dispose()
    {
        wire.Dispose();
        shell.Dispose();
    }

    private dynamic Session => PSObject.AsPSObject(shell["s"]!);

    private ShellRun StartListening(string script)
    {
        var run = shell.Start(script);
        Until.True(() => (int)bus.Subscribers == 1 || !run.IsRunning, "the command listens");
        return run;
    }

    private void NobodyListens() => Until.True(() => (int)bus.Subscribers == 0, "the connection is closed");
}
