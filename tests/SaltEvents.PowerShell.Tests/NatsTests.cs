using System;
using System.Linq;
using Xunit;

namespace SaltEvents.Tests;

/// <summary>The commands over nats://.</summary>
public sealed class NatsTests : NatsTestBase
{
    [NeedsFact(What = NatsServer.Needs)]
    public void The_commands_that_listen_work_over_several_masters()
    {
        Start();
        var given = Shell.Run("""
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
        var given = Shell
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
    public void Jobs_that_ended_before_are_found_in_what_is_stored()
    {
        Start();
        var given = Shell
            .Run(
                """
                $ids = '20261127154838559621', '20261127154838559622'
                foreach ($id in $ids) { New-SaltEvent JobNew -JobId $id -Minions web01 | Send-SaltEvent -Bus $hq }
                New-SaltEvent JobReturn -JobId $ids[0] -MinionId web01 | Send-SaltEvent -Bus $hq
                while ($r1.Acknowledged -lt 3) { [Threading.Thread]::Sleep(10) }
                (Wait-SaltJob $ids[0] @nats -Since 1h -Timeout 0).State
                (Wait-SaltJob $ids[0] @nats -Timeout 0 -ErrorVariable unseen -ErrorAction SilentlyContinue).State
                "$unseen" -match 'give -Since, such as -Since 1h;'
                Watch-SaltJob @nats -Since 1h -Timeout 0 | ForEach-Object { "$($_.JobId) $($_.State)" }
                $job = Wait-SaltJob @nats -Since 1h -Timeout 20 -Trigger { New-SaltEvent JobReturn -JobId $ids[1] -MinionId web01 | Send-SaltEvent -Bus $hq -PassThru }
                "$($job.JobId) $($job.State) $($job.Expected)"
                """
            )
            .Good()
            .Output.Select(o => o.ToString());
        Assert.Equal(
            [
                "Succeeded",
                "TimedOut",
                "True",
                "20261127154838559621 Succeeded",
                "20261127154838559622 Running",
                "20261127154838559622 Succeeded web01",
            ],
            given
        );
    }

    [NeedsFact(What = NatsServer.Needs)]
    public void A_durable_name_continues_after_the_last_event_that_the_pipeline_took()
    {
        Start();
        var given = Shell.Run("""
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
    public void Timeout_0_reads_only_what_is_stored_and_a_session_continues_after_it()
    {
        Start();
        var given = Shell.Run("""
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
    public void A_wrong_use_is_an_error_without_secrets(string script, string id)
    {
        var result = Shell.Run(script);
        Assert.StartsWith(id + ",", result.Error!.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden", result.Error.ToString(), StringComparison.Ordinal);
    }

    [NeedsFact(What = NatsServer.Needs)]
    public void Ctrl_C_ends_a_command_at_once_and_its_unfinished_event_is_read_again()
    {
        Start();
        Shell
            .Run("$null = Watch-SaltEvent @nats -Durable report -Timeout 0; Send-SaltEvent my/one -Bus $hq; Send-SaltEvent my/two -Bus $hq")
            .Good();
        using (
            var run = Shell.Start(
                "Watch-SaltEvent @nats -Durable report | ForEach-Object { [AppDomain]::CurrentDomain.SetData('nats-seen', $_.Tag); if ($_.Tag -eq 'my/two') { while ($true) { [Threading.Thread]::Sleep(10) } } }"
            )
        )
        {
            Until.True(() => AppDomain.CurrentDomain.GetData("nats-seen") is "my/two", "the second event");
            run.Stop();
        }

        Assert.Equal("my/two", Shell.Run("(Watch-SaltEvent @nats -Durable report -Timeout 0).Tag").Good().Single.ToString());
    }

    [NeedsFact(What = NatsServer.Needs)]
    public void The_NATS_client_is_loaded_at_its_first_use_and_only_for_the_module()
    {
        Server = NatsServer.Start();
        var child = ChildProcess
            .RunPwsh(
                $$"""
                Import-Module '{{Repository.Manifest}}'
                $null = Start-SaltEventBus
                @([AppDomain]::CurrentDomain.GetAssemblies() | Where-Object { $_.GetName().Name -like 'NATS.*' }).Count
                $null = Start-SaltEventRelay -Uri {{Server.Uri}} -Site hq
                [AppDomain]::CurrentDomain.GetAssemblies() | Where-Object { $_.GetName().Name -eq 'NATS.Client.JetStream' } | ForEach-Object { [Runtime.Loader.AssemblyLoadContext]::GetLoadContext($_).Name }
                Stop-SaltEventRelay
                """
            )
            .Good();
        Assert.Equal(["0", "SaltEvents"], child.Lines);
    }

    [NeedsFact(What = NatsServer.Needs)]
    public void Since_accepts_the_earliest_dates_and_the_longest_times()
    {
        Start();
        var given = Shell
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
}
