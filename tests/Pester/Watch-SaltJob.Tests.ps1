BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'SaltEvents.TestHelpers.psm1') -Force
    $bus = Start-SaltEventBus
    $vectors = Join-Path $PSScriptRoot '../vectors'

    # The jobs of a recording, by their ids.
    function Get-RecordedJob {
        param([string] $Name)
        $session = New-SaltEventSession
        $recorded = @(Import-SaltEvent -LiteralPath (Join-Path $vectors $Name))
        $recorded | Send-SaltEvent -KeepTimestamp
        Wait-Until { $session.Matched -eq $recorded.Count }
        Watch-SaltJob -Session $session -Timeout 0
        Remove-SaltEventSession $session
    }
}

AfterAll {
    Clear-SaltTest
}

Describe 'Watch-SaltJob' {
    BeforeEach {
        $session = New-SaltEventSession
    }

    AfterEach {
        Remove-SaltEventSession $session
    }

    It 'counts the jobs of each session of the pipeline anew' {
        $second = New-SaltEventSession
        New-SaltEvent JobNew -JobId 20261127154859000003 -Minions web01 | Send-SaltEvent
        New-SaltEvent JobReturn -JobId 20261127154859000003 -MinionId web01 | Send-SaltEvent
        Wait-Until { $session.Queued -eq 2 -and $second.Queued -eq 2 }
        $jobs = $session, $second | Watch-SaltJob -Count 1 -Timeout 30
        Remove-SaltEventSession $second
        $jobs.JobId | Should -Be '20261127154859000003', '20261127154859000003'
    }

    It 'returns each job once, when it has ended' {
        New-SaltEvent JobNew -JobId 20261127154859000001 -Minions web01 | Send-SaltEvent
        New-SaltEvent JobNew -JobId 20261127154859000002 -Minions web01 | Send-SaltEvent
        New-SaltEvent JobReturn -JobId 20261127154859000002 -MinionId web01, web01 | Send-SaltEvent
        New-SaltEvent JobReturn -JobId 20261127154859000001 -MinionId web01 -ReturnCode 1 | Send-SaltEvent
        $jobs = Watch-SaltJob -Session $session -Count 2 -Timeout 30
        $jobs.JobId | Should -Be '20261127154859000002', '20261127154859000001'
        $jobs.State | Should -Be 'Succeeded', 'Failed'
    }

    It 'returns what still runs when its time is over' {
        New-SaltEvent JobNew -JobId 20261127154859000001 -Minions web01 | Send-SaltEvent
        Wait-Until { $session.Queued -gt 0 }
        $job = Watch-SaltJob -Session $session -Timeout 0.2
        $job.State | Should -Be 'Running'
        $job.Missing | Should -Be 'web01'
    }

    It 'gives up a job without news, as an error that names what is missing' {
        New-SaltEvent JobNew -JobId 20261127154859000001 -Minions web01, web02 | Send-SaltEvent
        New-SaltEvent JobReturn -JobId 20261127154859000001 -MinionId web01 | Send-SaltEvent
        $job = Watch-SaltJob -Session $session -JobTimeout 0.2 -Count 1 -ErrorAction SilentlyContinue -ErrorVariable problem
        $job.State | Should -Be 'TimedOut'
        $job.Missing | Should -Be 'web02'
        $problem[0].FullyQualifiedErrorId | Should -BeLike 'SaltJobTimeout,*'
        $problem[0].TargetObject.JobId | Should -Be $job.JobId
    }

    It 'counts an answer that comes late in the object that was given, and returns it no second time' {
        New-SaltEvent JobNew -JobId 20261127154859000001 -Minions web01 | Send-SaltEvent
        $jobs = @(Watch-SaltJob -Session $session -JobTimeout 0.2 -Count 2 -Timeout 30 -ErrorAction SilentlyContinue | ForEach-Object {
            $_
            if ($_.State -eq 'TimedOut') {
                New-SaltEvent JobReturn -JobId 20261127154859000001 -MinionId web01 | Send-SaltEvent
                New-SaltEvent JobNew -JobId 20261127154859000002 -Minions web01 | Send-SaltEvent
                New-SaltEvent JobReturn -JobId 20261127154859000002 -MinionId web01 | Send-SaltEvent
            }
        })
        $jobs.JobId | Should -Be '20261127154859000001', '20261127154859000002'
        $jobs[0].State | Should -Be 'Succeeded'
        $jobs[0].Returned | Should -Be 'web01'
    }

    It 'follows only the functions of -Function, otherwise all except those with which Salt asks about jobs' {
        foreach ($fun in 'state.apply', 'test.ping', 'saltutil.find_job') {
            New-SaltEvent JobNew -JobId "2026112715485900000$($fun.Length % 10)" -Function $fun -Minions web01 | Send-SaltEvent
            New-SaltEvent JobReturn -JobId "2026112715485900000$($fun.Length % 10)" -Function $fun -MinionId web01 | Send-SaltEvent
        }
        Wait-Until { $session.Queued -ge 6 }
        (Watch-SaltJob -Session $session -Timeout 0).Function | Should -Be 'state.apply', 'test.ping'
        New-SaltEvent JobNew -JobId 20261127154859000011 -Function state.apply -Minions web01 | Send-SaltEvent
        New-SaltEvent JobNew -JobId 20261127154859000012 -Function test.ping -Minions web01 | Send-SaltEvent
        Wait-Until { $session.Queued -ge 2 }
        (Watch-SaltJob 'state.*' -Session $session -Timeout 0).Function | Should -Be 'state.apply'
    }

    It 'returns jobs that a file and another process can hold, however deep their events are nested' {
        $deep = 1
        foreach ($level in 1..60) { $deep = @{ k = $deep } }
        $state = @{ result = $false; changes = $deep; comment = $deep; duration = $deep; name = 'b' }
        Send-SaltEvent salt/job/20261127154859000001/new @{ fun = $deep; user = $deep; tgt = $deep; tgt_type = $deep; minions = @('web01') }
        Send-SaltEvent salt/job/20261127154859000001/ret/web01 @{ fun = 'state.apply'; return = @{ 'a_|-b_|-c_|-d' = $state } }
        Wait-Until { $session.Queued -ge 2 }
        $job = Watch-SaltJob -Session $session -Timeout 0
        $job.User.k.k | Should -Not -BeNullOrEmpty
        $read = [System.Management.Automation.PSSerializer]::Deserialize([System.Management.Automation.PSSerializer]::Serialize(@($job, 'next'), 2))
        $read[0].JobId | Should -Be $job.JobId
        $read[1] | Should -Be 'next'
    }

    It 'judges each answer in a batch by all that it says' {
        $answers = [ordered]@{
            web01 = @{ ret = $true; retcode = @{ 'test.ping' = 0; 'state.apply' = 0 } }
            web02 = @{ ret = $true; retcode = @{ 'test.ping' = 0 }; success = @{ 'test.ping' = $true; 'state.apply' = $false } }
            web03 = @{ ret = $true; retcode = 0 }
        }
        Send-SaltEvent salt/batch/20261127154859000001/complete @{ state = @{ all_minions = 'web01', 'web02', 'web03'; done = $answers } }
        Wait-Until { $session.Queued }
        $batch = Watch-SaltJob -Session $session -Timeout 0
        $batch.Returned | Should -Be 'web01', 'web02', 'web03'
        $batch.Failed | Should -Be 'web02'
    }

    It 'returns only the jobs of -MinionId' {
        New-SaltEvent JobNew -JobId 20261127154859000001 -Minions web01, db01 | Send-SaltEvent
        New-SaltEvent JobNew -JobId 20261127154859000002 -Minions db01 | Send-SaltEvent
        New-SaltEvent RunnerNew -JobId 20261127154859000003 | Send-SaltEvent
        New-SaltEvent JobReturn -JobId 20261127154859000001 -MinionId db01, web01 | Send-SaltEvent
        New-SaltEvent JobReturn -JobId 20261127154859000002 -MinionId db01 | Send-SaltEvent
        New-SaltEvent RunnerReturn -JobId 20261127154859000003 | Send-SaltEvent
        # Seen from its middle.
        New-SaltEvent JobReturn -JobId 20261127154859000004 -MinionId web02 | Send-SaltEvent
        New-SaltEvent JobReturn -JobId 20261127154859000005 -MinionId db01 | Send-SaltEvent
        Send-SaltEvent end
        $null = Wait-SaltEvent end -Session $session -Timeout 30
        (Watch-SaltJob -Session $session -Timeout 0 -MinionId 'web*').JobId | Sort-Object | Should -Be '20261127154859000001', '20261127154859000004'
        New-SaltEvent JobNew -JobId 20261127154859000006 -Minions db01 | Send-SaltEvent
        New-SaltEvent JobNew -JobId 20261127154859000007 -Minions web01 | Send-SaltEvent
        (Watch-SaltJob -Session $session -Timeout 30 -Count 1 -AtStart -MinionId web01).JobId | Should -Be '20261127154859000007'
    }

    It 'returns a job when it starts with -AtStart, and the object follows it' {
        New-SaltEvent JobNew -JobId 20261127154859000001 -Minions web01 | Send-SaltEvent
        $states = Watch-SaltJob -Session $session -AtStart -Timeout 5 | ForEach-Object {
            $job = $_
            $job.State
            New-SaltEvent JobReturn -JobId 20261127154859000001 -MinionId web01 | Send-SaltEvent
            New-SaltEvent JobNew -JobId 20261127154859000002 -Minions web01 | Send-SaltEvent
        } | Select-Object -First 2
        $states | Should -Be 'Running', 'Running'
        $job.JobId | Should -Be '20261127154859000002'
    }

    It 'has the states as far as they have come' {
        foreach ($number in 0, 1) {
            Send-SaltEvent "salt/job/20261127154859000001/prog/web01/$number" ([ordered]@{ id = 'web01'; cmd = '_minion_event'; data = @{ ret = @{ name = "s$number"; __id__ = "s$number"; __run_num__ = $number; result = $number -eq 0; comment = ''; changes = @{ } }; len = 3 } })
        }
        Wait-Until { $session.Queued -eq 2 }
        $job = Watch-SaltJob -Session $session -Timeout 0
        $job.Expected | Should -Be 'web01'
        $job.States.Id | Should -Be 's0', 's1'
        $job.States.Total | Should -Be 3, 3
        $job.FailedStates.Id | Should -Be 's1'
        $job.State | Should -Be 'Running'
    }

    It 'shows a job in 80 columns' {
        New-SaltEvent JobNew -JobId 20261127154859000001 -Function state.apply -Minions web01, web02 | Send-SaltEvent
        New-SaltEvent JobReturn -JobId 20261127154859000001 -Function state.apply -MinionId web01 -FailedState nginx_running | Send-SaltEvent
        Wait-Until { $session.Queued -gt 1 }
        $lines = Watch-SaltJob -Session $session -Timeout 0 | Out-String -Width 80 -Stream
        ($lines | Where-Object { $_ -match '^20261127' }) | Should -BeLike '20261127154859000001 Running*1/2 state.apply*'
        ($lines | Measure-Object Length -Maximum).Maximum | Should -BeLessOrEqual 80
    }

    It 'shows what went wrong in 80 columns, however long the target is' {
        $minions = 1..9 | ForEach-Object { "web0$_" }
        New-SaltEvent JobNew -JobId 20261127154859000001 -Minions web01 -Missing web09 -Target ($minions -join ',') -TargetType list | Send-SaltEvent
        New-SaltEvent JobReturn -JobId 20261127154859000001 -MinionId web01 | Send-SaltEvent
        Wait-Until { $session.Queued -gt 1 }
        $lines = Watch-SaltJob -Session $session -Timeout 0 -ErrorAction SilentlyContinue -ErrorVariable problem | Out-String -Width 80 -Stream
        ($lines | Where-Object { $_ -match '^20261127' }) | Should -BeLike '*missing=`[web09`] *'
        $problem.FullyQualifiedErrorId | Should -Be 'MinionNotFound,SaltEvents.Cmdlets.WatchSaltJobCommand'
    }

    Context 'recorded sites' {
        It 'folds the jobs of a master of masters, whose events come twice' {
            $jobs = Get-RecordedJob salt-3006.30-master-of-masters.jsonl
            $ping, $state = $jobs
            $jobs.Count | Should -Be 2
            $ping.Function | Should -Be 'test.ping'
            $ping.Expected | Should -Be 'web01'
            $ping.Returned | Should -Be 'web01'
            $ping.State | Should -Be 'Succeeded'
            $ping.Elapsed.TotalSeconds | Should -BeGreaterThan 0.2
            $ping.Elapsed.TotalSeconds | Should -BeLessThan 0.3
            $state.Function | Should -Be 'state.apply'
            $state.Expected | Should -Be 'web01'
            $state.States.Id | Should -Be 'good_one', 'bad_one', 'own_event'
            $state.States.MinionId | Should -Be 'web01', 'web01', 'web01'
            $state.FailedStates.Id | Should -Be 'bad_one'
            $state.State | Should -Be 'Failed'
        }

        It 'folds a batch of Salt 3008, and published jobs' {
            $jobs = @(Get-RecordedJob salt-3008.5-master.jsonl)
            $batch = $jobs | Where-Object JobId -EQ 20261127150055202282
            $batch.Function | Should -Be 'test.ping'
            $batch.Target | Should -Be '*'
            $batch.Expected | Should -Be 'web01'
            $batch.Returned | Should -Be 'web01'
            $batch.State | Should -Be 'Succeeded'
            ($jobs | Where-Object JobId -EQ 20261127150026460588).State | Should -Be 'Succeeded'
        }

        It 'folds an orchestration of <Name>' -TestCases @(
            @{ Name = 'salt-3006.30-master.jsonl'; JobId = '20261127145541277142' }
            @{ Name = 'salt-3008.5-master.jsonl'; JobId = '20261127150050389714' }
            @{ Name = 'salt-3006-session.jsonl'; JobId = '20261123200832363807' }
        ) {
            $job = Get-RecordedJob $Name | Where-Object JobId -EQ $JobId
            $job.Function | Should -Be 'runner.state.orchestrate'
            $job.User | Should -Be 'root'
            $job.State | Should -Be 'Failed'
            $job.FailedStates.Count | Should -BeGreaterThan 0
            $job.Missing | Should -BeNullOrEmpty
        }

        It 'folds jobs that are seen from their middle' {
            $job = Get-RecordedJob salt-3006.30-master.jsonl | Where-Object JobId -EQ 20261127145534404943
            $job.State | Should -Be 'Running'
            $job.Expected | Should -Be 'web01'
            $job.States.Id | Should -Be 'good_one', 'bad_one', 'own_event'
            $job.Function | Should -BeNullOrEmpty
        }
    }
}
