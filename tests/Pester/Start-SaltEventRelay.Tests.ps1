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

Describe 'Start-SaltEventRelay (skipped without nats-server, and in Windows PowerShell)' -Skip:(-not $hasServer) {
    AfterEach { Stop-SaltEventRelay }

    It 'publishes what the bus publishes, and says how much' {
        $relay = Start-SaltEventRelay -Uri $uri -Site first -Bus $bus
        1..3 | ForEach-Object { Send-SaltEvent my/tag @{ n = $_ } -Bus $bus }
        Wait-Until { $relay.Acknowledged -eq 3 }
        $relay.Read, $relay.Published, $relay.Waiting, $relay.Dropped | Should -Be 3, 3, 0, 0
        $read = Watch-SaltEvent -Uri $uri -Site first -Since 1h -Timeout 0
        $read.Data.n | Should -Be 1, 2, 3
        $read.Site | Should -Be 'first', 'first', 'first'
        $read[0] | Format-List | Out-String | Should -Match '(?m)^Site\s+: first'
    }

    It 'chooses by -Tag and -ExcludeTag' {
        $relay = Start-SaltEventRelay -Uri $uri -Site chosen -Bus $bus -Tag my/ -ExcludeTag my/noise
        'my/tag', 'other', 'my/noise/1', 'my/last' | ForEach-Object { Send-SaltEvent $_ -Bus $bus }
        Wait-Until { $relay.Acknowledged -eq 2 }
        (Watch-SaltEvent -Uri $uri -Site chosen -Since 1h -Timeout 0).Tag | Should -Be 'my/tag', 'my/last'
    }

    It 'keeps secrets at home unless -IncludeSecret' {
        $guarded, $all = 'home', 'all' | ForEach-Object { Start-SaltEventRelay -Uri $uri -Site "secret-$_" -Bus $bus -IncludeSecret:($_ -eq 'all') }
        Send-SaltEvent my/secret @{ password = 'x' } -Bus $bus
        Send-SaltEvent my/plain -Bus $bus
        Wait-Until { $guarded.Acknowledged -eq 1 -and $all.Acknowledged -eq 2 }
        $guarded.Withheld | Should -Be 1
        (Watch-SaltEvent -Uri $uri -Site secret-home -Since 1h -Timeout 0).Tag | Should -Be 'my/plain'
        (Watch-SaltEvent -Uri $uri -Site secret-all -Since 1h -Timeout 0).Tag | Should -Be 'my/secret', 'my/plain'
    }

    It 'fires what its site is sent, if -Accept allows it' {
        $relay = Start-SaltEventRelay -Uri $uri -Site fires -Bus $bus -Accept 'myco/*'
        $session = New-SaltEventSession -Bus $bus
        $fired = Send-SaltEvent myco/deploy @{ v = 2 } -Uri $uri -Site fires -PassThru
        $fired.Tag, $fired.Site | Should -Be 'myco/deploy', 'fires'
        Send-SaltEvent myco/deploy @{ v = 2 } -Uri $uri -Site fires -WhatIf
        (Get-SaltEvent -Session $session -Wait 20).Data.v | Should -Be 2
        (Get-ErrorOf { Send-SaltEvent other -Uri $uri -Site fires -ErrorAction Stop }).FullyQualifiedErrorId |
            Should -Be 'TagNotAccepted,SaltEvents.Cmdlets.SendSaltEventCommand'
        (Get-ErrorOf { Send-SaltEvent myco/x -Uri $uri -Site nowhere -ErrorAction Stop }).FullyQualifiedErrorId |
            Should -Be 'RelayNotFound,SaltEvents.Cmdlets.SendSaltEventCommand'
        $relay.Fired, $relay.Refused | Should -Be 1, 1
    }

    It 'starts nothing with -WhatIf' {
        Start-SaltEventRelay -Uri $uri -Site whatif -Bus $bus -WhatIf | Should -BeNullOrEmpty
        Get-SaltEventRelay | Should -BeNullOrEmpty
    }
}

Describe 'Errors of Start-SaltEventRelay' {
    It 'refuses <Arguments>' -TestCases @(
        @{ Arguments = @{ Uri = 'https://127.0.0.1'; Site = 'hq' }; Id = 'ParametersDisagree' }
        @{ Arguments = @{ Uri = 'nats://127.0.0.1'; Site = 'a b' }; Id = 'ParameterArgumentValidationError' }
        @{ Arguments = @{ Uri = 'nats://joe:hidden@127.0.0.1'; Site = 'hq' }; Id = 'ParameterArgumentTransformationError' }
    ) {
        $problem = Get-ErrorOf { Start-SaltEventRelay @Arguments -Bus $bus }
        $problem.FullyQualifiedErrorId | Should -Be "$Id,SaltEvents.Cmdlets.StartSaltEventRelayCommand"
        "$problem" | Should -Not -Match 'hidden'
    }
}
