BeforeDiscovery {
    $isUnix = $PSVersionTable.PSEdition -eq 'Core' -and -not $IsWindows
}

BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'SaltEvents.TestHelpers.psm1') -Force
}

AfterAll {
    Clear-SaltTest
}

Describe 'Start-SaltEventBus' {
    AfterEach {
        Stop-SaltEventBus
    }

    Context '-SaltVersion' {
        It '<Version> takes <Taken>, and refuses the other form' -TestCases @(
            @{ Version = '3006.30'; Taken = 'LengthPrefixed'; Other = 'Map' }
            @{ Version = '3006.25'; Taken = 'Map'; Other = 'LengthPrefixed' }
            @{ Version = '3007.15'; Taken = 'LengthPrefixed'; Other = 'Map' }
            @{ Version = '3009.0'; Taken = 'LengthPrefixed'; Other = 'Map' }
            @{ Version = '2019.2'; Taken = 'Map'; Other = 'LengthPrefixed' }
        ) {
            $played = Start-SaltEventBus -SaltVersion $Version
            try {
                $played.AcceptFraming | Should -Be $Taken
                $heard = New-SaltEventSession -Bus $played
                Send-SaltEvent my/tag -Bus $played
                (Get-SaltEvent -Session $heard -Wait 30).Tag | Should -Be 'my/tag'
                (Test-SaltEventBus -Bus $played -Fire).Dialect | Should -Be $Taken
                Send-SaltEvent lost -Bus $played -Framing $Other -ErrorAction SilentlyContinue
                Wait-Until { $played.Malformed -gt 0 }
            } finally {
                Stop-SaltEventBus $played
            }
        }

        It '<Version> names the sockets of a minion as that version does (skipped where there are no Unix sockets)' -Skip:(-not $isUnix) -TestCases @(
            @{ Version = '3006.30' }
            @{ Version = '2016.3' }
        ) {
            $played = Start-SaltEventBus -MinionId web01 -SaltVersion $Version
            $hash = if ($Version -eq '2016.3') { [System.Security.Cryptography.MD5]::Create() } else { [System.Security.Cryptography.SHA256]::Create() }
            $name = -join ($hash.ComputeHash([Text.Encoding]::UTF8.GetBytes('web01')) | ForEach-Object ToString x2)
            Split-Path -Leaf $played.PubAddress | Should -Be "minion_event_$($name.Substring(0, 10))_pub.ipc"
            Stop-SaltEventBus $played
        }

        It 'refuses <Version>, which Salt does not have or the module does not support' -TestCases @(
            @{ Version = '3'; Says = '"3" is not a version of Salt. Give one such as 0.16.4, 2014.7 or 3006.10.' }
            @{ Version = '2013.1'; Says = '"2013.1" is not a version of Salt. *' }
            @{ Version = '0.9.9'; Says = 'Salt 0.9.9 is not supported: the oldest supported version is 0.9.10. *' }
        ) {
            "$(Get-ErrorOf { Start-SaltEventBus -SaltVersion $Version })" | Should -BeLike "*'SaltVersion'. $Says"
        }

        It 'plays ZeroMQ for a version before 2016.3' {
            $played = Start-SaltEventBus -SaltVersion 2014.7.5
            $played.Transport | Should -Be 'ZeroMq'
            Stop-SaltEventBus $played
        }

        It 'events on a bus of <Version> bear the time as that release writes it' -TestCases @(
            @{ Version = '0.16.4'; Stamp = '^$' }
            @{ Version = '0.17.5'; Local = $true; Stamp = '^\d{4}-\d\d-\d\d_\d\d:\d\d:\d\d(\.\d{6})?$' }
            @{ Version = '2014.1.0'; Local = $true; Stamp = '_' }
            @{ Version = '2014.7.0'; Local = $true; Stamp = '^[^_]*T[^+Z]*$' }
            @{ Version = '2014.7'; Stamp = '^[^_]*T[^+Z]*$' }
            @{ Version = '3006.30'; Stamp = '^[^_]*T[^+Z]*$' }
            @{ Version = '3008.5'; Stamp = 'T.*\+00:00$' }
        ) {
            $played = Start-SaltEventBus -SaltVersion $Version
            try {
                $played.SaltVersion | Should -Be $Version
                $heard = New-SaltEventSession -Bus $played
                $before = [datetime]::UtcNow.AddSeconds(-1)
                Send-SaltEvent my/tag @{ n = 1 } -Bus $played
                $written = "$((Get-SaltEvent -Session $heard -Wait 30).Data.PSObject.Properties['_stamp'].Value)"
                $written | Should -MatchExactly $Stamp
                if ($written) {
                    $time = [datetime]::Parse($written.Replace('_', 'T').Replace('+00:00', ''), [cultureinfo]::InvariantCulture)
                    $utc = if ($Local) { [datetime]::SpecifyKind($time, 'Local').ToUniversalTime() } else { $time }
                    $utc | Should -BeGreaterThan $before
                    $utc | Should -BeLessThan ([datetime]::UtcNow.AddSeconds(60))
                }
            } finally {
                Stop-SaltEventBus $played
            }
        }

        It 'what a minion fires on its master has the time as both write it' {
            $played = Start-SaltEventBus -SaltVersion 3008.5
            $minion = Start-SaltEventBus -MinionId web01 -Master $played -SaltVersion 3008.5
            $heard = New-SaltEventSession -Bus $played
            $below = New-SaltEventSession fire_master -Bus $minion
            Send-SaltMasterEvent up/tag @{ n = 1 } -Bus $minion
            (Get-SaltEvent up/tag -Session $heard -Wait 30).Data._stamp | Should -Match '\+00:00$'
            (Get-SaltEvent -Session $below -Wait 30).Data._stamp | Should -Match '\+00:00$'
            Stop-SaltEventBus $minion, $played
        }

        It 'refuses <Name>' -TestCases @(
            @{ Name = 'what it says itself'; Arguments = @{ SaltVersion = '3006.30'; Framing = 'Map' } }
            @{ Name = 'a series in which the form changed'; Arguments = @{ SaltVersion = '3006' } }
        ) {
            (Get-ErrorOf { Start-SaltEventBus @Arguments }).FullyQualifiedErrorId | Should -Be 'ParametersDisagree,SaltEvents.Cmdlets.StartSaltEventBusCommand'
        }
    }
}
