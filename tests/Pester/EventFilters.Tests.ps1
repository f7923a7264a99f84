BeforeAll {
    Import-Module "$PSScriptRoot/SaltEvents.TestHelpers.psm1"
    $bus = Start-SaltEventBus
    $all = New-SaltEventSession

    # Events of two minions and two jobs, one that a minion fired itself, and one of nobody.
    function Send-All {
        New-SaltEvent JobNew -JobId 20261127154859000001 -Minions web01, db01 | Send-SaltEvent
        New-SaltEvent JobReturn -JobId 20261127154859000001 -MinionId web01, db01 | Send-SaltEvent
        New-SaltEvent JobReturn -JobId 20261127154859000002 -MinionId web02 | Send-SaltEvent
        Send-SaltEvent own/tag @{ id = 'web02'; cmd = '_minion_event' }
        Send-SaltEvent other/tag @{ n = 1 }
        Send-SaltEvent end
    }
}

AfterAll { Clear-SaltTest }

Describe 'Filters of events' {
    BeforeEach {
        $null = Get-SaltEvent -Session $all -Wait 0 -Count 100
    }

    It '<Name>' -TestCases @(
        @{ Name = '-MinionId takes an id'; Filter = @{ MinionId = 'web01' }; Found = , 'salt/job/20261127154859000001/ret/web01' }
        @{ Name = '-MinionId takes wildcards, and the id in a payload'; Filter = @{ MinionId = 'web*' }; Found = 'salt/job/20261127154859000001/ret/web01', 'salt/job/20261127154859000002/ret/web02', 'own/tag' }
        @{ Name = '-MinionId minds case'; Filter = @{ MinionId = 'WEB01' }; Found = @() }
        @{ Name = '-MinionId takes several'; Filter = @{ MinionId = 'web01', 'db01' }; Found = 'salt/job/20261127154859000001/ret/web01', 'salt/job/20261127154859000001/ret/db01' }
        @{ Name = '-JobId takes a job'; Filter = @{ JobId = '20261127154859000002' }; Found = , 'salt/job/20261127154859000002/ret/web02' }
        @{ Name = '-Family takes a family in any case'; Filter = @{ Family = 'jobnew' }; Found = , 'salt/job/20261127154859000001/new' }
        @{ Name = '-ExcludeTag takes tags as -Tag does'; Filter = @{ ExcludeTag = 'salt/job/', '*/tag', 'end' }; Found = @() }
        @{ Name = 'all must agree'; Filter = @{ Tag = 'salt/'; MinionId = '*'; Family = 'JobReturn'; ExcludeTag = '*/db01' }; Found = 'salt/job/20261127154859000001/ret/web01', 'salt/job/20261127154859000002/ret/web02' }
    ) {
        $session = New-SaltEventSession @Filter
        Send-All
        # What was fired before it has been seen by both sessions.
        $null = Wait-SaltEvent end -Session $all -Timeout 30
        Wait-Until { $session.Received -ge 7 }
        @(Watch-SaltEvent -Session $session -Timeout 0).Tag -join ' ' | Should -BeExactly ($Found -join ' ')
        $session | Remove-SaltEventSession

        Send-All
        @(Get-SaltEvent -Session $all @Filter -Wait 2 -Count ([Math]::Max(1, $Found.Count))).Tag -join ' ' | Should -BeExactly ($Found -join ' ')
    }

    It 'leaves in a session what a filter does not take' {
        Send-All
        (Get-SaltEvent -Session $all -MinionId db01 -Wait 30).Tag | Should -Match 'db01$'
        (Get-SaltEvent -Session $all -Wait 30).Family | Should -Be 'JobNew'
    }

    It 'filters what comes from the bus itself' {
        $later = Start-WhenHeard $bus -Listeners 2 {
            New-SaltEvent MinionStart -MinionId db01, web01 | Send-SaltEvent
        }
        (Get-SaltEvent -MinionId web01 -Wait 30).Tag | Should -Be 'salt/minion/web01/start'
        $null = Receive-Background $later
    }

    It '<Command> ends with -Until' -TestCases @(
        @{ Command = 'Get-SaltEvent' }
        @{ Command = 'Watch-SaltEvent' }
    ) {
        1..5 | Send-SaltEvent n
        $found = & $Command n -Session $all -Until { $_.Data.data -eq 3 }
        $found.Data.data | Should -Be 1, 2, 3
        (Get-SaltEvent n -Session $all -Wait 30).Data.data | Should -Be 4
    }

    It 'asks -Until with the variables around it, and ends with what it throws' {
        $wanted = 2
        1..3 | Send-SaltEvent n
        @(Get-SaltEvent n -Session $all -DataOnly -Until { $_.Data.data -eq $wanted }).Count | Should -Be 2
        "$(Get-ErrorOf { Get-SaltEvent n -Session $all -Until { throw 'odd' } })" | Should -Be 'odd'
    }

    It 'ends with -Until and -Wait 0 too' {
        1..3 | Send-SaltEvent n
        Wait-Until { $all.Queued -ge 3 }
        @(Get-SaltEvent n -Session $all -Wait 0 -Until { $_.Data.data -eq 2 }).Count | Should -Be 2
    }

    It 'names the families where one is not known' {
        "$(Get-ErrorOf { Get-SaltEvent -Family JobReturns })" | Should -Match '"JobReturns" is not a family of events. The families are Auth,'
    }

    It 'refuses a pattern of minions to wait for' {
        "$(Get-ErrorOf { Wait-SaltEvent -MinionId 'web*' -Timeout 0 })" | Should -Match 'web\* is a pattern'
    }

    It 'refuses a pattern of -ExcludeTag that is none' {
        (Get-ErrorOf { Get-SaltEvent -ExcludeTag '(' -MatchType Regex -Wait 0 }).FullyQualifiedErrorId | Should -Match '^InvalidTagPattern,'
    }
}
