using System;
using System.IO;
using System.Linq;
using Xunit;

namespace SaltEvents.Tests;

/// <summary>The relay's commands, and the commands over nats://.</summary>
public sealed class NatsTests : IDisposable
{
    private readonly Shell shell = new();
    private NatsServer? server;

    public void Dispose()
    {
        shell.Dispose();
        server?.Dispose();
    }

    [NeedsFact(What = NatsServer.Needs)]
    public void The_commands_that_listen_work_over_several_masters()
    {
        Start();
        var given = shell.Run("""
            $session = New-SaltEventSession @nats
            $subscriber = Register-SaltEvent my/ @nats -Site hq -SourceIdentifier nats-test
            Wait-SaltEvent my/ready @nats -Trigger { Send-SaltEvent my/ready @{ n = 1 } -Bus $east } -Timeout 20
            Get-SaltEvent -Session $session -Wait 20
            Send-SaltEvent my/one @{ n = 2 } -Bus $hq
            $events = $ExecutionContext.Events
            while ($events.ReceivedEvents.Count -eq 0) { [Threading.Thread]::Sleep(10) }
            $events.ReceivedEvents[0].SourceEventArgs.SaltEvent
            $events.GetEventSubscribers('nats-test') | ForEach-Object { $events.UnsubscribeEvent($_) }
            $all = Watch-SaltEvent @nats -Since 1h -Timeout 0
            ($all | Measure-SaltEvent).Events
            $file = [IO.Path]::GetTempFileName()
            $all | Export-SaltEvent $file
            (Import-SaltEvent $file).Tag -join ','
            [IO.File]::Delete($file)
            Remove-SaltEventSession $session
            """).Good().Output;
        Assert.Equal(("my/ready", "east"), ((string)((dynamic)given[0]).Tag, (string)((dynamic)given[0]).Site));
        Assert.Equal(("my/ready", "east"), ((string)((dynamic)given[1]).Tag, (string)((dynamic)given[1]).Site));
        Assert.Equal(("my/one", "hq"), ((string)((dynamic)given[2]).Tag, (string)((dynamic)given[2]).Site));
        Assert.Equal("2", given[3].ToString());
        Assert.Equal("my/ready,my/one", given[4].ToString());
    }

    [NeedsFact(What = NatsServer.Needs)]
    public void Jobs_of_two_masters_with_one_id_are_two_jobs()
    {
        Start();
        var given = shell
            .Run(
                """
                $jid = '20261127154838559621'
                foreach ($bus in $hq, $east) {
                    $minion = $bus.Id -eq $hq.Id ? 'web01' : 'db01'
                    Send-SaltEvent salt/job/$jid/new @{ jid = $jid; tgt = '*'; tgt_type = 'glob'; fun = 'test.ping'; minions = @($minion); user = 'root'; arg = @() } -Bus $bus
                    Send-SaltEvent salt/job/$jid/ret/$minion @{ jid = $jid; id = $minion; fun = 'test.ping'; retcode = 0; return = $true; success = $true } -Bus $bus
                }
                while ($r1.Acknowledged + $r2.Acknowledged -lt 4) { [Threading.Thread]::Sleep(10) }
                $s = New-SaltEventSession @nats -Since 1h
                Watch-SaltJob -Session $s -Count 2 -Timeout 20 | ForEach-Object { "$($_.Site) $($_.State) $($_.Returned)" }
                Wait-SaltJob @nats -Site east -Timeout 20 -Trigger { Send-SaltEvent salt/job/$jid/new @{ jid = $jid; tgt = '*'; fun = 'test.ping'; minions = @('db01') } -Bus $east; Send-SaltEvent salt/job/$jid/ret/db01 @{ jid = $jid; id = 'db01'; fun = 'test.ping'; retcode = 0; return = $true } -Bus $east } | ForEach-Object { "$($_.Site) $($_.State)" }
                """
            )
            .Good()
            .Output.Select(o => o.ToString())
            .ToArray();
        Assert.Equal(["east Succeeded db01", "hq Succeeded web01"], given.Take(2).Order(StringComparer.Ordinal));
        Assert.Equal("east Succeeded", given[2]);
    }

