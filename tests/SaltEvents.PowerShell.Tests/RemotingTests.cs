using System.Linq;
using Xunit;

namespace SaltEvents.Tests;

/// <summary>Events that come through PowerShell's remoting, over a real sshd.</summary>
public sealed class RemotingTests
{
    [NeedsFact(What = "sshd")]
    public void An_event_comes_whole_and_is_sent_again_byte_for_byte()
    {
        using var server = new SshServer();
        var child = ChildProcess.RunPwsh($$"""
            $far = {{server.NewSession}}
            $events = Invoke-Command $far -ArgumentList '{{Repository.Manifest}}' {
                param($module)
                Import-Module $module
                $deep = 1; 1..100 | ForEach-Object { $deep = @{ k = $deep } }
                $null = Start-SaltEventBus
                Send-SaltEvent salt/job/1/ret/web01 ([ordered]@{ fun = 'state.apply'; retcode = 2; id = 'web01'; jid = '1'; return = @{ 'a_|-b_|-c_|-d' = [ordered]@{ result = $false; comment = 'no'; changes = @{} } } }) -PassThru
                Send-SaltEvent my/deep $deep -PassThru
                Send-SaltEvent my/tag ([ordered]@{ list = 1, 'two'; when = [datetime]::new(2026, 1, 2, 3, 4, 5, [DateTimeKind]::Utc); bytes = [byte[]](1, 2) }) -PassThru
            }
            Remove-PSSession $far
            $e, $deep, $last = $events
            $e.PSTypeNames[0]
            "$($e.Tag) $($e.Timestamp.GetType()) $($e.Family) $($e.JobId) $($e.MinionId) $($e.Function) $($e.Succeeded) $($e.ReturnCode) $($e.FailedStates) $($e.FailedStates[0].Comment) $($e.Data.fun)"
            "$($last.Data.list) $($last.Data.when.Year) $($last.Data.bytes)"
            ($events | Format-Table | Out-String -Width 200).Trim().Split("`n")[2].Trim() -replace '^\d\d:\d\d:\d\d\.\d{3} | +127.0.0.1$'
            $b = Start-SaltEventBus; $s = New-SaltEventSession
            $events | Send-SaltEvent -KeepTimestamp
            $again = Get-SaltEvent -Session $s -Count 3
            0..2 | ForEach-Object { [Linq.Enumerable]::SequenceEqual([byte[]]$again[$_].WireBody, [byte[]]$events[$_].WireBody) }
            """).Good();
        Assert.Equal("Deserialized.SaltEvents.SaltEvent#JobReturn", child.Lines[0]);
        Assert.Equal("salt/job/1/ret/web01 datetime JobReturn 1 web01 state.apply False 2 b no state.apply", child.Lines[1]);
        Assert.Equal("1 two 2026 1 2", child.Lines[2]);
        Assert.StartsWith("salt/job/1/ret/web01", child.Lines[3], System.StringComparison.Ordinal);
        Assert.Contains("FAILED 1 of 1 states", child.Lines[3], System.StringComparison.Ordinal);
        Assert.Equal(["True", "True", "True"], child.Lines.Skip(4));
    }
}
