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
        var child = ChildProcess
            .RunPwsh(
                $$"""
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
                """
            )
            .Good();
        Assert.Equal("Deserialized.SaltEvents.SaltEvent#JobReturn", child.Lines[0]);
        Assert.Equal("salt/job/1/ret/web01 datetime JobReturn 1 web01 state.apply False 2 b no state.apply", child.Lines[1]);
        Assert.Equal("1 two 2026 1 2", child.Lines[2]);
        Assert.StartsWith("salt/job/1/ret/web01", child.Lines[3], System.StringComparison.Ordinal);
        Assert.Contains("FAILED 1 of 1 state", child.Lines[3], System.StringComparison.Ordinal);
        Assert.Equal(["True", "True", "True"], child.Lines.Skip(4));
    }

    [NeedsFact(What = "sshd")]
    public void Ctrl_C_and_Select_First_end_the_command_there_and_leave_the_session()
    {
        using var server = new SshServer();
        using var directory = new TempDirectory();
        var child = ChildProcess
            .RunPwsh(
                Setup(server, directory)
                    + """
                    $feed = Start-ThreadJob { param($module, $bus) Import-Module $module; while ($bus.Subscribers -eq 0) { Start-Sleep -Milliseconds 20 }; 1..3 | Send-SaltEvent my/tag -Bus $bus } -ArgumentList $manifest, $bus
                    @(Invoke-Command $far { Watch-SaltEvent my/ -SockDir $using:dir | Select-Object -First 2 }).Data.data -join ' '
                    Wait-Subscriber 0
                    $null = $feed | Wait-Job
                    $running = [powershell]::Create().AddScript('param($far, $dir) Invoke-Command $far { Watch-SaltEvent my/ -SockDir $using:dir }').AddArgument($far).AddArgument($dir)
                    $handle = $running.BeginInvoke()
                    Wait-Subscriber 1
                    $running.Stop()
                    Wait-Subscriber 0
                    "$($running.InvocationStateInfo.State) $($far.State) $(Invoke-Command $far { 'still there' })"
                    Remove-PSSession $far
                    """
            )
            .Good();
        Assert.Equal(["1 2", "0 subscribers", "1 subscribers", "0 subscribers", "Stopped Opened still there"], child.Lines);
    }

    [NeedsFact(What = "sshd")]
    public void A_gap_is_reported_here_as_a_warning_and_as_an_object()
    {
        using var server = new SshServer();
        using var directory = new TempDirectory();
        var child = ChildProcess
            .RunPwsh(
                Setup(server, directory)
                    + """
                    $feed = Start-ThreadJob {
                        param($module, $bus, $dir)
                        Import-Module $module
                        while ($bus.Subscribers -eq 0) { Start-Sleep -Milliseconds 20 }
                        Stop-SaltEventBus $bus
                        $bus = Start-SaltEventBus -SockDir $dir
                        while ($bus.Subscribers -eq 0) { Start-Sleep -Milliseconds 20 }
                        Send-SaltEvent my/end -Bus $bus
                        while ($bus.Subscribers -gt 0) { Start-Sleep -Milliseconds 20 }
                    } -ArgumentList $manifest, $bus, $dir
                    $given = Invoke-Command $far { Watch-SaltEvent my/ -SockDir $using:dir -IncludeStatus -Count 1 } -WarningVariable warnings -WarningAction SilentlyContinue
                    ($given | ForEach-Object { if ($_.State) { "$($_.State)" } else { $_.Tag } }) -join ' '
                    $warnings.Count -gt 0 -and "$warnings" -match 'missed'
                    Remove-PSSession $far
                    """
            )
            .Good();
        Assert.Equal(["Connected Disconnected Reconnected my/end", "True"], child.Lines[^2..]);
    }

    [Fact]
    public void The_files_of_the_page_are_right_and_leave_what_only_watches()
    {
        using var directory = new TempDirectory();
        var role = Write(directory, "SaltWatcher.psrc");
        var configuration = Write(directory, "SaltWatcher.pssc");
        var child = ChildProcess
            .RunPwsh(
                $$"""
                foreach ($file in '{{role}}', '{{configuration}}') {
                    $names = (Import-PowerShellDataFile $file).VisibleCmdlets
                    $names.Count
                    $names | Where-Object { -not (Get-Command $_ -Module SaltEvents -ErrorAction Ignore) -or $_ -match '^(Send|New|Start|Stop|Register|Export|Test)-' }
                }
                $null = New-PSRoleCapabilityFile '{{directory["made.psrc"]}}'
                $known = (Import-PowerShellDataFile '{{directory["made.psrc"]}}').Keys + 'ModulesToImport', 'VisibleCmdlets'
                (Import-PowerShellDataFile '{{role}}').Keys | Where-Object { $_ -notin $known }
                """
            )
            .Good();
        Assert.Equal(["6", "6"], child.Lines);
    }

    [NeedsFact(What = "sshd")]
    public void A_watcher_can_watch_and_do_nothing_else()
    {
        using var directory = new TempDirectory();
        using var server = new SshServer("-ConfigurationFile", WriteWatcher(directory));
        var child = ChildProcess
            .RunPwsh(
                $$"""
                {{StartWatched(directory, server)}}
                (Invoke-Command $far { Watch-SaltEvent my/ -SockDir $using:dir -Count 1 }).Tag
                try { Invoke-Command $far { Send-SaltEvent my/tag -SockDir $using:dir } } catch { $_.FullyQualifiedErrorId }
                try { Invoke-Command $far { Get-Process } } catch { $_.FullyQualifiedErrorId }
                try { Invoke-Command $far { Watch-SaltEvent my/ -Until { $true } } } catch { "$_" -match 'language' }
                $bus.EventsIn
                """
            )
            .Good();
        Assert.Equal(["my/tag", "CommandNotFoundException", "CommandNotFoundException", "True", "1"], child.Lines);
    }

    [NeedsFact(What = "sshd")]
    public void A_role_may_limit_the_parameters_of_a_command()
    {
        using var directory = new TempDirectory();
        const string Limited = "@{ Name = 'Watch-SaltEvent'; Parameters = @{ Name = 'SockDir' }, @{ Name = 'Count' }, @{ Name = 'Timeout' } }";
        using var server = new SshServer("-ConfigurationFile", WriteWatcher(directory, Limited));
        var child = ChildProcess
            .RunPwsh(
                $$"""
                {{StartWatched(directory, server)}}
                (Invoke-Command $far { Watch-SaltEvent -SockDir $using:dir -Count 1 -Timeout 30 }).Tag
                try { Invoke-Command $far { Watch-SaltEvent -ConfigPath /none } } catch { $_.FullyQualifiedErrorId }
                """
            )
            .Good();
        Assert.Equal(["my/tag", "NamedParameterNotFound,Watch-SaltEvent"], child.Lines);
    }

    // A bus in $bus, a session to the watcher's end of it in $far, and an event that is fired once somebody listens.
    private static string StartWatched(TempDirectory directory, SshServer server) =>
        $$"""
        $dir = '{{directory["bus"]}}'
        $bus = Start-SaltEventBus -SockDir $dir
        $far = {{server.NewSession}}
        $feed = Start-ThreadJob { param($module, $bus) Import-Module $module; while ($bus.Subscribers -eq 0) { Start-Sleep -Milliseconds 20 }; Send-SaltEvent my/tag -Bus $bus } -ArgumentList '{{Repository.Manifest}}', $bus
        """;

    // The page's configuration, with this module and with Watch-SaltEvent as it is given.
    private static string WriteWatcher(TempDirectory directory, string watch = "'Watch-SaltEvent'")
    {
        var configuration = Write(directory, "SaltWatcher.pssc");
        var text = System.IO.File.ReadAllText(configuration);
        System.IO.File.WriteAllText(
            configuration,
            text.Replace("'SaltEvents'", $"'{Repository.Manifest}'", System.StringComparison.Ordinal)
                .Replace("'Watch-SaltEvent'", watch, System.StringComparison.Ordinal)
        );
        return configuration;
    }

    private static string Write(TempDirectory directory, string file)
    {
        var page = System.IO.File.ReadAllText(System.IO.Path.Combine(Repository.Root, "docs", "en-US", "about_SaltEventRemoting.md"));
        var block = System
            .Text.RegularExpressions.Regex.Matches(
                page,
                "```powershell\n(.*?)\n```",
                System.Text.RegularExpressions.RegexOptions.Singleline
            )
            .Select(m => m.Groups[1].Value)
            .Single(b => b.StartsWith("# " + file, System.StringComparison.Ordinal));
        System.IO.File.WriteAllText(directory[file], block);
        return directory[file];
    }

    private static string Setup(SshServer server, TempDirectory directory) => $$"""
        $manifest = '{{Repository.Manifest}}'
        $dir = '{{directory["bus"]}}'
        $bus = Start-SaltEventBus -SockDir $dir
        $far = {{server.NewSession}}
        Invoke-Command $far { Import-Module $using:manifest }
        function Wait-Subscriber($Count) {
            $watch = [Diagnostics.Stopwatch]::StartNew()
            while ($bus.Subscribers -ne $Count -and $watch.Elapsed.TotalSeconds -lt 20) { Start-Sleep -Milliseconds 20 }
            "$($bus.Subscribers) subscribers"
        }

        """;
}