    [NeedsFact(What = NatsServer.Needs)]
    public void A_durable_name_goes_on_after_what_the_pipeline_has_taken()
    {
        Start();
        var given = shell.Run("""
            $null = Watch-SaltEvent @nats -Durable report -Timeout 0
            1..10 | ForEach-Object { Send-SaltEvent my/n @{ n = $_ } -Bus $hq }
            while ($r1.Acknowledged -lt 10) { [Threading.Thread]::Sleep(10) }
            (Watch-SaltEvent @nats -Durable report -Count 3).n -join ','
            (Watch-SaltEvent @nats -Durable report -Timeout 0).n -join ','
            (Watch-SaltEvent @nats -Durable report -Timeout 0).Count
            """).Good().Output.Select(o => o.ToString()).ToArray();
        Assert.Equal(["1,2,3", "4,5,6,7,8,9,10", "0"], given);
    }

    [NeedsFact(What = NatsServer.Needs)]
    public void Without_time_only_what_was_stored_is_read_and_a_session_goes_on_after_it()
    {
        Start();
        var given = shell.Run("""
            1..3 | ForEach-Object { Send-SaltEvent my/n @{ n = $_ } -Bus $hq }
            while ($r1.Acknowledged -lt 3) { [Threading.Thread]::Sleep(10) }
            $s = New-SaltEventSession @nats -Since 1h
            (Watch-SaltEvent @nats -Since 1h -Timeout 0 | ForEach-Object {
                Send-SaltEvent my/n @{ n = $_.n + 10 } -Bus $hq
                while ($s.Received -lt $_.n + 3) { [Threading.Thread]::Sleep(10) }
                $_
            } | ForEach-Object n) -join ','
            (Watch-SaltEvent -Session $s -Timeout 0).n -join ','
            Send-SaltEvent my/n @{ n = 20 } -Bus $hq
            while ($s.Queued -lt 1 -and $s.Received -lt 7) { [Threading.Thread]::Sleep(10) }
            (Get-SaltEvent -Session $s -Wait 20 -Count 7 -Until { $_.n -eq 20 }).n -join ','
            """).Good().Output.Select(o => o.ToString()).ToArray();
        Assert.Equal("1,2,3", given[0]);
        Assert.Equal("1,2,3,11,12,13,20", string.Join(",", given.Skip(1).Where(g => g.Length > 0)));
    }

    [NeedsFact(What = NatsServer.Needs)]
    public void A_site_fires_what_its_relay_accepts()
    {
        Start();
        var given = shell.Run("""
            $s = New-SaltEventSession -Bus $hq
            Send-SaltEvent myco/deploy @{ v = 1 } @nats -Site hq -PassThru
            Get-SaltEvent -Session $s -Wait 20
            Send-SaltEvent other @{ v = 1 } @nats -Site hq -ErrorVariable refused -ErrorAction SilentlyContinue
            Send-SaltEvent myco/deploy @{ v = 1 } @nats -Site east -ErrorVariable +refused -ErrorAction SilentlyContinue
            $refused.FullyQualifiedErrorId
            Send-SaltEvent myco/deploy @{ v = 1 } @nats -Site hq -WhatIf
            $r1.Fired, $r1.Refused
            """).Good().Output;
        Assert.Equal("myco/deploy", (string)((dynamic)given[0]).Tag);
        Assert.Equal("hq", (string)((dynamic)given[0]).Site);
        Assert.Equal("myco/deploy", (string)((dynamic)given[1]).Tag);
        Assert.Equal(
            ["TagNotAccepted,SaltEvents.Cmdlets.SendSaltEventCommand", "RelayNotFound,SaltEvents.Cmdlets.SendSaltEventCommand", "1", "1"],
            given.Skip(2).Select(o => o.ToString())
        );
    }

