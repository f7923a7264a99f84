BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'SaltEvents.TestHelpers.psm1') -Force
    $bus = Start-SaltEventBus
}

AfterAll {
    Clear-SaltTest
}

Describe 'Get-SaltEventSession' {
    AfterEach {
        Get-SaltEventSession | Remove-SaltEventSession
    }

    It 'returns nothing where none is open' {
        Get-SaltEventSession -ErrorAction Stop | Should -BeNullOrEmpty
    }

    It 'returns the sessions of this runspace in the order of opening' {
        $first = New-SaltEventSession
        $second = New-SaltEventSession
        (Get-SaltEventSession).Id | Should -Be $first.Id, $second.Id
        Receive-Background (Start-Background { Get-SaltEventSession }) | Should -BeNullOrEmpty
    }

    It 'does not give buses' {
        Get-SaltEventSession | Should -BeNullOrEmpty
        (Get-SaltEventBus).Id | Should -Be $bus.Id
    }

    It 'does not take an -Id without a value for all of them' -TestCases @(@{ Command = 'Get-SaltEventSession' }, @{ Command = 'Get-SaltEventBus' }, @{ Command = 'Get-SaltEventRelay' }) {
        foreach ($nothing in $null, @()) {
            (Get-ErrorOf { & $Command -Id $nothing }).FullyQualifiedErrorId | Should -BeLike 'ParameterArgumentValidationError*'
        }
    }

    It 'chooses by -Id, also by position' {
        $null = New-SaltEventSession
        $second = New-SaltEventSession 'x'
        (Get-SaltEventSession $second.Id).Tag | Should -Be 'x'
    }

    It 'reports a number that none has' {
        $second = New-SaltEventSession 'b'
        (Get-SaltEventSession $second.Id, 999999 -ErrorVariable problems -ErrorAction SilentlyContinue).Tag | Should -Be 'b'
        $problems.FullyQualifiedErrorId | Should -Be 'TargetNotFound,SaltEvents.Cmdlets.GetSaltEventSessionCommand'
        "$problems" | Should -Match 'session with Id 999999'
        # A bus has a number as well, but is no session.
        (Get-ErrorOf { Get-SaltEventSession $bus.Id -ErrorAction Stop }).CategoryInfo.Category | Should -Be 'ObjectNotFound'
    }

    It 'works in a pipeline' {
        $null = New-SaltEventSession 'a'
        $null = New-SaltEventSession 'b'
        Send-SaltEvent 'b' 'x'
        $session = Get-SaltEventSession | Where-Object { $_.Tag -eq 'b' }
        Wait-Until { $session.Queued -eq 1 }
        (Get-SaltEventSession | Measure-Object Queued -Sum).Sum | Should -Be 1
    }
}
