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

    Context 'errors' {
        It 'refuses -Wait <Wait>, and says what it takes' -TestCases @(
            @{ Wait = $null }
            @{ Wait = -2 }
            @{ Wait = -0.5 }
            @{ Wait = [double]::NaN }
            @{ Wait = [double]::PositiveInfinity }
            @{ Wait = 49 * 86400 + 1 }
            @{ Wait = [timespan]::FromDays(50) }
            @{ Wait = [timespan]::FromSeconds(-1) }
            @{ Wait = '-0:00:01' }
            @{ Wait = 'NaN' }
            @{ Wait = 'soon' }
            @{ Wait = '' }
            @{ Wait = '1,5' }
            @{ Wait = @{ } }
            @{ Wait = $true }
        ) {
            $problem = Get-ErrorOf { Get-SaltEvent -Wait $Wait }
            $problem.CategoryInfo.Category | Should -BeIn 'InvalidArgument', 'InvalidData'
            "$problem" | Should -Match 'Give seconds from 0 to 4233600 \(49 days\)'
            foreach ($command in { Watch-SaltEvent -Timeout $Wait }, { Get-SaltEvent -ConnectTimeout $Wait }, { Send-SaltEvent t x -ConnectTimeout $Wait }) {
                (Get-ErrorOf $command).CategoryInfo.Category | Should -BeIn 'InvalidArgument', 'InvalidData' -Because $command
            }
        }

        It 'says that no bus is there, and what to try (skipped where there are no Unix sockets)' -Skip:(-not $isUnix) {
            $directory = New-TestPath
            $null = New-Item -ItemType Directory $directory
            $problem = Get-ErrorOf { Get-SaltEvent -SockDir $directory }
            $problem.FullyQualifiedErrorId | Should -Be 'BusNotFound,SaltEvents.Cmdlets.GetSaltEventCommand'
            $problem.CategoryInfo.Category | Should -Be 'ObjectNotFound'
            $problem.TargetObject | Should -Be $directory
            "$problem" | Should -Match ([regex]::Escape($directory))
            "$problem" | Should -Match 'Start-SaltEventBus'
        }

        It 'says which port nothing listens on' {
            $tcp = Start-SaltEventBus -PubPort 0
            $tcp | Stop-SaltEventBus
            $problem = Get-ErrorOf { Get-SaltEvent -PubPort $tcp.PubPort }
            $problem.FullyQualifiedErrorId | Should -Be 'BusNotFound,SaltEvents.Cmdlets.GetSaltEventCommand'
            "$problem" | Should -Match "127\.0\.0\.1:$($tcp.PubPort)"
        }

        It 'ends the command where there is no bus, whatever -ErrorAction says' {
            $nowhere = Get-NoBusAddress
            (Get-ErrorOf { Get-SaltEvent @nowhere -ErrorAction SilentlyContinue }).FullyQualifiedErrorId |
                Should -Be 'BusNotFound,SaltEvents.Cmdlets.GetSaltEventCommand'
        }

        It 'refuses <Name>' -TestCases @(
            @{ Name = 'a host without a port'; Arguments = @{ HostName = 'example' } }
            @{ Name = 'only the port for firing'; Arguments = @{ PullPort = 1 } }
        ) {
            foreach ($command in 'Get-SaltEvent', 'Watch-SaltEvent', 'New-SaltEventSession') {
                $problem = Get-ErrorOf { & $command @Arguments }
                $problem.FullyQualifiedErrorId | Should -BeLike 'ParametersDisagree,*'
                "$problem" | Should -Match '-PubPort'
            }
        }

        It 'refuses an invalid regular expression: <_>' -ForEach @(
            { Get-SaltEvent '[' -MatchType Regex }
            { Watch-SaltEvent 'ok', '(' -MatchType Regex }
            { New-SaltEventSession '(' -MatchType Regex }
        ) {
            $problem = Get-ErrorOf $_
            $problem.FullyQualifiedErrorId | Should -BeLike 'InvalidTagPattern,*'
            $problem.CategoryInfo.Category | Should -Be 'InvalidArgument'
        }

        It 'refuses $null as -Tag, -Count 0 and a closed session' {
            (Get-ErrorOf { Get-SaltEvent $null }).CategoryInfo.Category | Should -Be 'InvalidData'
            (Get-ErrorOf { Get-SaltEvent -Count 0 }).CategoryInfo.Category | Should -Be 'InvalidData'
            $session = New-SaltEventSession
            Remove-SaltEventSession $session
            $problem = Get-ErrorOf { Get-SaltEvent -Session $session }
            $problem.FullyQualifiedErrorId | Should -Be 'TargetClosed,SaltEvents.Cmdlets.GetSaltEventCommand'
            "$problem" | Should -BeLike 'Session * is closed. Open a new one with New-SaltEventSession.'
        }

        It 'ends with an error where the bus goes away' {
            $other = Start-SaltEventBus
            $task = Start-Background -ArgumentList $other { param($bus) try { Get-SaltEvent -Bus $bus -Wait 60 } catch { $_ } }
            Wait-Until { $other.Subscribers -eq 1 }
            Stop-SaltEventBus $other
            $problem = Receive-Background $task
            $problem.FullyQualifiedErrorId | Should -Be 'BusConnectionLost,SaltEvents.Cmdlets.GetSaltEventCommand'
            $problem.CategoryInfo.Category | Should -Be 'ConnectionError'
            "$problem" | Should -Match "$([regex]::Escape($other.PubAddress)).* went away"
        }
    }
}
