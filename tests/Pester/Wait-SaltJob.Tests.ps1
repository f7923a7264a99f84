BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'SaltEvents.TestHelpers.psm1') -Force
    $bus = Start-SaltEventBus
    $jid = '20261127154859183484'
    $name = @{ JobId = $jid; Function = 'state.apply' }

    # A job that is published for minions, of which some answer.
    function Send-TestJob {
        param([string[]] $Minions, [string[]] $Answer = @(), [hashtable] $More = @{ })
        New-SaltEvent JobNew @name -Minions $Minions -Target 'web*' @More | Send-SaltEvent
        if ($Answer) { New-SaltEvent JobReturn @name -MinionId $Answer | Send-SaltEvent }
    }
}

AfterAll {
    Clear-SaltTest
}

Describe 'Wait-SaltJob' {
    It 'waits for the job that its trigger starts' {
        $job = Wait-SaltJob -Timeout 30 -Trigger { Send-TestJob web01, web02 -Answer web02, web01 }
        $job.JobId | Should -Be $jid
        $job.Function | Should -Be 'state.apply'
        $job.Target | Should -Be 'web*'
        $job.TargetType | Should -Be 'glob'
        $job.User | Should -Be 'root'
        $job.Expected | Should -Be 'web01', 'web02'
        $job.Returned | Should -Be 'web02', 'web01'
        $job.Failed | Should -BeNullOrEmpty
        $job.Missing | Should -BeNullOrEmpty
        $job.State | Should -Be 'Succeeded'
        $job.StartTime.Kind | Should -Be 'Utc'
        $job.Elapsed | Should -BeGreaterThan ([timespan]::Zero)
        $elapsed = $job.Elapsed
        $job.Elapsed | Should -Be $elapsed
    }

    It 'takes the job that the output of the trigger names, not another' {
        $job = Wait-SaltJob -Timeout 30 -Trigger {
            New-SaltEvent JobNew -JobId 20261127154859000000 -Minions db01 | Send-SaltEvent
            Send-TestJob web01 -Answer web01
            "Executed command with job ID: $jid"
        }
        $job.JobId | Should -Be $jid
        $job.State | Should -Be 'Succeeded'
    }

    It 'keeps nothing of the other jobs of a busy master' {
        $others = 1..40 | ForEach-Object { New-SaltEvent JobReturn -JobId "202611271548590000$($_ + 10)" -FailedState @{ Id = 'a'; Comment = 'x' * 1MB } }
        $before = [GC]::GetTotalMemory($true)
        $null = Wait-SaltJob -Timeout 60 -Trigger { $others | Send-SaltEvent; Send-TestJob web01; $jid } -Until {
            $script:during = [GC]::GetTotalMemory($true)
            $true
        }
        $during - $before | Should -BeLessThan 20MB
    }

    It 'ignores a job with which Salt asks about another' {
        $job = Wait-SaltJob -Timeout 30 -Trigger {
            New-SaltEvent JobNew -JobId 20261127154859000000 -Function saltutil.find_job -Minions web01 | Send-SaltEvent
            Send-TestJob web01 -Answer web01
        }
        $job.JobId | Should -Be $jid
    }

    It 'listens before the command to its left starts the job' {
        $job = & { "Executed command with job ID: $jid"; Send-TestJob web01 -Answer web01 } | Wait-SaltJob -Timeout 30
        $job.State | Should -Be 'Succeeded'
    }

    It 'takes jobs as objects with a JobId' {
        $job = & { [pscustomobject]@{ JobId = $jid }; Send-TestJob web01 -Answer web01 } | Wait-SaltJob -Timeout 30
        $job.Returned | Should -Be 'web01'
    }

    It 'reports which states failed, at which minion' {
        $job = Wait-SaltJob -Timeout 30 -Trigger {
            Send-TestJob web01, web02
            New-SaltEvent JobReturn @name -MinionId web01 -SucceededState pkg_installed -FailedState nginx_running | Send-SaltEvent
            New-SaltEvent JobReturn @name -MinionId web02 -SucceededState pkg_installed, nginx_running | Send-SaltEvent
        }
        $job.State | Should -Be 'Failed'
        $job.Failed | Should -Be 'web01'
        "$($job.FailedStates)" | Should -Be 'nginx_running'
        $job.FailedStates[0].MinionId | Should -Be 'web01'
        $job.States.Count | Should -Be 4
    }

    It 'sees in a return under the bare job id that a state failed, as Salt up to 2015.5 fires it before the other' {
        $job = Wait-SaltJob -Timeout 30 -Trigger {
            Send-TestJob web01
            $return = New-SaltEvent JobReturn @name -MinionId web01 -FailedState nginx_running
            Send-SaltEvent $jid $return.Data
            $return | Send-SaltEvent
        }
        "$($job.State) $($job.Failed) $($job.FailedStates)" | Should -Be 'Failed web01 nginx_running'
    }

    It 'counts a second answer once, and one that nobody expected' {
        $job = Wait-SaltJob -Timeout 30 -Trigger { Send-TestJob web01, web02 -Answer web01, web01, db01, web02 }
        $job.Returned | Should -Be 'web01', 'db01', 'web02'
        $job.Expected | Should -Be 'web01', 'web02'
        $job.State | Should -Be 'Succeeded'
    }

    It 'returns a job that is refused with its error' {
        # As 3006.16 fires it where the user may not run the function: salt/master.py, publish.
        $job = Wait-SaltJob -Timeout 30 -ErrorAction SilentlyContinue -ErrorVariable problem -Trigger {
            Send-SaltEvent "salt/job/$jid/error" @{ fun = 'test.ping'; error = @{ name = 'AuthorizationError'; message = 'Authorization error occurred.' } }
            $jid
        }
        $job.State | Should -Be 'Failed'
        $job.Error | Should -Be 'Authorization error occurred.'
        $problem.Count | Should -Be 1
        $problem[0].FullyQualifiedErrorId | Should -BeLike 'JobRefused,*'
        $problem[0].CategoryInfo.Category | Should -Be 'PermissionDenied'
        "$($problem[0])" | Should -Be "The master has refused the job $jid (test.ping): Authorization error occurred. Check that publisher_acl or external_auth in its configuration allows it to the user."
    }

    It 'warns that the bus of a minion has no events of jobs, as does Watch-SaltJob' {
        $minion = Start-SaltEventBus -MinionId web01
        $null = Wait-SaltJob $jid -Bus $minion -Timeout 0 -ErrorAction SilentlyContinue -WarningAction SilentlyContinue -WarningVariable warned
        "$warned" | Should -BeLike "The bus at * is a minion's, which has no events of the master's jobs. Run the command on the master's host, *"
        Watch-SaltJob -Bus $minion -Timeout 0 -WarningAction SilentlyContinue -WarningVariable warned
        $warned.Count | Should -Be 1
        Stop-SaltEventBus $minion
    }

    It 'warns if no job comes through the pipeline' {
        $found = @() | Wait-SaltJob -WarningAction SilentlyContinue -WarningVariable warned
        $found | Should -BeNullOrEmpty
        "$warned" | Should -BeLike 'No job came through the pipeline, so nothing is waited for. *2>&1*'
    }

    It 'refuses a text without a job id and continues' {
        $job = & { 'Salt is not running'; $jid; Send-TestJob web01 -Answer web01 } | Wait-SaltJob -Timeout 30 -ErrorAction SilentlyContinue -ErrorVariable problem
        $problem[0].FullyQualifiedErrorId | Should -BeLike 'JobIdInvalid,*'
        $job.State | Should -Be 'Succeeded'
    }

    It 'says of <Name> that it names no job' -TestCases @(
        @{ Name = 'an empty text'; Run = { Wait-SaltJob '' -Timeout 0 -ErrorAction Stop } }
        @{ Name = 'blank lines from the pipeline'; Run = { '', ' ' | Wait-SaltJob -Timeout 0 -ErrorAction Stop } }
    ) {
        $problem = Get-ErrorOf $Run
        $problem.FullyQualifiedErrorId | Should -BeLike 'JobIdInvalid,*'
        "$problem" | Should -BeLike 'An empty text contains no job id.*'
    }

    It 'says once that the command before it has started no job' {
        # What "salt nope test.ping --async" prints: 3006.16.
        'No minions matched the target. No command was sent, no jid was assigned.', 'Executed command with job ID: 0' |
            Wait-SaltJob -Timeout 0 -ErrorAction SilentlyContinue -ErrorVariable problem | Should -BeNullOrEmpty
        $problem.Count | Should -Be 1
        $problem[0].FullyQualifiedErrorId | Should -BeLike 'NoMinionMatches,*'
        "$($problem[0])" | Should -BeLike 'The command before Wait-SaltJob started no job, because no minion matches its target. * It wrote: No minions matched*'
    }

    It 'takes blank lines around the one with the id' {
        $job = & { ''; "Executed command with job ID: $jid"; ''; Send-TestJob web01 -Answer web01 } | Wait-SaltJob -Timeout 30
        $job.State | Should -Be 'Succeeded'
    }

    It 'gives a job whose state compares with text after Export-Clixml and in a job too' {
        $file = New-TestPath
        $job = Wait-SaltJob -Timeout 30 -Trigger { Send-TestJob web01 -Answer web01 }
        $job, (Test-SaltEventBus -Bus $bus) | Export-Clixml $file
        $again, $test = Import-Clixml $file
        $again.State -eq 'Succeeded' | Should -BeTrue
        @($again | Where-Object State -EQ Succeeded).Count | Should -Be 1
        $test.Node -eq 'Master' | Should -BeTrue
        $test.Dialect -eq $test.Dialect.ToString() | Should -BeTrue
    }

    It 'requires a job' {
        (Get-ErrorOf { Wait-SaltJob }).FullyQualifiedErrorId | Should -BeLike 'ParametersDisagree,*'
        (Get-ErrorOf { Wait-SaltJob $jid -Trigger { } }).FullyQualifiedErrorId | Should -BeLike 'ParametersDisagree,*'
    }

    It 'shows how many have answered, and the bar is gone at the end' {
        $shell = [powershell]::Create().AddScript('param($module) Import-Module $module; $null = Start-SaltEventBus; Wait-SaltJob -Timeout 0.6 -ErrorAction SilentlyContinue -Trigger { New-SaltEvent JobNew -JobId 20261127154859183484 -Minions web01, web02 | Send-SaltEvent; New-SaltEvent JobReturn -JobId 20261127154859183484 -MinionId web01 | Send-SaltEvent }; Stop-SaltEventBus').AddArgument((Get-ModulePath))
        $null = $shell.Invoke()
        $bars = @($shell.Streams.Progress | Where-Object Activity -EQ 'Waiting for jobs')
        $shell.Dispose()
        $bars[-2].StatusDescription | Should -Be '20261127154859183484 test.ping: 1 of 2 returned'
        $bars[-2].PercentComplete | Should -Be 50
        $bars[-1].RecordType | Should -Be 'Completed'
    }
}
