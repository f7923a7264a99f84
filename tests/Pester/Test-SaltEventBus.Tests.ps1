BeforeDiscovery {
    $isUnix = $PSVersionTable.PSEdition -eq 'Core' -and -not $IsWindows
}

BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'SaltEvents.TestHelpers.psm1') -Force
    $bus = Start-SaltEventBus -PubPort 0
}

AfterAll {
    Clear-SaltTest
}

Describe 'Test-SaltEventBus' {
    It 'finds nothing wrong with a bus that works, and fires nothing' {
        $result = Test-SaltEventBus -Timeout 0
        $result.Ok | Should -BeTrue
        $result.CanRead, $result.CanFire | Should -Be $true, $true
        $result.PubAddress | Should -Be $bus.PubAddress
        $result.Origin | Should -Match 'opened last'
        $bus.EventsIn | Should -Be 0
    }

    It 'sends an event round with -Fire, under a tag of its own' {
        $session = New-SaltEventSession
        $result = Test-SaltEventBus -Fire -Timeout 30
        $result.Ok | Should -BeTrue
        $result.Dialect | Should -Be 'Map'
        $result.RoundTrip | Should -BeGreaterThan ([timespan]::Zero)
        (Get-SaltEvent -Session $session -Wait 30).Tag | Should -BeLike 'saltevents/test/*'
        Remove-SaltEventSession $session
    }

    It 'gives a broken bus as a result and no error, each step to it (skipped where there are no Unix sockets)' -Skip:(-not $isUnix) {
        $directory = New-TestPath
        $result = Test-SaltEventBus -SockDir $directory -ErrorAction Stop
        $result.Ok | Should -BeFalse
        $result.CanRead, $result.CanFire | Should -Be $false, $false
        "$($result.Steps)" | Should -Match ([regex]::Escape($directory))
        "$($result.Advice)" | Should -Match 'no Salt event bus'
    }

    It 'is an error where the parameters contradict each other' {
        (Get-ErrorOf { Test-SaltEventBus -SockDir x -PubPort 1 }).FullyQualifiedErrorId |
            Should -Be 'ParametersDisagree,SaltEvents.Cmdlets.TestSaltEventBusCommand'
    }

    It 'works in a pipeline' {
        Get-SaltEventBus | ForEach-Object { Test-SaltEventBus -Session $_ -Timeout 0 } | Where-Object Ok | Should -HaveCount 1
    }
}
