BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'SaltEvents.TestHelpers.psm1') -Force
    $bus = Start-SaltEventBus
}

AfterAll {
    Clear-SaltTest
}

Describe 'New-SaltEventSession' {
    AfterEach {
        Get-SaltEventSession | Remove-SaltEventSession
    }

    It 'keeps what arrives between two calls' {
        $session = New-SaltEventSession 'my/*', 'your'
        'my/1', 'other', 'your/2' | ForEach-Object { Send-SaltEvent $_ @{ } }
        Wait-Until { $session.Received -eq 3 }
        $session.Queued | Should -Be 2
        (Get-SaltEvent -Session $session -Wait 30).Tag | Should -Be 'my/1'
        (Get-SaltEvent -Session $session -Wait 30).Tag | Should -Be 'your/2'
        $session.Queued | Should -Be 0
    }

    It 'leaves what a call does not match for the next one' {
        $session = New-SaltEventSession
        'a', 'b', 'c' | ForEach-Object { Send-SaltEvent $_ @{ } }
        (Get-SaltEvent 'c' -Session $session -Wait 30).Tag | Should -Be 'c'
        (Get-SaltEvent -Session $session -Count 2 -Wait 30).Tag | Should -Be 'a', 'b'
    }

    It 'describes itself' {
        $session = New-SaltEventSession 'a', 'b'
        $session.State | Should -Be 'Open'
        $session.Tag | Should -Be 'a', 'b'
        $session.Node | Should -Be 'Master'
        $session.PubAddress, $session.PullAddress | Should -Be $bus.PubAddress, $bus.PullAddress
        "$session" | Should -Match "^Session $($session.Id) on "
    }

    It 'takes -MatchType' {
        $session = New-SaltEventSession '/end' -MatchType EndsWith
        'x/end', 'end/x' | ForEach-Object { Send-SaltEvent $_ @{ } }
        Wait-Until { $session.Received -eq 2 }
        (Watch-SaltEvent -Session $session -Timeout 0).Tag | Should -Be 'x/end'
    }

    It 'keeps at most -QueueSize events, and counts what <Overflow> drops' -TestCases @(
        @{ Overflow = 'DropOldest'; Kept = 8, 9, 10 }
        @{ Overflow = 'DropNewest'; Kept = 1, 2, 3 }
    ) {
        $session = New-SaltEventSession -QueueSize 3 -Overflow $Overflow
        1..10 | Send-SaltEvent 'n'
        Wait-Until { $session.Dropped -eq 7 }
        $session.Queued | Should -Be 3
        (Watch-SaltEvent -Session $session -Timeout 0 -WarningVariable warned -WarningAction SilentlyContinue).Data.data | Should -Be $Kept
        "$warned" | Should -Match '^7 events were dropped.* Use a session with a longer queue \(-QueueSize of New-SaltEventSession'
        Watch-SaltEvent -Session $session -Timeout 0 -WarningVariable again
        $again | Should -BeNullOrEmpty
        $session.Dropped | Should -Be 7
    }

    It 'fires, too' {
        $session = New-SaltEventSession
        'own/1', 'own/2' | ForEach-Object { Send-SaltEvent $_ 'x' -Session $session }
        (Get-SaltEvent -Session $session -Count 2 -Wait 30).Tag | Should -Be 'own/1', 'own/2'
        Wait-Until { $bus.Senders -eq 1 }
    }

    It 'is used from another runspace' {
        $session = New-SaltEventSession
        $task = Start-Background -ArgumentList $session { param($session) Get-SaltEventSession; Get-SaltEvent 'elsewhere' -Session $session -Wait 30 }
        Send-SaltEvent 'here' 'x'
        Send-SaltEvent 'elsewhere' @{ n = 1 }
        (Get-SaltEvent 'here' -Session $session -Wait -1).Tag | Should -Be 'here'
        $heard = Receive-Background $task
        $heard.Tag | Should -Be 'elsewhere'
        # Its properties are there too, since this runspace has the module.
        $heard.n | Should -Be 1
        $session.State | Should -Be 'Open'
    }

    It 'says that no bus is there' {
        $nowhere = Get-NoBusAddress
        $problem = Get-ErrorOf { New-SaltEventSession @nowhere }
        $problem.FullyQualifiedErrorId | Should -Be 'BusNotFound,SaltEvents.Cmdlets.NewSaltEventSessionCommand'
        Get-SaltEventSession | Should -BeNullOrEmpty
    }

    It 'refuses -QueueSize 0 and -Overflow Disconnect' {
        (Get-ErrorOf { New-SaltEventSession -QueueSize 0 }).CategoryInfo.Category | Should -Be 'InvalidData'
        (Get-ErrorOf { New-SaltEventSession -Overflow Disconnect }).CategoryInfo.Category | Should -Be 'InvalidData'
    }

    It 'works in a pipeline' {
        New-SaltEventSession 'p/*' | ForEach-Object { Send-SaltEvent 'p/1' 'x' -Session $_; Get-SaltEvent -Session $_ -Wait 30 } |
            ForEach-Object Tag | Should -Be 'p/1'
    }
}
