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

Describe 'Get-SaltEventRelay (skipped without nats-server, and in Windows PowerShell)' -Skip:(-not $hasServer) {
    BeforeAll { $first, $second = 'hq', 'east' | ForEach-Object { Start-SaltEventRelay -Uri $uri -Site $_ -Bus $bus } }

    It 'lists the relays of this runspace' {
        (Get-SaltEventRelay).Site | Should -Be 'hq', 'east'
        (Get-SaltEventRelay).State | Should -Be 'Running', 'Running'
    }

    It 'finds one by its id' {
        (Get-SaltEventRelay -Id $second.Id).Site | Should -Be 'east'
    }

    It 'says that there is none with that id' {
        (Get-ErrorOf { Get-SaltEventRelay -Id 9999 -ErrorAction Stop }).CategoryInfo.Category | Should -Be 'ObjectNotFound'
    }

    It 'completes ids' {
        (TabExpansion2 'Get-SaltEventRelay -Id ').CompletionMatches.CompletionText | Should -Contain "$($first.Id)"
    }

    It 'fits 80 columns' {
        $lines = $first | Out-String -Width 80 -Stream
        ($lines | Measure-Object Length -Maximum).Maximum | Should -BeLessOrEqual 80
        $lines -join ' ' | Should -Match 'hq'
    }
}
