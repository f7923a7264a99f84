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
    Context 'timeout' {
        It 'is an error, after the job with what is missing' {
            $job = Wait-SaltJob -Timeout 0.3 -ErrorAction SilentlyContinue -ErrorVariable problem -Trigger { Send-TestJob web01, web02, web03 -Answer web02 }
            $job.State | Should -Be 'TimedOut'
            $job.Missing | Should -Be 'web01', 'web03'
            $problem.Count | Should -Be 1
            $problem[0].FullyQualifiedErrorId | Should -BeLike 'SaltJobTimeout,*'
            $problem[0].CategoryInfo.Category | Should -Be 'OperationTimeout'
            $problem[0].TargetObject.Missing | Should -Be 'web01', 'web03'
            "$($problem[0])" | Should -Be "The job $jid (state.apply) has not ended within 0.3 s: 2 of 3 minions have not answered: web01, web03. Check that they run, or give a longer -Timeout; later answers are shown by: salt-run jobs.lookup_jid $jid"
        }

        It 'counts <Missing> of <Minions> minions in plain English' -TestCases @(
            @{ Minions = 'web01'; Answer = @(); Missing = 'web01'; Says = '1 of 1 minion has not answered: web01.' }
            @{ Minions = 'web01', 'web02'; Answer = 'web01'; Missing = 'web02'; Says = '1 of 2 minions has not answered: web02.' }
            @{ Minions = 11..32; Answer = @(); Missing = 'many'; Says = "22 of 22 minions have not answered: $(11..30 -join ', ') and 2 more." }
        ) {
            $null = Wait-SaltJob -Timeout 0.2 -ErrorAction SilentlyContinue -ErrorVariable problem -Trigger { Send-TestJob $Minions -Answer $Answer }
            "$($problem[0])" | Should -BeLike "*: $Says Check that * run*, or give a longer -Timeout; *"
        }

        It 'says that a job was not seen at all' {
            $job = Wait-SaltJob $jid -Timeout 0.2 -ErrorAction SilentlyContinue -ErrorVariable problem
            $job.StartTime | Should -BeNullOrEmpty
            "$($problem[0])" | Should -BeLike "The job $jid had no event within 0.2 s. If it ended before this command listened, its answers are shown by salt-run jobs.lookup_jid $jid; otherwise *"
        }

        It 'reports that the expected minions are unknown when the start of the job was not seen' {
            $session = New-SaltEventSession salt/job/
            New-SaltEvent JobReturn @name -MinionId web01 | Send-SaltEvent
            Wait-Until { $session.Queued -eq 1 }
            $job = Wait-SaltJob $jid -Session $session -Timeout 0 -ErrorAction SilentlyContinue -ErrorVariable problem
            $job.Returned | Should -Be 'web01'
            $job.Function | Should -Be 'state.apply'
            $job.Expected | Should -BeNullOrEmpty
            "$($problem[0])" | Should -BeLike "The job $jid (state.apply) was not seen to end yet: its start was not seen, so it is not known which minions should answer; 1 has. Listen before the job starts, *"
            Remove-SaltEventSession $session
        }

        It 'of an orchestration says so, and nothing of minions' {
            $null = Wait-SaltJob -Timeout 0.2 -ErrorAction SilentlyContinue -ErrorVariable problem -Trigger {
                New-SaltEvent RunnerNew -JobId $jid -Function state.orchestrate | Send-SaltEvent
            }
            "$($problem[0])" | Should -Be "The job $jid (runner.state.orchestrate) has not ended within 0.2 s. Give a longer -Timeout, or see its result later with salt-run jobs.lookup_jid $jid"
        }

        It 'says that the bus went away, and not that the time has passed' {
            $own = Start-SaltEventBus
            $caught = Get-ErrorOf {
                Wait-SaltJob -Bus $own -Timeout 60 -ErrorAction SilentlyContinue -ErrorVariable script:problem -Trigger {
                    New-SaltEvent JobNew -JobId $jid -Minions web01 | Send-SaltEvent -Bus $own
                    Stop-SaltEventBus $own
                }
            }
            $caught.FullyQualifiedErrorId | Should -BeLike 'BusConnectionLost,*'
            "$caught" | Should -BeLike '*went away. Check that the bus runs, and run the command again.'
            "$($script:problem[0])" | Should -BeLike "The job $jid (test.ping) has not ended before the bus went away: 1 of 1 minion has not answered: web01. Check that it runs; later answers are shown by: *"
        }

        It 'says that the trigger started no job' {
            $caught = Get-ErrorOf { Wait-SaltJob -Timeout 0.2 -ErrorAction Stop -Trigger { } }
            $caught.FullyQualifiedErrorId | Should -BeLike 'SaltJobTimeout,*'
            "$caught" | Should -Be 'The -Trigger block was run, but no job has been published within 0.2 s. Check that it starts a job on the master of this bus, such as with salt --async, or give a longer -Timeout; it wrote nothing.'
            $caught.Exception | Should -BeOfType System.TimeoutException
        }

        It 'says what the trigger wrote, when no job was seen' {
            $caught = Get-ErrorOf { Wait-SaltJob -Timeout 0.2 -ErrorAction Stop -Trigger { 'Authentication failed'; "`e[31mtry again" } }
            "$caught" | Should -Be 'The -Trigger block was run, but no job has been published within 0.2 s. Check that it starts a job on the master of this bus, such as with salt --async, or give a longer -Timeout. It wrote: Authentication failed  [31mtry again'
        }

        It 'does not wait for a job that Salt has not published' {
            # What "salt nope test.ping --async" prints: 3006.16.
            $caught = Get-ErrorOf {
                Wait-SaltJob -Timeout 300 -ErrorAction Stop -Trigger {
                    'No minions matched the target. No command was sent, no jid was assigned.'
                    'Executed command with job ID: 0'
                }
            }
            $caught.FullyQualifiedErrorId | Should -BeLike 'NoMinionMatches,*'
            $caught.CategoryInfo.Category | Should -Be 'ObjectNotFound'
            "$caught" | Should -BeLike 'The block of -Trigger started no job, because no minion matches its target. Check the target, * It wrote: No minions matched the target.*'
        }

        It 'waits for the other job where one of two has no minions' {
            $job = Wait-SaltJob -Timeout 30 -Trigger {
                'No minions matched the target. No command was sent, no jid was assigned.'
                "Executed command with job ID: $jid"
                Send-TestJob web01 -Answer web01
            }
            $job.State | Should -Be 'Succeeded'
        }

        It 'does not wait for minions of a list that the master does not know, and names them' {
            $job = Wait-SaltJob -Timeout 30 -ErrorAction SilentlyContinue -ErrorVariable problem -Trigger { Send-TestJob web01 -Answer web01 -More @{ Missing = 'web09' } }
            $job.Missing | Should -Be 'web09'
            $job.State | Should -Be 'Failed'
            $problem.Count | Should -Be 1
            $problem[0].FullyQualifiedErrorId | Should -BeLike 'MinionNotFound,*'
            $problem[0].CategoryInfo.Category | Should -Be 'ObjectNotFound'
            $problem[0].TargetObject.JobId | Should -Be $jid
            "$($problem[0])" | Should -BeLike "The master does not know a minion of the job $jid (state.apply): web09.*"
        }

        It 'names those of <List> that a master before Salt 2018.3 does not know' -ForEach @(
            @{ List = 'web01', 'web08', 'web09' }
            @{ List = 'web01,web08,web09' }
        ) {
            $job = Wait-SaltJob -Timeout 30 -ErrorAction SilentlyContinue -ErrorVariable problem -Trigger {
                Send-SaltEvent "salt/job/$jid/new" @{ jid = $jid; fun = 'test.ping'; tgt = $list; tgt_type = 'list'; minions = , 'web01' }
                New-SaltEvent JobReturn -JobId $jid -MinionId web01 | Send-SaltEvent
                $jid
            }
            $job.Missing | Should -Be 'web08', 'web09'
            $job.State | Should -Be 'Failed'
            $problem.FullyQualifiedErrorId | Should -BeLike 'MinionNotFound,*'
        }

        It 'does not miss those of a target that is no list, on a master before Salt 2018.3' {
            $job = Wait-SaltJob -Timeout 30 -Trigger {
                Send-SaltEvent "salt/job/$jid/new" @{ jid = $jid; fun = 'test.ping'; tgt = 'web01,web09'; tgt_type = 'glob'; minions = , 'web01' }
                New-SaltEvent JobReturn -JobId $jid -MinionId web01 | Send-SaltEvent
                $jid
            }
            $job.Missing.Count | Should -Be 0
            $job.State | Should -Be 'Succeeded'
        }

        It 'distinguishes minions that have not answered from those that the master does not know' {
            $job = Wait-SaltJob -Timeout 0.2 -ErrorAction SilentlyContinue -ErrorVariable problem -Trigger { Send-TestJob web01, web02 -Answer web01 -More @{ Missing = 'web08', 'web09' } }
            $job.Missing | Should -Be 'web02', 'web08', 'web09'
            $problem.FullyQualifiedErrorId -replace ',.*' | Should -Be 'SaltJobTimeout', 'MinionNotFound'
            "$($problem[0])" | Should -BeLike '*: 1 of 2 minions has not answered: web02. Check that it runs*'
            "$($problem[1])" | Should -BeLike '*does not know 2 minions*: web08, web09.*'
        }

        It 'returns every job, then the errors' {
            $given = @()
            try {
                $jid, '20261127154859183485' | Wait-SaltJob -Timeout 0.1 -ErrorAction Stop | ForEach-Object { $given += $_.JobId }
            } catch {
                $_.FullyQualifiedErrorId | Should -BeLike 'SaltJobTimeout,*'
            }
            $given | Should -Be $jid, '20261127154859183485'
        }
    }
}
