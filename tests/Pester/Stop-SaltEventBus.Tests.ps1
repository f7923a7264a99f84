BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'SaltEvents.TestHelpers.psm1') -Force
}

AfterAll {
    Clear-SaltTest
}

Describe 'Stop-SaltEventBus' {
    BeforeEach {
        $first = Start-SaltEventBus
        $second = Start-SaltEventBus
    }

    AfterEach {
        Stop-SaltEventBus
    }

    It 'stops every bus of this runspace if none is named' {
        Stop-SaltEventBus | Should -BeNullOrEmpty
        $first.State, $second.State | Should -Be 'Stopped', 'Stopped'
        Get-SaltEventBus | Should -BeNullOrEmpty
    }

    It 'stops the one that is given, and leaves the others' {
        Stop-SaltEventBus $first
        $first.State, $second.State | Should -Be 'Stopped', 'Running'
    }

    It 'stops by -Id' {
        Stop-SaltEventBus -Id $second.Id
        $first.State, $second.State | Should -Be 'Running', 'Stopped'
    }

    It 'stops by its number without a parameter name' {
        Stop-SaltEventBus $second.Id
        $first.State, $second.State | Should -Be 'Running', 'Stopped'
    }

    It 'does nothing to a bus that has stopped' {
        Stop-SaltEventBus $first, $first -ErrorAction Stop
        Stop-SaltEventBus $first -ErrorAction Stop
        $first.State | Should -Be 'Stopped'
    }

    It 'does nothing if there is none' {
        Stop-SaltEventBus
        Stop-SaltEventBus -ErrorAction Stop
    }

    It 'stops nothing with -WhatIf' {
        Stop-SaltEventBus -WhatIf
        $first.State, $second.State | Should -Be 'Running', 'Running'
    }

    It 'keeps the counters of a bus that has stopped readable' {
        1..3 | Send-SaltEvent 'n' -Bus $first
        Wait-Until { $first.EventsIn -eq 3 }
        Stop-SaltEventBus $first
        $first.EventsIn | Should -Be 3
        $first.Subscribers | Should -Be 0
    }

    Context 'in a pipeline' {
        It 'takes buses from it' {
            Get-SaltEventBus | Stop-SaltEventBus
            $first.State, $second.State | Should -Be 'Stopped', 'Stopped'
        }

        It 'takes those that Where-Object leaves' {
            Get-SaltEventBus | Where-Object Id -EQ $first.Id | Stop-SaltEventBus
            $first.State, $second.State | Should -Be 'Stopped', 'Running'
        }

        It 'takes numbers, and reports those that none has' {
            $second.Id, 999999, "$($first.Id)" | Stop-SaltEventBus -ErrorVariable problems -ErrorAction SilentlyContinue
            $first.State, $second.State | Should -Be 'Stopped', 'Stopped'
            $problems.FullyQualifiedErrorId | Should -Be 'TargetNotFound,SaltEvents.Cmdlets.StopSaltEventBusCommand'
        }

        It 'stops nothing for an empty pipeline' {
            Get-SaltEventBus | Where-Object Id -EQ -1 | Stop-SaltEventBus
            $first.State, $second.State | Should -Be 'Running', 'Running'
        }
    }

    Context 'errors' {
        It 'reports an unknown number and stops the others' {
            Stop-SaltEventBus -Id 999999, $first.Id -ErrorVariable problems -ErrorAction SilentlyContinue
            $problems[0].FullyQualifiedErrorId | Should -Be 'TargetNotFound,SaltEvents.Cmdlets.StopSaltEventBusCommand'
            $problems[0].TargetObject | Should -Be 999999
            $first.State | Should -Be 'Stopped'
        }

        It 'refuses $null: a variable that is empty by mistake stops nothing' {
            (Get-ErrorOf { Stop-SaltEventBus $null }).CategoryInfo.Category | Should -Be 'InvalidData'
            $first.State | Should -Be 'Running'
        }
    }
}
