using System;
using System.Linq;
using System.Management.Automation;
using Xunit;

namespace SaltEvents.Tests;

/// <summary>Sessions: what arrives between two calls is kept.</summary>
public sealed class SessionTests : ListenTestBase
{
    [Theory]
    [InlineData("salt/*", "Get-SaltEvent 'myco/*' -Session $s -Wait 0.01", true)]
    [InlineData("salt/job/?", "Watch-SaltEvent salt/key, salt/auth -Session $s -Timeout 0", true)]
    [InlineData("salt/*", "Get-SaltEvent salt/job -Session $s -Wait 0.01", false)]
    [InlineData("salt/*", "Get-SaltEvent -Session $s -Wait 0.01", false)]
    [InlineData("salt/*", "Get-SaltEvent myco/, salt/key -Session $s -Wait 0.01", false)]
    public void A_tag_of_which_it_keeps_nothing_is_a_warning(string kept, string read, bool warns)
    {
        Open($"-Tag '{kept}'");
        var warnings = Shell.Run(read).Good().Warnings;
        Assert.Equal(warns ? 1 : 0, warnings.Count);
        Assert.All(warnings, w => Assert.Contains(kept, w, StringComparison.Ordinal));
    }

    [Fact]
    public void A_tag_with_wildcards_in_it_can_be_read_literally()
    {
        Open();
        string[] tags = ["w/a[1].txt", "w/a1.txt", "w/a*", "w/ab"];
        string[] Read(string parameters)
        {
            Send(tags);
            var found = Shell.Run($"Get-SaltEvent {parameters} -Session $s -Count 4 -Wait 0.2").Good().Tags().ToArray();
            Shell.Run("Watch-SaltEvent -Session $s -Timeout 0").Good();
            return found;
        }

        Assert.Equal(["w/a[1].txt"], Read("([WildcardPattern]::Escape('w/a[1].txt'))"));
        Assert.Equal(["w/a*"], Read("([WildcardPattern]::Escape('w/a*'))"));
        Assert.Equal(["w/a[1].txt"], Read("'w/a[1].txt' -MatchType Exact"));
        Assert.Equal(["w/a[1].txt", "w/a1.txt"], Read("'w/a[1].txt'"));
    }

    [Fact]
    public void Ctrl_C_ends_a_reader_whatever_the_pattern_and_the_tags()
    {
        dynamic session = Open();
        Send([.. Enumerable.Range(0, 100).Select(i => new string('a', 40 + i) + "!")]);
        Until.True(() => (int)session.Queued == 100, "all are kept");
        using var run = Shell.Start("Get-SaltEvent '(?=a)(a+)+$' -MatchType Regex -Session $s -Wait -1");
        System.Threading.Thread.Sleep(200); // nothing signals that it compares
        var watch = System.Diagnostics.Stopwatch.StartNew();
        Assert.IsType<PipelineStoppedException>(run.Stop().Failure);
        Assert.InRange(watch.Elapsed.TotalSeconds, 0, 2);
        Assert.Single(Shell.Run("Get-SaltEvent -Session $s").Good().Output);
    }

    [Theory]
    [InlineData("DropOldest", "Dropped t/8 t/9 t/10")]
    [InlineData("DropNewest", "t/1 t/2 t/3 Dropped")]
    public void Dropped_events_are_reported_at_their_place(string overflow, string order)
    {
        dynamic session = Open($"-QueueSize 3 -Overflow {overflow}");
        Send(Enumerable.Range(1, 10).Select(i => "t/" + i).ToArray());
        Until.True(() => (long)session.Dropped == 7, "the rest is dropped");
        var result = Shell
            .Run("Watch-SaltEvent -Session $s -Timeout 0 -IncludeStatus | ForEach-Object { if ($_.State) { $_.State } else { $_.Tag } }")
            .Good();
        Assert.Equal(order, string.Join(' ', result.Output.Select(o => o.ToString()).Where(t => t != "Connected")));
        Assert.Empty(result.Warnings);
    }

