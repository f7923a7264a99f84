BeforeDiscovery {
    Import-Module "$PSScriptRoot/SaltEvents.TestHelpers.psm1" -Force
    $hasServer = [bool](Find-NatsServer)
}

BeforeAll {
    Import-Module "$PSScriptRoot/SaltEvents.TestHelpers.psm1" -Force
    $bus = Start-SaltEventBus
    if (Find-NatsServer) { $uri = Start-NatsServer }
}

AfterAll { Clear-SaltTest }

Describe 'Stop-SaltEventRelay (skipped without nats-server, and in Windows PowerShell)' -Skip:(-not $hasServer) {
    BeforeEach { $first, $second = 'hq', 'east' | ForEach-Object { Start-SaltEventRelay -Uri $uri -Site $_ -Bus $bus } }

    AfterEach { Stop-SaltEventRelay }

    It 'stops the one from the pipeline' {
        $second | Stop-SaltEventRelay
        (Get-SaltEventRelay).Site | Should -Be 'hq'
        "$($first.State) $($second.State)" | Should -Be 'Running Stopped'
    }

    It 'stops one by its id' {
        Stop-SaltEventRelay -Id $first.Id
        (Get-SaltEventRelay).Site | Should -Be 'east'
        $second.Id | Stop-SaltEventRelay
        Get-SaltEventRelay | Should -BeNullOrEmpty
    }

    It 'stops all of them without an argument' {
        Stop-SaltEventRelay
        Get-SaltEventRelay | Should -BeNullOrEmpty
    }

    It 'stops nothing with -WhatIf' {
        Stop-SaltEventRelay -WhatIf
        (Get-SaltEventRelay).Count | Should -Be 2
    }

    It 'leaves nothing behind that was still waiting' {
        1..100 | ForEach-Object { Send-SaltEvent my/last @{ n = $_ } -Bus $bus }
        Wait-Until { $first.Read -eq 100 }
        $first | Stop-SaltEventRelay
        $first.Acknowledged + $first.Waiting | Should -Be 100
    }
}