    [NeedsFact(What = NatsServer.Needs)]
    public void Relays_are_listed_completed_and_stopped()
    {
        Start();
        var given = shell.Run("""
            (Get-SaltEventRelay).Site -join ','
            (Get-SaltEventRelay -Id $r2.Id).Site
            (TabExpansion2 'Stop-SaltEventRelay -Id ').CompletionMatches.CompletionText -contains "$($r1.Id)"
            Stop-SaltEventRelay -WhatIf
            (Get-SaltEventRelay).Count
            $r2 | Stop-SaltEventRelay
            (Get-SaltEventRelay).Site
            "$($r2.State) $($r1.State)"
            (Test-SaltEventBus @nats).Ok
            Stop-SaltEventRelay
            """).Good().Output.Select(o => o.ToString()).ToArray();
        Assert.Equal(["hq,east", "east", "True", "2", "hq", "Stopped Running", "True"], given);
    }

    [Theory]
    [InlineData("Watch-SaltEvent -Uri nats://127.0.0.1:1", "NatsUnreachable")]
    [InlineData("Watch-SaltEvent -Uri nats://joe:hidden@a", "ParameterArgumentTransformationError")]
    [InlineData("Watch-SaltEvent -Uri 'nats://a/?token=hidden'", "ParameterArgumentTransformationError")]
    [InlineData("Watch-SaltEvent -Uri nats://a -Eauth pam", "ParametersDisagree")]
    [InlineData("Watch-SaltEvent -Uri https://a -Durable x", "ParametersDisagree")]
    [InlineData("Watch-SaltEvent -Uri nats://a -Since 1h -Last 2", "ParametersDisagree")]
    [InlineData("Watch-SaltEvent -Uri nats://a -Site 'a.b'", "ParameterArgumentValidationError")]
    [InlineData("Watch-SaltEvent -Uri nats://a -Since soon", "ParameterArgumentTransformationError")]
    [InlineData("Watch-SaltEvent -Uri nats://a -Since 2999-01-01", "ParameterArgumentTransformationError")]
    [InlineData("Watch-SaltEvent -Uri nats://a -Since -5", "ParameterArgumentTransformationError")]
    [InlineData("Watch-SaltEvent -Uri nats://a -Since ([TimeSpan]::MinValue)", "ParameterArgumentTransformationError")]
    [InlineData("Watch-SaltEvent -Uri nats://a -Since ([double]::NaN)", "ParameterArgumentTransformationError")]
    [InlineData("Start-SaltEventRelay -Uri nats://a -Site hq -MaxAge 200000d", "ParameterArgumentTransformationError")]
    [InlineData("Start-SaltEventRelay -Uri nats://a -Site hq -MaxAge ([TimeSpan]::MaxValue)", "ParameterArgumentTransformationError")]
    [InlineData("Watch-SaltEvent -Uri nats://a -Since ([DateTime]::Now.AddHours(1))", "ParameterArgumentTransformationError")]
    [InlineData("Watch-SaltEvent -Uri nats://127.0.0.1:1 -NKeyFile /nowhere/key", "NatsKeyFileInvalid")]
    [InlineData("Send-SaltEvent a/b -Uri nats://a", "ParametersDisagree")]
    [InlineData("Send-SaltEvent a/b -Uri nats://a -Site hq -Target web01", "ParametersDisagree")]
    [InlineData("Start-SaltEventRelay -Uri https://a -Site hq", "ParametersDisagree")]
    [InlineData("Start-SaltEventRelay -Uri nats://a -Site 'a b'", "ParameterArgumentValidationError")]
    public void What_cannot_be_done_is_said(string script, string id)
    {
        var result = shell.Run(script);
        Assert.StartsWith(id + ",", result.Error!.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden", result.Error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_page_shows_the_rights_that_the_tests_use()
    {
        var page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "en-US", "about_SaltEventRelay.md")).ReplaceLineEndings("\n");
        var rights = File.ReadAllText(Path.Combine(Repository.Root, "samples", "Relay", "rights.conf")).ReplaceLineEndings("\n");
        Assert.Contains($"```text\n{rights}```", page, StringComparison.Ordinal);
    }

