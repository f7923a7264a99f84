BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'SaltEvents.TestHelpers.psm1') -Force
    $bus = Start-SaltEventBus
}

AfterAll {
    Clear-SaltTest
}

Describe 'Wait-SaltEvent' {
    It 'returns the event that its trigger causes' {
        $saltEvent = Wait-SaltEvent my/tag -Timeout 30 -Trigger { Send-SaltEvent my/tag @{ n = 1 } }
        $saltEvent.Tag | Should -Be 'my/tag'
        $saltEvent.n | Should -Be 1
    }

    It 'returns -Count events and no more, and skips other tags' {
        $found = Wait-SaltEvent n/ -Count 2 -Timeout 30 -Trigger { 'x', 'n/1', 'n/2', 'n/3' | ForEach-Object { Send-SaltEvent $_ @{ } } }
        $found.Tag | Should -Be 'n/1', 'n/2'
    }

    It 'waits for events that come after the trigger' {
        $later = Start-WhenHeard $bus { Send-SaltEvent late @{ } }
        (Wait-SaltEvent late -Timeout 30).Tag | Should -Be 'late'
        $null = Receive-Background $later
    }

    It 'has room for an event of each of thousands of minions while the trigger runs' {
        $large = Start-SaltEventBus -QueueSize 20000
        $ids = 1..10050 | ForEach-Object { "web$_" }
        $starts = New-SaltEvent MinionStart -MinionId $ids
        $seen = Wait-SaltEvent salt/minion/ -MinionId $ids -Timeout 60 -Bus $large -Trigger { $starts | Send-SaltEvent -Bus $large }
        $seen.Count | Should -Be 10050
        Stop-SaltEventBus $large
    }

    It 'closes its connection' {
        $null = Wait-SaltEvent x -Timeout 30 -Trigger { Send-SaltEvent x @{ } }
        Wait-Until { $bus.Subscribers -eq 0 }
    }

    It 'waits in each session of the pipeline anew' {
        $sessions = 1..2 | ForEach-Object { New-SaltEventSession each/ }
        Send-SaltEvent each/1 @{ id = 'web01' }
        ($sessions | Wait-SaltEvent -Timeout 30).Tag | Should -Be 'each/1', 'each/1'
        Send-SaltEvent each/2 @{ id = 'web01' }
        ($sessions | Wait-SaltEvent -MinionId web01 -Timeout 30).Tag | Should -Be 'each/2', 'each/2'
        Send-SaltEvent each/3 @{ }
        ($sessions | Wait-SaltEvent -Until { $true } -Timeout 30).Tag | Should -Be 'each/3', 'each/3'
        $null = $sessions | Wait-SaltEvent -Timeout 0 -ErrorAction SilentlyContinue -ErrorVariable problem
        $problem.Count | Should -Be 2
        $sessions | Remove-SaltEventSession
    }

    Context 'timeout' {
        It 'is an error that names what has not come, and what has come is given' {
            $seen = Wait-SaltEvent n/ -Count 3 -Timeout 0.2 -Trigger { Send-SaltEvent n/1 @{ } } -ErrorAction SilentlyContinue -ErrorVariable problem
            $seen.Tag | Should -Be 'n/1'
            $problem.Count | Should -Be 1
            $problem[0].FullyQualifiedErrorId | Should -BeLike 'SaltEventTimeout,*'
            $problem[0].CategoryInfo.Category | Should -Be 'OperationTimeout'
            $problem[0].TargetObject | Should -Be 'n/'
            "$($problem[0])" | Should -Be '2 of 3 events of n/ have not arrived within 0.2 s. Check what the -Trigger block has done, or give a longer -Timeout.'
        }

        It 'can be caught as a TimeoutException' {
            $caught = try { Wait-SaltEvent n/ -Timeout 0.1 -ErrorAction Stop } catch [System.TimeoutException] { $_ }
            $caught.FullyQualifiedErrorId | Should -Be 'SaltEventTimeout,SaltEvents.Cmdlets.WaitSaltEventCommand'
        }

        It 'says what to do: <Says>' -TestCases @(
            @{
                With = @{ Tag = 'my/tag' }
                Says = 'No event of my/tag has arrived within 0.1 s. If such an event may come before this command listens, cause it in -Trigger; otherwise give a longer -Timeout.'
            }
            @{
                With = @{ Tag = '' }
                Says = 'No event of any tag has arrived within 0.1 s. If such an event may come before this command listens, cause it in -Trigger; otherwise give a longer -Timeout.'
            }
            @{
                With = @{ Family = 'MinionStart'; MinionId = 'web01'; Trigger = { } }
                Says = 'Events of the family MinionStart have not arrived from these minions within 0.1 s: web01. Check that the minion runs and what the -Trigger block has done, or give a longer -Timeout.'
            }
            @{
                With = @{ Tag = 'salt/'; Family = 'JobNew', 'JobReturn'; JobId = '20261127154859183484'; Trigger = { } }
                Says = 'No event of salt/ of the families JobNew, JobReturn of the job 20261127154859183484 has arrived within 0.1 s. Check what the -Trigger block has done, or give a longer -Timeout.'
            }
            @{
                With = @{ Tag = 'my/tag'; MinionId = 'web01', 'web02' }
                Says = 'Events of my/tag have not arrived from these minions within 0.1 s: web01, web02. If such an event may come before this command listens, cause it in -Trigger; otherwise check that the minions run, or give a longer -Timeout.'
            }
            @{
                With = @{ Tag = 'my/tag'; MinionId = 'web01'; Trigger = { } }
                Says = 'Events of my/tag have not arrived from these minions within 0.1 s: web01. Check that the minion runs and what the -Trigger block has done, or give a longer -Timeout.'
            }
            @{
                With = @{ Tag = 'my/tag'; Until = { $false }; Trigger = { 1..2 | Send-SaltEvent my/tag } }
                Says = '-Until was not true for 2 events of my/tag that arrived within 0.1 s. Check the script block of -Until, or give a longer -Timeout.'
            }
        ) {
            $null = Wait-SaltEvent @With -Timeout 0.1 -ErrorAction SilentlyContinue -ErrorVariable problem
            "$($problem[0])" | Should -Be $Says
        }

        It 'ends the command with -ErrorAction Stop, after what has come' {
            $caught = Get-ErrorOf { Wait-SaltEvent n/ -Count 2 -Timeout 0.2 -Trigger { Send-SaltEvent n/1 @{ } } -ErrorAction Stop -OutVariable script:seen }
            $caught.FullyQualifiedErrorId | Should -BeLike 'SaltEventTimeout,*'
            $script:seen.Tag | Should -Be 'n/1'
        }

        It 'of 0 takes what a session has kept' {
            $session = New-SaltEventSession
            Send-SaltEvent kept @{ }
            Wait-Until { $session.Queued -eq 1 }
            (Wait-SaltEvent kept -Session $session -Timeout 0).Tag | Should -Be 'kept'
            Wait-SaltEvent kept -Session $session -Timeout 0 -ErrorAction SilentlyContinue -ErrorVariable problem
            $problem[0].FullyQualifiedErrorId | Should -BeLike 'SaltEventTimeout,*'
            "$($problem[0])" | Should -Be 'No event of kept has arrived yet. Check that such an event is fired on this bus, or give a longer -Timeout.'
            Remove-SaltEventSession $session
        }

        It 'is reported as the end of the bus if the bus ends' {
            $other = Start-SaltEventBus -Node Minion
            $caught = Get-ErrorOf { Wait-SaltEvent never -Bus $other -Timeout 30 -Trigger { Stop-SaltEventBus $other } }
            $caught.FullyQualifiedErrorId | Should -BeLike 'BusConnectionLost,*'
        }
    }

    Context '-MinionId' {
        It 'waits for one event of each minion, whatever else comes' {
            $found = Wait-SaltEvent 'salt/minion/*/start' -MinionId web02, web01 -Timeout 30 -Trigger {
                New-SaltEvent MinionStart -MinionId db01, web01, web01, web02 | Send-SaltEvent
            }
            $found.MinionId | Should -Be 'web01', 'web02'
        }

        It 'takes -Count events of each' {
            $found = Wait-SaltEvent 'salt/minion/*/start' -MinionId web01, web02 -Count 2 -Timeout 30 -Trigger {
                New-SaltEvent MinionStart -MinionId web01, web02, web01, web01, web02 | Send-SaltEvent
            }
            $found.MinionId | Should -Be 'web01', 'web02', 'web01', 'web02'
        }

        It 'knows a minion by the id in what it fires' {
            $found = Wait-SaltEvent my/ -MinionId web02 -Timeout 30 -Trigger {
                'web01', 'web02' | ForEach-Object { Send-SaltEvent my/tag ([ordered]@{ id = $_; cmd = '_minion_event'; data = @{ n = 1 } }) }
            }
            $found.Data.id | Should -Be 'web02'
        }

        It 'reports which minions are missing' {
            Wait-SaltEvent 'salt/minion/*/start' -MinionId web01, web02, web03 -Timeout 0.2 -ErrorAction SilentlyContinue -ErrorVariable problem -Trigger {
                New-SaltEvent MinionStart -MinionId web02 | Send-SaltEvent
            } | ForEach-Object MinionId | Should -Be 'web02'
            $problem[0].TargetObject | Should -Be 'web01', 'web03'
            "$($problem[0])" | Should -BeLike '*web01, web03. Check that the minions run *'
        }

        It 'compares ids as Salt does, with their case' {
            Wait-SaltEvent 'salt/minion/*/start' -MinionId Web01 -Timeout 0.2 -ErrorAction SilentlyContinue -Trigger {
                New-SaltEvent MinionStart -MinionId web01 | Send-SaltEvent
            } | Should -BeNullOrEmpty
        }
    }

    Context 'copies' {
        It 'counts what comes through a syndic once, and equal events twice' {
            $found = Wait-SaltEvent '*my/tag' -Count 3 -Timeout 30 -Trigger {
                Send-SaltEvent my/tag @{ n = 1 }
                Send-SaltEvent syndic/syndic1/my/tag @{ n = 1 }
                Send-SaltEvent my/tag @{ n = 1 }
                Send-SaltEvent syndic/syndic1/my/tag @{ n = 1 }
                Send-SaltEvent syndic/syndic1/my/tag @{ n = 2 }
            }
            $found.Tag | Should -Be 'my/tag', 'my/tag', 'syndic/syndic1/my/tag'
            $found.n | Should -Be 1, 1, 2
        }

        It 'counts what a master of a cluster gives on once' {
            $found = Wait-SaltEvent my/tag -Count 2 -Timeout 30 -Trigger {
                Send-SaltEvent my/tag ([ordered]@{ n = 1 })
                Send-SaltEvent my/tag ([ordered]@{ n = 1; __peer_id = 'master2' })
                Send-SaltEvent my/tag ([ordered]@{ n = 2 })
            }
            $found.n | Should -Be 1, 2
        }
    }

    Context '-Trigger' {
        It 'has no output; that is in the information stream' {
            $found = Wait-SaltEvent my/tag -Timeout 30 -InformationVariable information -Trigger { 'started'; 7; Send-SaltEvent my/tag @{ } }
            @($found).Count | Should -Be 1
            $information.MessageData | Should -Be 'started', 7
            $information[0].Tags | Should -Be 'SaltTrigger'
        }

        It 'ends the command with what it throws' {
            $caught = Get-ErrorOf { Wait-SaltEvent my/tag -Timeout 30 -Trigger { throw 'not started' } }
            "$caught" | Should -Be 'not started'
        }

        It 'writes its errors as errors, and the wait continues' {
            $all = & { Wait-SaltEvent my/tag -Timeout 30 -Trigger { Write-Error 'odd' -ErrorAction Continue; Send-SaltEvent my/tag @{ } } } 2>&1
            @($all | Where-Object { $_ -is [System.Management.Automation.ErrorRecord] }).Exception.Message | Should -Be 'odd'
            @($all | Where-Object Tag).Tag | Should -Be 'my/tag'
        }

        It 'sees the variables around it, over a session too' {
            $session = New-SaltEventSession
            $number = 5
            (Wait-SaltEvent my/tag -Session $session -Timeout 30 -Trigger { Send-SaltEvent my/tag @{ n = $number } }).n | Should -Be 5
            Remove-SaltEventSession $session
        }
    }

    It 'shows a countdown, which is gone at the end' {
        $shell = [powershell]::Create().AddScript('param($module) Import-Module $module; $null = Start-SaltEventBus; Wait-SaltEvent never -MinionId web01 -Timeout 0.6 -ErrorAction SilentlyContinue; Stop-SaltEventBus').AddArgument((Get-ModulePath))
        $null = $shell.Invoke()
        $bars = @($shell.Streams.Progress | Where-Object Activity -Like 'Waiting for events*')
        $shell.Dispose()
        $bars[0].Activity | Should -Be 'Waiting for events of never'
        $bars[0].StatusDescription | Should -Be '0 received, missing: web01'
        $bars[0].SecondsRemaining | Should -Be 1
        $bars[-1].RecordType | Should -Be 'Completed'
        $bars.Count | Should -BeLessThan 6
    }

    It 'takes the bar away before the script continues: <Command>' -TestCases @(
        @{ Command = 'Wait-SaltEvent n/ -Count 2 -Timeout 30 | Select-Object -First 1' }
        @{ Command = 'try { Wait-SaltEvent n/ -Count 2 -Timeout 30 -Until { throw "odd" } } catch { }' }
        @{ Command = 'foreach ($n in 1) { Wait-SaltEvent n/ -Count 2 -Timeout 30 | ForEach-Object { break } }' }
        @{ Command = 'Watch-SaltJob -AtStart | Select-Object -First 1' }
        @{ Command = 'try { Wait-SaltJob 20261127154859183484 -Timeout 30 -Until { throw "odd" } } catch { }' }
    ) {
        $shell = [powershell]::Create().AddScript("param(`$module, `$bus) Import-Module `$module; $Command; 'next'").AddArgument((Get-ModulePath)).AddArgument($bus)
        $shell.Runspace.SessionStateProxy.SetVariable('PSDefaultParameterValues', [System.Management.Automation.DefaultParameterDictionary]@{ '*-Salt*:Bus' = $bus })
        $run = $shell.BeginInvoke()
        Wait-Until { $shell.Streams.Progress.Count -gt 0 }
        Send-SaltEvent n/1 -Bus $bus
        New-SaltEvent JobNew -JobId 20261127154859183484 -Minions web01 | Send-SaltEvent -Bus $bus
        $shell.EndInvoke($run)[-1] | Should -Be 'next'
        $shell.Streams.Progress[-1].RecordType | Should -Be 'Completed'
        $shell.Dispose()
    }

    It 'ends at once when it is stopped: <Command>' -TestCases @(
        @{ Command = 'Wait-SaltEvent never -Timeout Infinite' }
        @{ Command = 'Wait-SaltJob 20261127154859183484 -Timeout Infinite' }
        @{ Command = 'Watch-SaltJob' }
    ) {
        $task = Start-Background -ArgumentList $bus -Script ([scriptblock]::Create("param(`$bus) $Command -Bus `$bus"))
        Wait-Until { $bus.Subscribers -eq 1 }
        $watch = [System.Diagnostics.Stopwatch]::StartNew()
        Stop-Background $task
        $watch.Elapsed.TotalSeconds | Should -BeLessThan 5
        Wait-Until { $bus.Subscribers -eq 0 }
    }
}
