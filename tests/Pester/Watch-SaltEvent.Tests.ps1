BeforeDiscovery {
    $hasSignals = $PSVersionTable.PSEdition -eq 'Core' -and -not $IsWindows
}

BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'SaltEvents.TestHelpers.psm1') -Force
    $bus = Start-SaltEventBus
}

AfterAll {
    Clear-SaltTest
}

Describe 'Watch-SaltEvent' {
    AfterEach {
        # The next test counts listeners: none of this one is left.
        Wait-Until { $bus.Subscribers -eq 0 }
    }

    It 'returns each event when it arrives' {
        $task = Start-Background -ArgumentList $bus { param($bus) Watch-SaltEvent -Bus $bus -Count 3 }
        Wait-Until { $bus.Subscribers -eq 1 }
        1..3 | ForEach-Object {
            $n = $_
            Send-SaltEvent 'watched' @{ n = $n }
            # The pipeline has it before the next is fired.
            Wait-Until { $task.Output.Count -eq $n }
        }
        (Receive-Background $task).Data.n | Should -Be 1, 2, 3
    }

    It 'ends after -Count events' {
        $later = Start-WhenHeard $bus { 1..10 | Send-SaltEvent 'n' }
        @(Watch-SaltEvent -Count 4).Count | Should -Be 4
        $null = Receive-Background $later
        Wait-Until { $bus.Subscribers -eq 0 }
    }

    It 'ends after -Timeout <_>' -ForEach 0.2, ([timespan]::FromMilliseconds(200)), '0:0:0.2' {
        $watch = [System.Diagnostics.Stopwatch]::StartNew()
        Watch-SaltEvent -Timeout $_ | Should -BeNullOrEmpty
        $watch.Elapsed.TotalSeconds | Should -BeGreaterThan 0.19
        $watch.Elapsed.TotalSeconds | Should -BeLessThan 5
    }

    It 'ends at its -Timeout on a bus that is never silent' {
        $quiet = New-Object System.Threading.ManualResetEventSlim
        $from = $bus.EventsIn
        $task = Start-Background -ArgumentList $bus, $quiet { param($bus, $quiet) while (-not $quiet.IsSet) { 1..100 | Send-SaltEvent noise -Bus $bus } }
        try {
            Wait-Until { $bus.EventsIn -gt $from }
            $watch = [System.Diagnostics.Stopwatch]::StartNew()
            @(Watch-SaltEvent noise -Timeout 0.5 -WarningAction SilentlyContinue).Count | Should -BeGreaterThan 0
            $watch.Elapsed.TotalSeconds | Should -BeLessThan 5
        } finally {
            $quiet.Set()
            $null = Receive-Background $task
        }
    }

    It 'takes with -Timeout 0 what a session has kept, and waits for nothing' {
        $session = New-SaltEventSession 'kept'
        1..5 | ForEach-Object { Send-SaltEvent "kept/$_" }
        Wait-Until { $session.Queued -eq 5 }
        (Watch-SaltEvent -Session $session -Timeout 0 -Count 2).Tag | Should -Be 'kept/1', 'kept/2'
        (Watch-SaltEvent kept/5 -Session $session -Timeout 0).Tag | Should -Be 'kept/5'
        (Watch-SaltEvent -Session $session -Timeout 0).Tag | Should -Be 'kept/3', 'kept/4'
        Watch-SaltEvent -Session $session -Timeout 0 | Should -BeNullOrEmpty
        Remove-SaltEventSession $session
    }

    It 'filters by several tags' {
        $later = Start-WhenHeard $bus { 'a/1', 'c/1', 'b/1', 'a/2' | ForEach-Object { Send-SaltEvent $_ @{ } } }
        (Watch-SaltEvent 'a*', 'b*' -Count 3).Tag | Should -Be 'a/1', 'b/1', 'a/2'
        $null = Receive-Background $later
    }

    It 'returns only payloads with -DataOnly' {
        $later = Start-WhenHeard $bus { 1..2 | ForEach-Object { [pscustomobject]@{ n = $_ } } | Send-SaltEvent 'n' }
        (Watch-SaltEvent -Count 2 -DataOnly).n | Should -Be 1, 2
        $null = Receive-Background $later
    }

    It 'loses nothing of 10000 events that come at once' {
        $later = Start-WhenHeard $bus { 1..10000 | Send-SaltEvent 'many' }
        $numbers = (Watch-SaltEvent many -Count 10000 -QueueSize 10000 -Timeout 60).Data.data
        $null = Receive-Background $later
        $numbers.Count | Should -Be 10000
        $numbers[0], $numbers[4999], $numbers[-1] | Should -Be 1, 5000, 10000
    }

    It 'warns of what its full queue dropped, and keeps the newest' {
        $session = New-SaltEventSession -QueueSize 5
        1..8 | Send-SaltEvent 'n'
        Wait-Until { $session.Received -eq 8 }
        $events = Watch-SaltEvent -Session $session -Timeout 0 -WarningVariable warned -WarningAction SilentlyContinue
        $events.Data.data | Should -Be (4..8)
        "$warned" | Should -Match '^3 events were dropped'
        Watch-SaltEvent -Session $session -Timeout 0 -WarningVariable again
        $again | Should -BeNullOrEmpty
        Remove-SaltEventSession $session
    }

    It 'drops as -Overflow <Overflow> says while the pipeline pauses' -TestCases @(
        @{ Overflow = 'DropOldest' }
        @{ Overflow = 'DropNewest' }
    ) {
        $gate = New-Object System.Threading.ManualResetEventSlim
        $task = Start-Background -ArgumentList $bus, $Overflow, $gate {
            param($bus, $overflow, $gate)
            Watch-SaltEvent pause -Bus $bus -QueueSize 2 -Overflow $overflow -Count 3 3>&1 | ForEach-Object { $_; $null = $gate.Wait(60000) }
        }
        Wait-Until { $bus.Subscribers -eq 1 }
        Send-SaltEvent pause 1
        Wait-Until { $task.Output.Count -eq 1 }
        $from = $bus.EventsOut
        2..1000 | Send-SaltEvent pause
        # Larger than the buffers of the sockets: once it is out, the watcher has read what was before it.
        1..20 | ForEach-Object { Send-SaltEvent 'other' @{ fill = 'x' * 500000 } }
        Wait-Until { $bus.EventsOut -eq $from + 1019 }
        $gate.Set()
        $warnings, $events = (Receive-Background $task).Where({ $_ -is [System.Management.Automation.WarningRecord] }, 'Split')
        $events.Data.data | Should -Be $(if ($Overflow -eq 'DropOldest') { 1, 999, 1000 } else { 1, 2, 3 })
        $warnings.Message | Should -BeLike '997 events were dropped*-QueueSize*'
    }

    It 'makes an embedded bus wait with -Overflow Block, and loses nothing' {
        $blocking = Start-SaltEventBus -Overflow Block
        $later = Start-WhenHeard $blocking { 1..2000 | Send-SaltEvent 'n' }
        $numbers = Watch-SaltEvent -Bus $blocking -QueueSize 2 -Overflow Block -Count 2000 | ForEach-Object { $_.Data.data }
        $null = Receive-Background $later
        $numbers | Should -Be (1..2000)
        Stop-SaltEventBus $blocking
    }

    Context 'in a pipeline' {
        It 'ends with Select-Object -First, and closes its socket' {
            $later = Start-WhenHeard $bus { 1..100 | Send-SaltEvent 'n' }
            @(Watch-SaltEvent | Select-Object -First 3).Count | Should -Be 3
            $null = Receive-Background $later
            Wait-Until { $bus.Subscribers -eq 0 }
        }

        It 'ends with break in a loop around it, and closes its socket' {
            $later = Start-WhenHeard $bus { 1..100 | Send-SaltEvent 'n' }
            $seen = 0
            foreach ($dummy in 1) { Watch-SaltEvent | ForEach-Object { $seen++; if ($seen -eq 2) { break } } }
            $null = Receive-Background $later
            $seen | Should -Be 2
            Wait-Until { $bus.Subscribers -eq 0 }
        }

        It 'ends with an exception further down, and closes its socket' {
            $later = Start-WhenHeard $bus { 1..10 | Send-SaltEvent 'n' }
            "$(Get-ErrorOf { Watch-SaltEvent | ForEach-Object { throw 'enough' } })" | Should -Be 'enough'
            $null = Receive-Background $later
            Wait-Until { $bus.Subscribers -eq 0 }
        }

        It 'feeds Send-SaltEvent: what one bus says goes to another' {
            $other = Start-SaltEventBus
            $heard = New-SaltEventSession -Bus $other
            $later = Start-WhenHeard $bus { Send-SaltEvent 'copied/1' @{ n = 1 }; Send-SaltEvent 'copied/2' @{ n = 2 } }
            Watch-SaltEvent copied -Bus $bus -Count 2 | Send-SaltEvent -Bus $other
            $null = Receive-Background $later
            $copies = Get-SaltEvent -Session $heard -Count 2 -Wait 30
            $copies.Tag | Should -Be 'copied/1', 'copied/2'
            $copies.Data.n | Should -Be 1, 2
            Stop-SaltEventBus $other
            # A session without its bus is not the default any more: the first bus is.
            Wait-Until { $heard.State -eq 'Ended' }
            Send-SaltEvent 'default' 'x' -PassThru | Should -Not -BeNullOrEmpty
            Remove-SaltEventSession $heard
        }
    }

    Context 'stopping' {
        It 'ends at once when its pipeline is stopped, and closes its socket' {
            $task = Start-Background -ArgumentList $bus { param($bus) Watch-SaltEvent -Bus $bus }
            Wait-Until { $bus.Subscribers -eq 1 }
            $watch = [System.Diagnostics.Stopwatch]::StartNew()
            Stop-Background $task
            $watch.Elapsed.TotalSeconds | Should -BeLessThan 2
            Wait-Until { $bus.Subscribers -eq 0 }
        }

        It 'ends at once with Ctrl+C (skipped where there are no signals)' -Skip:(-not $hasSignals) {
            $child = Start-Child -ArgumentList $bus.SockDir { Watch-SaltEvent -SockDir $args[0] | ForEach-Object { "$_" } }
            Wait-Until { $bus.Subscribers -eq 1 }
            Send-SaltEvent 'seen' 'x'
            $child.StandardOutput.ReadLine() | Should -Be 'seen'
            $watch = [System.Diagnostics.Stopwatch]::StartNew()
            & kill -s INT $child.Id
            $child.WaitForExit(10000) | Should -BeTrue
            $watch.Elapsed.TotalSeconds | Should -BeLessThan 3
            Wait-Until { $bus.Subscribers -eq 0 }
        }
    }

    Context 'errors' {
        It 'ends with an error where the bus goes away, after what had arrived' {
            $other = Start-SaltEventBus
            $task = Start-Background -ArgumentList $other {
                param($bus)
                try { Watch-SaltEvent -Bus $bus } catch { $_.FullyQualifiedErrorId }
            }
            Wait-Until { $other.Subscribers -eq 1 }
            Send-SaltEvent 'before' 'x' -Bus $other
            Wait-Until { $other.EventsOut -eq 1 }
            Stop-SaltEventBus $other
            $output = Receive-Background $task
            $output[0].Tag | Should -Be 'before'
            $output[1] | Should -Be 'BusConnectionLost,SaltEvents.Cmdlets.WatchSaltEventCommand'
        }

        It 'says that no bus is there' {
            $nowhere = Get-NoBusAddress
            (Get-ErrorOf { Watch-SaltEvent @nowhere }).FullyQualifiedErrorId |
                Should -Be 'BusNotFound,SaltEvents.Cmdlets.WatchSaltEventCommand'
        }

        It 'refuses a queue of its own beside a session''s, and -Overflow Disconnect' {
            $session = New-SaltEventSession
            foreach ($wrong in { Watch-SaltEvent -Session $session -QueueSize 5 }, { Watch-SaltEvent -Session $session -Overflow DropNewest }) {
                $problem = Get-ErrorOf $wrong
                $problem.FullyQualifiedErrorId | Should -Be 'ParametersDisagree,SaltEvents.Cmdlets.WatchSaltEventCommand'
                "$problem" | Should -Match 'New-SaltEventSession'
            }

            Remove-SaltEventSession $session
            foreach ($wrong in { Watch-SaltEvent -Overflow Disconnect }, { Watch-SaltEvent -QueueSize 0 }, { Watch-SaltEvent -Count 0 }) {
                (Get-ErrorOf $wrong).CategoryInfo.Category | Should -Be 'InvalidData'
            }
        }
    }
}
