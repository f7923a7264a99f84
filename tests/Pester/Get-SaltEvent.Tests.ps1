BeforeDiscovery {
    $isUnix = $PSVersionTable.PSEdition -eq 'Core' -and -not $IsWindows
}

BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'SaltEvents.TestHelpers.psm1') -Force
    $bus = Start-SaltEventBus
}

AfterAll {
    Clear-SaltTest
}

Describe 'Get-SaltEvent' {
    AfterEach {
        # The next test counts listeners: only sessions are left.
        Wait-Until { $bus.Subscribers -le @(Get-SaltEventSession).Count }
    }

    It 'returns the first event that arrives' {
        $later = Start-WhenHeard $bus { Send-SaltEvent 'first' @{ n = 1 }; Send-SaltEvent 'second' @{ n = 2 } }
        $saltEvent = Get-SaltEvent -Wait 30
        $null = Receive-Background $later
        @($saltEvent).Count | Should -Be 1
        $saltEvent.Tag | Should -Be 'first'
        $saltEvent.Data.n | Should -Be 1
        $saltEvent.Timestamp.Kind | Should -Be 'Utc'
        ([datetime]::UtcNow - $saltEvent.Timestamp).TotalMinutes | Should -BeLessThan 5
    }

    It 'skips what -Tag does not match' {
        $later = Start-WhenHeard $bus { 'other', 'auth/1', 'auth/2' | ForEach-Object { Send-SaltEvent $_ @{ } } }
        (Get-SaltEvent auth 30).Tag | Should -Be 'auth/1'
        $null = Receive-Background $later
    }

    It 'takes -Count events' {
        $later = Start-WhenHeard $bus { 1..5 | Send-SaltEvent 'n' }
        (Get-SaltEvent -Count 3 -Wait 30).Data.data | Should -Be 1, 2, 3
        $null = Receive-Background $later
    }

    It 'returns only the payload with -DataOnly, a list as one object' {
        $later = Start-WhenHeard $bus { Send-SaltEvent 'data' ([ordered]@{ list = 1, 2, 3; a = 1 }) }
        $data = Get-SaltEvent data -Wait 30 -DataOnly
        $null = Receive-Background $later
        $data | Should -BeOfType [System.Management.Automation.PSCustomObject]
        $data.list | Should -Be 1, 2, 3
        $data.psobject.Properties.Name | Should -Be 'list', 'a', '_stamp'
    }

    It 'returns nothing, and no error, if nothing arrives within -Wait' {
        $watch = [System.Diagnostics.Stopwatch]::StartNew()
        Get-SaltEvent -Tag never -Wait 0.2 -ErrorAction Stop | Should -BeNullOrEmpty
        $watch.Elapsed.TotalSeconds | Should -BeGreaterThan 0.19
        $watch.Elapsed.TotalSeconds | Should -BeLessThan 5
    }

    It 'returns what has arrived if -Count is not reached within -Wait' {
        $later = Start-WhenHeard $bus { 1..2 | Send-SaltEvent 'n' }
        (Get-SaltEvent -Count 3 -Wait 1).Data.data | Should -Be 1, 2
        $null = Receive-Background $later
    }

    It 'waits five seconds if -Wait is not given' {
        # The default itself: a wait for it would only make the tests longer.
        (Get-Command Get-SaltEvent).ImplementingType::new().Wait.TotalSeconds | Should -Be 5
    }

    It 'closes its connection' {
        $null = Get-SaltEvent -Wait 0.05
        Wait-Until { $bus.Subscribers -eq 0 }
    }

    It 'takes -Wait <Wait> as seconds' -TestCases @(
        @{ Wait = 0.05 }
        @{ Wait = '0.05' }
        @{ Wait = [decimal]0.05 }
        @{ Wait = [timespan]::FromMilliseconds(50) }
        @{ Wait = '00:00:00.05' }
        @{ Wait = [float]0.05 }
        @{ Wait = '5e-2' }
        @{ Wait = New-Object psobject 0.05 }
        @{ Wait = 0.00000001 }
        @{ Wait = [timespan]::FromTicks(1) }
    ) {
        Get-SaltEvent -Tag never -Wait $Wait | Should -BeNullOrEmpty
    }

    It 'waits without end with -Wait <Wait>' -TestCases @(
        @{ Wait = -1 }
        @{ Wait = 'Infinite' }
        @{ Wait = [System.Threading.Timeout]::InfiniteTimeSpan }
    ) {
        $later = Start-WhenHeard $bus { [System.Threading.Thread]::Sleep(300); Send-SaltEvent 'late' @{ } }
        (Get-SaltEvent -Wait $Wait).Tag | Should -Be 'late'
        $null = Receive-Background $later
    }

    It 'takes with -Wait 0 what a session has kept, and does not wait' {
        $session = New-SaltEventSession
        1..3 | ForEach-Object { Send-SaltEvent 'kept' @{ } }
        Wait-Until { $session.Queued -eq 3 }
        @(Get-SaltEvent -Session $session -Wait 0 -Count 2).Count | Should -Be 2
        @(Get-SaltEvent -Session $session -Wait ([int]0.4) -Count 2).Count | Should -Be 1
        Get-SaltEvent -Session $session -Wait ([timespan]::Zero) | Should -BeNullOrEmpty
        Get-SaltEvent -Wait 0 | Should -BeNullOrEmpty
        Remove-SaltEventSession $session
    }

    Context 'tags' {
        BeforeAll {
            $session = New-SaltEventSession
        }

        AfterAll {
            Remove-SaltEventSession $session
        }

        It '-Tag <Tag> -MatchType <Type> finds <Found>, as does the tag of a session' -TestCases @(
            @{ Tag = 'a/'; Type = 'Auto'; Found = 'a/1', 'a/b/2' }
            @{ Tag = 'a/*'; Type = 'Auto'; Found = 'a/1', 'a/b/2' }
            @{ Tag = 'a/?'; Type = 'Auto'; Found = , 'a/1' }
            @{ Tag = '[ab]/1'; Type = 'Auto'; Found = 'a/1', 'b/1' }
            @{ Tag = 'a*', 'b*'; Type = 'Auto'; Found = 'a/1', 'a/b/2', 'b/1' }
            @{ Tag = 'A/'; Type = 'Auto'; Found = , 'A/1' }
            @{ Tag = ''; Type = 'Auto'; Found = 'a/1', 'a/b/2', 'b/1', 'A/1', '[x]' }
            @{ Tag = '*'; Type = 'Auto'; Found = 'a/1', 'a/b/2', 'b/1', 'A/1', '[x]' }
            @{ Tag = @(); Type = 'Auto'; Found = 'a/1', 'a/b/2', 'b/1', 'A/1', '[x]' }
            @{ Tag = 'b', '*2'; Type = 'Auto'; Found = 'a/b/2', 'b/1' }
            @{ Tag = '[[]x]'; Type = 'Auto'; Found = , '[x]' }
            @{ Tag = '[x]'; Type = 'StartsWith'; Found = , '[x]' }
            @{ Tag = 'a/*'; Type = 'StartsWith'; Found = @() }
            @{ Tag = 'a/b'; Type = 'StartsWith'; Found = , 'a/b/2' }
            @{ Tag = '/1'; Type = 'EndsWith'; Found = 'a/1', 'b/1', 'A/1' }
            @{ Tag = '/b'; Type = 'Find'; Found = , 'a/b/2' }
            @{ Tag = '[a-z]/\d'; Type = 'Regex'; Found = 'a/1', 'b/1' }
            @{ Tag = '/1'; Type = 'Regex'; Found = @() }
            @{ Tag = '*/1'; Type = 'FnMatch'; Found = 'a/1', 'b/1', 'A/1' }
            @{ Tag = 'a'; Type = 'FnMatch'; Found = @() }
        ) {
            $matching = New-SaltEventSession -Tag $Tag -MatchType $Type
            'a/1', 'a/b/2', 'b/1', 'A/1', '[x]', 'end' | ForEach-Object { Send-SaltEvent $_ @{ } }
            Wait-Until { $session.Queued -eq 6 -and $matching.Received -eq 6 }
            foreach ($tags in (Watch-SaltEvent -Session $session -Tag $Tag -MatchType $Type -Timeout 0).Tag, (Watch-SaltEvent -Session $matching -Timeout 0).Tag) {
                @($tags | Where-Object { $_ -ne 'end' }) -join ' ' | Should -BeExactly ($Found -join ' ')
            }

            # What did not match stays for the next call.
            $null = Watch-SaltEvent -Session $session -Timeout 0
            $session.Queued | Should -Be 0
            Remove-SaltEventSession $matching
        }
    }

    Context 'which bus' {
        It 'finds the bus by -SockDir (skipped where there are no Unix sockets)' -Skip:(-not $isUnix) {
            $later = Start-WhenHeard $bus { Send-SaltEvent 'dir' 'x' }
            (Get-SaltEvent -SockDir $bus.SockDir -Wait 30).Tag | Should -Be 'dir'
            $null = Receive-Background $later
        }

        It 'finds the only minion of a directory, and one of several by -MinionBus (skipped where there are no Unix sockets)' -Skip:(-not $isUnix) {
            $directory = New-TestPath
            $web = Start-SaltEventBus -MinionId web -SockDir $directory
            $later = Start-WhenHeard $web { Send-SaltEvent 'web' 'x' }
            (Get-SaltEvent -SockDir $directory -Wait 30).Tag | Should -Be 'web'
            $null = Receive-Background $later

            $db = Start-SaltEventBus -MinionId db -SockDir $directory
            $problem = Get-ErrorOf { Get-SaltEvent -SockDir $directory }
            $problem.FullyQualifiedErrorId | Should -Be 'BusAmbiguous,SaltEvents.Cmdlets.GetSaltEventCommand'
            "$problem" | Should -Match '-MinionBus'
            $later = Start-WhenHeard $db { Send-SaltEvent 'db' 'x' }
            (Get-SaltEvent -SockDir $directory -MinionBus db -Wait 30).Tag | Should -Be 'db'
            $null = Receive-Background $later
            $web, $db | Stop-SaltEventBus
        }

        It 'connects by -PubPort' {
            $tcp = Start-SaltEventBus -PubPort 0
            $later = Start-WhenHeard $tcp { Send-SaltEvent 'tcp' 'x' }
            (Get-SaltEvent -PubPort $tcp.PubPort -Wait 30).Tag | Should -Be 'tcp'
            $null = Receive-Background $later
            $tcp | Stop-SaltEventBus
        }

        It 'uses SALTEVENTS_SOCKDIR in a runspace that has opened nothing (skipped where there are no Unix sockets)' -Skip:(-not $isUnix) {
            $env:SALTEVENTS_SOCKDIR, $before = $bus.SockDir, $env:SALTEVENTS_SOCKDIR
            try {
                $task = Start-Background { Get-SaltEvent -Wait 30 -Verbose }
                Wait-Until { $bus.Subscribers -eq 1 }
                Send-SaltEvent 'variable' 'x'
                (Receive-Background $task).Tag | Should -Be 'variable'
            } finally {
                $env:SALTEVENTS_SOCKDIR = $before
            }
        }

        It 'says with -Verbose which bus it uses and why' {
            $there = Get-BusAddress $bus
            $verbose = Get-SaltEvent -Wait 0.01 -Verbose 4>&1
            "$verbose" | Should -Match ([regex]::Escape($bus.PubAddress))
            "$verbose" | Should -Match 'started last'
            "$(Get-SaltEvent @there -Wait 0.01 -Verbose 4>&1)" | Should -Match "-($($there.Keys -join '|'))"
        }
    }

    Context 'sessions' {
        It 'reads what a session has kept, in order' {
            $session = New-SaltEventSession 'kept/'
            1..3 | ForEach-Object { Send-SaltEvent "kept/$_" $_ }
            (Get-SaltEvent -Session $session -Count 3 -Wait 30).Tag | Should -Be 'kept/1', 'kept/2', 'kept/3'
            $session.Queued | Should -Be 0
            Remove-SaltEventSession $session
        }

        It 'does not take from the session where none is named' {
            $session = New-SaltEventSession
            Send-SaltEvent 'kept' 'x'
            Wait-Until { $session.Queued -eq 1 }
            Get-SaltEvent -Wait 0.05 | Should -BeNullOrEmpty
            $session.Queued | Should -Be 1
            Remove-SaltEventSession $session
        }
    }

    Context 'in a pipeline' {
        It 'passes its events on' {
            $later = Start-WhenHeard $bus { 1..3 | Send-SaltEvent 'n' }
            $sum = Get-SaltEvent -Count 3 -Wait 30 | ForEach-Object { $_.Data.data } | Measure-Object -Sum
            $null = Receive-Background $later
            $sum.Sum | Should -Be 6
        }

        It 'ends at once when it is stopped' {
            $task = Start-Background -ArgumentList $bus { param($bus) Get-SaltEvent -Bus $bus -Wait -1 }
            Wait-Until { $bus.Subscribers -eq 1 }
            $watch = [System.Diagnostics.Stopwatch]::StartNew()
            Stop-Background $task
            $watch.Elapsed.TotalSeconds | Should -BeLessThan 2
            Wait-Until { $bus.Subscribers -eq 0 }
        }
    }
}