    [NeedsFact(What = NatsServer.Needs)]
    public void Ctrl_C_ends_a_command_at_once_and_what_it_worked_on_comes_again()
    {
        Start();
        shell
            .Run("$null = Watch-SaltEvent @nats -Durable report -Timeout 0; Send-SaltEvent my/one -Bus $hq; Send-SaltEvent my/two -Bus $hq")
            .Good();
        using (
            var run = shell.Start(
                "Watch-SaltEvent @nats -Durable report | ForEach-Object { [AppDomain]::CurrentDomain.SetData('nats-seen', $_.Tag); if ($_.Tag -eq 'my/two') { while ($true) { [Threading.Thread]::Sleep(10) } } }"
            )
        )
        {
            Until.True(() => AppDomain.CurrentDomain.GetData("nats-seen") is "my/two", "the second event");
            run.Stop();
        }

        Assert.Equal("my/two", shell.Run("(Watch-SaltEvent @nats -Durable report -Timeout 0).Tag").Good().Single.ToString());
    }

    [NeedsFact(What = NatsServer.Needs)]
    public void The_client_is_loaded_when_it_is_first_used_and_only_for_the_module()
    {
        server = NatsServer.Start();
        var child = ChildProcess
            .RunPwsh(
                $$"""
                Import-Module '{{Repository.Manifest}}'
                $null = Start-SaltEventBus
                @([AppDomain]::CurrentDomain.GetAssemblies() | Where-Object { $_.GetName().Name -like 'NATS.*' }).Count
                $null = Start-SaltEventRelay -Uri {{server.Uri}} -Site hq
                [AppDomain]::CurrentDomain.GetAssemblies() | Where-Object { $_.GetName().Name -eq 'NATS.Client.JetStream' } | ForEach-Object { [Runtime.Loader.AssemblyLoadContext]::GetLoadContext($_).Name }
                Stop-SaltEventRelay
                """
            )
            .Good();
        Assert.Equal(["0", "SaltEvents"], child.Lines);
    }

    [NeedsFact(What = NatsServer.Needs)]
    public void The_past_can_begin_before_there_were_clocks()
    {
        Start();
        var given = shell
            .Run(
                """
                Send-SaltEvent my/one @{ n = 1 } -Bus $hq
                while ($r1.Acknowledged -lt 1) { [Threading.Thread]::Sleep(10) }
                foreach ($since in [DateTime]::MinValue, [DateTime]'1600-01-01', [DateTimeOffset]::MinValue, [TimeSpan]::MaxValue, '200000d', [double]::MaxValue, [long]::MaxValue) { (Watch-SaltEvent @nats -Since $since -Count 1 -Timeout 20).n }
                """
            )
            .Good()
            .Output;
        Assert.Equal("1 1 1 1 1 1 1", string.Join(" ", given));
    }

    [NeedsFact(What = NatsServer.Needs)]
    public void Removing_the_module_reports_the_relays_that_it_stops_and_what_they_drop()
    {
        Start();
        server!.Kill();
        var warnings = shell
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
    public void Ctrl_c_ends_the_stopping_of_a_relay_whose_server_is_away()
    {
        Start();
        server!.Kill();
        shell.Run("""
            while (-not $r1.Problem) { [Threading.Thread]::Sleep(10) }
            Send-SaltEvent my/one @{ n = 1 } -Bus $hq
            while ($r1.Waiting -lt 1) { [Threading.Thread]::Sleep(10) }
            """).Good();
        var relay = (dynamic)shell.Run("$r1").Good().Output[0];
        using var run = shell.Start("Stop-SaltEventRelay $r1 -Timeout 120");
        Until.True(() => relay.State == "Stopped", "the command is stopping the relay");
        var watch = System.Diagnostics.Stopwatch.StartNew();
        run.Stop();
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(60));
        Assert.Equal("Stopped 1", shell.Run("\"$($r1.State) $($r1.Dropped)\"").Good().Output[0].ToString());
    }

    private void Start()
    {
        server = NatsServer.Start();
        shell.Run($$"""
            $nats = @{ Uri = '{{server.Uri}}' }
            $hq, $east = (Start-SaltEventBus), (Start-SaltEventBus)
            $r1 = Start-SaltEventRelay -Uri {{server.Uri}} -Site hq -Bus $hq -Accept 'myco/*' -MaxAge 7d
            $r2 = Start-SaltEventRelay @nats -Site east -Bus $east
            """).Good();
    }
}
