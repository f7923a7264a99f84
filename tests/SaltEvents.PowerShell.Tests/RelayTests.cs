using System;
using System.IO;
using Xunit;

namespace SaltEvents.Tests;

/// <summary>The relay's commands, and firing through a relay.</summary>
public sealed class RelayTests : NatsTestBase
{
    [NeedsFact(What = NatsServer.Needs)]
    public void Removing_the_module_reports_the_relays_that_it_stops_and_what_they_drop()
    {
        Start();
        Server!.Kill();
        var warnings = Shell
            .Run(
                """
                while (-not $r1.Problem) { [Threading.Thread]::Sleep(10) }
                Send-SaltEvent my/one @{ n = 1 } -Bus $hq
                while ($r1.Waiting -lt 1) { [Threading.Thread]::Sleep(10) }
                Remove-Module SaltEvents
                """
            )
            .Good()
            .Warnings;
        Assert.Contains(
            warnings,
            w =>
                w.StartsWith("Relay ", StringComparison.Ordinal)
                && w.Contains("of site hq", StringComparison.Ordinal)
                && w.Contains("was stopped because the module was removed", StringComparison.Ordinal)
        );
        Assert.Contains(
            warnings,
            w =>
                w.Contains("of site hq", StringComparison.Ordinal)
                && w.Contains("has dropped 1 event ", StringComparison.Ordinal)
                && w.Contains("stopped before", StringComparison.Ordinal)
        );
        Assert.Contains(warnings, w => w.Contains("of site east", StringComparison.Ordinal));
    }

    [NeedsFact(What = NatsServer.Needs)]
    public void Ctrl_C_ends_Stop_SaltEventRelay_while_the_server_is_away()
    {
        Start();
        Server!.Kill();
        Shell.Run("""
            while (-not $r1.Problem) { [Threading.Thread]::Sleep(10) }
            Send-SaltEvent my/one @{ n = 1 } -Bus $hq
            while ($r1.Waiting -lt 1) { [Threading.Thread]::Sleep(10) }
            """).Good();
        var relay = (dynamic)Shell.Run("$r1").Good().Output[0];
        using var run = Shell.Start("Stop-SaltEventRelay $r1 -Timeout 120");
        Until.True(() => relay.State == "Stopped", "the command is stopping the relay");
        var watch = System.Diagnostics.Stopwatch.StartNew();
        run.Stop();
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(60));
        Assert.Equal("Stopped 1", Shell.Run("\"$($r1.State) $($r1.Dropped)\"").Good().Output[0].ToString());
    }

    [Fact]
    public void The_page_shows_the_rights_that_the_tests_use()
    {
        var page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "en-US", "about_SaltEventRelay.md")).ReplaceLineEndings("\n");
        var rights = File.ReadAllText(Path.Combine(Repository.Root, "samples", "Relay", "rights.conf")).ReplaceLineEndings("\n");
        Assert.Contains($"```text\n{rights}```", page, StringComparison.Ordinal);
    }
}
