using System;
using System.Diagnostics;
using System.Linq;
using System.Management.Automation;
using System.Threading;
using Xunit;

namespace SaltEvents.Tests;

/// <summary>Streaming events: when they come, what ends the stream, what is lost.</summary>
public sealed class WatchSaltEventTests : ListenTestBase
{
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
            Wire.Send(new string('a', 4000) + "!");
            Wire.Send("salt/job" + string.Concat(Enumerable.Repeat("/ret/", 8000)));
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
        Wire.Send(new string('a', 40) + "\u001b!");
        Wire.Send(new string('a', 41) + "!");
        Wire.Send("aa");
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
        Wire.Send(new string('a', 40) + "!");
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
                Wire.Send("busy");
            }
        });
        sender.Start();
        run.Next();
        run.Stop();
        stop.Cancel();
        sender.Join();
        NobodyListens();
    }
}
