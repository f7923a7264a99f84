BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'SaltEvents.TestHelpers.psm1') -Force
}

AfterAll {
    Clear-SaltTest
}

Describe 'Get-SaltEventBus' {
    AfterEach {
        Stop-SaltEventBus
    }

    It 'returns nothing where no bus runs' {
        Get-SaltEventBus -ErrorAction Stop | Should -BeNullOrEmpty
    }

    It 'returns the buses in the order in which they were started' {
        $first = Start-SaltEventBus
        $second = Start-SaltEventBus -PubPort 0
        (Get-SaltEventBus).Id | Should -Be $first.Id, $second.Id
        Get-SaltEventBus | Should -BeOfType [SaltEvents.SaltEventBus]
    }

    It 'returns the same object that Start-SaltEventBus gave' {
        $bus = Start-SaltEventBus
        [object]::ReferenceEquals($bus, (Get-SaltEventBus)) | Should -BeTrue
    }

    It 'chooses by -Id, also by position' {
        $null = Start-SaltEventBus
        $second = Start-SaltEventBus
        (Get-SaltEventBus $second.Id).Id | Should -Be $second.Id
    }

    It 'does not give what has stopped, nor what another runspace runs' {
        $bus = Start-SaltEventBus
        Receive-Background (Start-Background { Get-SaltEventBus }) | Should -BeNullOrEmpty
        Stop-SaltEventBus $bus
        Get-SaltEventBus | Should -BeNullOrEmpty
    }

    It 'reports a number that no bus has' {
        Get-SaltEventBus -Id 999999 -ErrorVariable problems -ErrorAction SilentlyContinue | Should -BeNullOrEmpty
        $problems[0].FullyQualifiedErrorId | Should -Be 'TargetNotFound,SaltEvents.Cmdlets.GetSaltEventBusCommand'
        (Get-ErrorOf { Get-SaltEventBus 999999 -ErrorAction Stop }).CategoryInfo.Category | Should -Be 'ObjectNotFound'
    }

    It 'works in a pipeline' {
        $null = Start-SaltEventBus
        $null = Start-SaltEventBus -MinionId web01
        (Get-SaltEventBus | Where-Object Node -EQ Minion).MinionId | Should -Be 'web01'
        (Get-SaltEventBus | Sort-Object Id -Descending | Select-Object -First 1 -ExpandProperty MinionId) | Should -Be 'web01'
    }
}
