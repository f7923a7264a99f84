BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'SaltEvents.TestHelpers.psm1') -Force
    $bus = Start-SaltEventBus
}

AfterAll {
    Clear-SaltTest
}

Describe 'Remove-SaltEventSession' {
    AfterEach {
        Get-SaltEventSession | Remove-SaltEventSession
    }

    It 'closes the session and its connection' {
        $session = New-SaltEventSession
        Wait-Until { $bus.Subscribers -eq 1 }
        Remove-SaltEventSession $session | Should -BeNullOrEmpty
        $session.State | Should -Be 'Closed'
        Wait-Until { $bus.Subscribers -eq 0 }
        Get-SaltEventSession | Should -BeNullOrEmpty
    }

    It 'closes by -Id' {
        $first = New-SaltEventSession
        $second = New-SaltEventSession
        Remove-SaltEventSession -Id $first.Id
        $first.State, $second.State | Should -Be 'Closed', 'Open'
    }

    It 'closes by numbers without a parameter name' {
        $first = New-SaltEventSession
        $second = New-SaltEventSession
        $third = New-SaltEventSession
        Remove-SaltEventSession $first.Id, $third.Id
        $first.State, $second.State, $third.State | Should -Be 'Closed', 'Open', 'Closed'
    }

    It 'closes nothing with -WhatIf' {
        $session = New-SaltEventSession
        Remove-SaltEventSession $session -WhatIf
        $session.State | Should -Be 'Open'
    }

    It 'does nothing to one that is closed' {
        $session = New-SaltEventSession
        Remove-SaltEventSession $session, $session -ErrorAction Stop
        Remove-SaltEventSession $session -ErrorAction Stop
    }

    It 'ends a command that waits on it, with an error' {
        $session = New-SaltEventSession
        $task = Start-Background -ArgumentList $session { param($session) try { Watch-SaltEvent -Session $session } catch { $_ } }
        Send-SaltEvent 'a' 'x'
        Wait-Until { $task.Output.Count -eq 1 }
        Remove-SaltEventSession $session
        $problem = (Receive-Background $task 10)[1]
        $problem.FullyQualifiedErrorId | Should -Be 'BusConnectionLost,SaltEvents.Cmdlets.WatchSaltEventCommand'
        "$problem" | Should -Match 'was closed'
    }

    It 'takes sessions from the pipeline' {
        $sessions = 1..3 | ForEach-Object { New-SaltEventSession }
        Get-SaltEventSession | Remove-SaltEventSession
        $sessions.State | Should -Be 'Closed', 'Closed', 'Closed'
    }

    It 'takes numbers from the pipeline' {
        $session = New-SaltEventSession
        $session.Id | Remove-SaltEventSession
        $session.State | Should -Be 'Closed'
    }

    It 'reports a number that none has, and refuses $null' {
        (Get-ErrorOf { Remove-SaltEventSession -Id 999999 -ErrorAction Stop }).FullyQualifiedErrorId |
            Should -Be 'TargetNotFound,SaltEvents.Cmdlets.RemoveSaltEventSessionCommand'
        (Get-ErrorOf { Remove-SaltEventSession $null }).CategoryInfo.Category | Should -Be 'InvalidData'
    }
}