    [Fact]
    public void A_slow_pipeline_is_warned_at_first_and_then_of_the_sum()
    {
        dynamic session = Open("-QueueSize 3");
        Shell["send"] = (Action<int>)(first => Send(Enumerable.Range(first, 10).Select(i => "t/" + i).ToArray()));
        Shell["wait"] = (Action<int>)(total => Until.True(() => (long)session.Dropped == total, "the rest is dropped"));
        // Each time its queue is empty, ten more come: an episode of its own.
        var result = Shell
            .Run(
                "$send.Invoke(0); $wait.Invoke(7); $n = 0; Watch-SaltEvent -Session $s -Count 15 | ForEach-Object { $n++; if ($n % 3 -eq 0 -and $n -lt 15) { $send.Invoke($n * 10); $wait.Invoke(7 + 7 * $n / 3) } }"
            )
            .Good();
        Assert.Equal(2, result.Warnings.Count);
        Assert.StartsWith("7 events were dropped", result.Warnings[0], StringComparison.Ordinal);
        Assert.StartsWith("28 events were dropped", result.Warnings[1], StringComparison.Ordinal);
    }

    [Fact]
    public void Block_keeps_all_by_making_the_bus_wait()
    {
        dynamic session = Open("-QueueSize 2 -Overflow Block");
        Send(Enumerable.Range(0, 1000).Select(i => "t/" + i).ToArray());
        Assert.Equal(Enumerable.Range(0, 1000).Select(i => "t/" + i), Shell.Run("Get-SaltEvent -Session $s -Count 1000").Good().Tags());
        Assert.Equal(0L, (long)session.Dropped);
    }

    [Fact]
    public void Two_runspaces_share_what_arrives_and_lose_nothing()
    {
        Open();
        using var other = new Shell();
        other["s"] = Shell["s"];
        using var here = Shell.Start("Get-SaltEvent -Session $s -Count 500 -Wait 20");
        using var there = other.Start("Get-SaltEvent -Session $s -Count 500 -Wait 20");
        Send(Enumerable.Range(0, 1000).Select(i => $"t/{i}").ToArray());
        var all = here.Finish().Good().Tags().Concat(there.Finish().Good().Tags());
        Assert.Equal(1000, all.Distinct().Count());
    }

    [Theory]
    [InlineData("Get-SaltEvent -Session $s")]
    [InlineData("Watch-SaltEvent -Session $s")]
    [InlineData("New-SaltEventSession -Session $s")]
    [InlineData("Send-SaltEvent t x -Session $s")]
    public void A_closed_one_cannot_be_used(string script)
    {
        Open();
        Shell.Run("Remove-SaltEventSession $s").Good();
        var error = Shell.Fails(script);
        Assert.StartsWith("TargetClosed,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal(ErrorCategory.InvalidOperation, error.CategoryInfo.Category);
        Assert.Contains(Shell.Directory, error.ToString(), StringComparison.Ordinal);
        Assert.Contains("New-SaltEventSession", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Kept_events_can_be_read_after_the_bus_has_gone_and_then_it_is_an_error()
    {
        dynamic session = Open();
        Send("a/1", "b/1", "a/2");
        Until.True(() => (int)session.Queued == 3, "they are kept");
        Shell.Run("Stop-SaltEventBus").Good();
        Until.True(() => (string)session.State == "Ended", "the end is seen");
        Assert.Equal(["a/1", "a/2"], Shell.Run("Get-SaltEvent a/ -Session $s -Count 2").Good().Tags());
        IsLost("Get-SaltEvent a/ -Session $s -Wait -1");
        IsLost("Watch-SaltEvent a/ -Session $s -Timeout 0");
        Assert.Equal(["b/1"], Shell.Run("Watch-SaltEvent -Session $s -Timeout 0 -Count 1").Good().Tags());
        IsLost("Get-SaltEvent -Session $s");
        IsLost("Watch-SaltEvent -Session $s");
        IsLost("Watch-SaltEvent -Session $s -Timeout 0");
    }

    [Fact]
    public void A_command_that_asks_for_more_gets_what_is_kept_and_then_the_error()
    {
        dynamic session = Open();
        Send("a/1", "b/1");
        Until.True(() => (int)session.Queued == 2, "they are kept");
        Shell.Run("Stop-SaltEventBus").Good();
        var result = Shell.Run("Get-SaltEvent -Session $s -Count 3");
        Assert.Equal(["a/1", "b/1"], result.Tags());
        Assert.StartsWith("BusConnectionLost,", result.Error.FullyQualifiedErrorId, StringComparison.Ordinal);
    }

    private PSObject Open(string parameters = "")
    {
        Shell.Run($"$s = New-SaltEventSession {parameters}").Good();
        return PSObject.AsPSObject(Shell["s"]!);
    }

    private void Send(params string[] tags) => Array.ForEach(tags, tag => Wire.Send(tag));

    private void IsLost(string script)
    {
        var error = Shell.Fails(script);
        Assert.StartsWith("BusConnectionLost,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal(ErrorCategory.ConnectionError, error.CategoryInfo.Category);
    }
}
