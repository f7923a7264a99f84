BeforeAll {
    Import-Module "$PSScriptRoot/SaltEvents.TestHelpers.psm1" -Force
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

    It 'refuses what is no tag: <Name>' -TestCases @(
        @{ Name = 'a payload'; Run = { Wait-SaltEvent @{ a = 1 } }; Says = "A System.Collections.Hashtable is not a tag. Give strings such as 'my/tag' or 'salt/job/*/ret/*'." }
        @{ Name = 'a condition'; Run = { Watch-SaltEvent my/, { $_.n } }; Says = 'A System.Management.Automation.ScriptBlock is not a tag. *, and a condition with -Until.' }
        @{ Name = 'an object'; Run = { Register-SaltEvent ([pscustomobject]@{ a = 1 }) }; Says = 'A System.Management.Automation.PSCustomObject is not a tag. *' }
        @{ Name = 'a payload in -ExcludeTag'; Run = { Get-SaltEvent -ExcludeTag @{ a = 1 } }; Says = 'A System.Collections.Hashtable is not a tag. *' }
    ) {
        "$(Get-ErrorOf $Run)" | Should -BeLike "*Tag'. $Says"
    }

    It 'takes an event, a list and the output of a pipeline for tags' {
        $list = [System.Collections.Generic.List[string]]('other/tag', 'own/tag')
        foreach ($tag in (New-SaltEvent other/tag), $list, ('own/tag', 'other/tag' | ForEach-Object { $_ }), 'other/tag') {
            Wait-SaltEvent $tag -Timeout 30 -Trigger { Send-SaltEvent other/tag } | Should -Be 'other/tag'
        }
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

    It '-<Name> without a value is an error, not every event' -TestCases @(
        @{ Name = 'MinionId' }
        @{ Name = 'JobId' }
        @{ Name = 'Family' }
        @{ Name = 'ExcludeTag' }
    ) {
        foreach ($nothing in $null, @()) {
            $filter = @{ $Name = $nothing }
            (Get-ErrorOf { Get-SaltEvent -Wait 0 @filter }).FullyQualifiedErrorId | Should -BeLike 'ParameterArgumentValidationError*'
        }
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

    It '<Command> has every filter' -TestCases @(
        @{ Command = 'Get-SaltEvent' }
        @{ Command = 'Watch-SaltEvent' }
        @{ Command = 'Wait-SaltEvent' }
        @{ Command = 'Register-SaltEvent' }
        @{ Command = 'New-SaltEventSession' }
    ) {
        $parameters = (Get-Command $Command).Parameters
        foreach ($name in 'MinionId', 'JobId', 'Family', 'ExcludeTag', 'MatchType', 'Until') { $parameters.Keys | Should -Contain $name }
    }

    It '<Command> takes the tag literally with -MatchType Exact, and every filter' -TestCases @(
        @{ Command = 'Get-SaltEvent'; More = @{ Wait = 30 } }
        @{ Command = 'Watch-SaltEvent'; More = @{ Count = 1; Timeout = 30 } }
        @{ Command = 'Wait-SaltEvent'; More = @{ Timeout = 30; MinionId = 'web01' } }
    ) {
        Send-SaltEvent 'a[1]/b*' @{ id = 'web01'; n = 1 }
        Send-SaltEvent 'a1/b2' @{ id = 'web01'; n = 2 }
        Wait-Until { $all.Queued -ge 2 }
        (& $Command 'a[1]/b*' -MatchType Exact -Session $all @More).Data.n | Should -Be 1
        New-SaltEvent JobReturn -JobId 20261127154859000003 -MinionId web01, web02 | Send-SaltEvent
        $more.MinionId = 'web01'
        (& $Command -Session $all @More -JobId 20261127154859000003 -Family JobReturn -ExcludeTag 'a1/*').MinionId | Should -Be web01
    }

    It 'says that a pattern of -ExcludeTag takes too long and excludes nothing, <Where>' -TestCases @(
        @{ Where = 'of a command'; Opened = @{}; Read = @{ MatchType = 'Regex'; Tag = '.'; ExcludeTag = '(?=x?)(a+)+$' } }
        @{ Where = 'of a session'; Opened = @{ MatchType = 'Regex'; Tag = '.'; ExcludeTag = '(?=x?)(a+)+$' }; Read = @{} }
    ) {
        $session = New-SaltEventSession @Opened
        $tag = 'a' * 40 + '!'
        Send-SaltEvent $tag
        (Get-SaltEvent @Read -Session $session -Wait 30 -WarningVariable said -WarningAction SilentlyContinue).Tag | Should -Be $tag
        "$said" | Should -Be "It took too long to compare the tag $tag with the pattern (?=x?)(a+)+`$: such events are not excluded. Use a simpler pattern."
        Remove-SaltEventSession $session
    }

    Context '-Until of Wait-SaltEvent' {
        It 'returns what comes, and ends after the event' {
            1..5 | Send-SaltEvent n
            (Wait-SaltEvent n -Session $all -Timeout 30 -Until { $_.Data.data -eq 3 }).Data.data | Should -Be 1, 2, 3
            (Get-SaltEvent n -Session $all -Wait 30).Data.data | Should -Be 4
        }

        It 'ends for each minion after its own event' {
            foreach ($event in @{ id = 'a'; ok = $false }, @{ id = 'b'; ok = $true }, @{ id = 'b'; ok = $false }, @{ id = 'a'; ok = $true }) { Send-SaltEvent s $event }
            $found = Wait-SaltEvent s -Session $all -Timeout 30 -MinionId a, b -Until { $_.Data.ok }
            ($found | ForEach-Object { "$($_.Data.id) $($_.Data.ok)" }) -join ', ' | Should -Be 'a False, b True, a True'
        }

        It 'ends after -Count events where that comes first' {
            1..5 | Send-SaltEvent n
            @(Wait-SaltEvent n -Session $all -Timeout 30 -Count 2 -Until { $_.Data.data -eq 4 }).Count | Should -Be 2
        }

        It 'reports what has not arrived, and returns what has' {
            1..2 | Send-SaltEvent n
            Wait-Until { $all.Queued -ge 2 }
            $found = Wait-SaltEvent n -Session $all -Timeout 0 -Until { $_.Data.data -eq 3 } -ErrorAction SilentlyContinue -ErrorVariable problem
            $found.Data.data | Should -Be 1, 2
            $problem[0].FullyQualifiedErrorId | Should -Match '^SaltEventTimeout,'
            "$($problem[0])" | Should -Be '-Until was not true for 2 events of n that arrived. Check the script block of -Until, or give a longer -Timeout.'
        }
    }

    Context '-Until of New-SaltEventSession' {
        It 'ends the session after the event, whoever reads it' {
            $wanted = 3
            $session = New-SaltEventSession n -Until { $_.Data.data -eq $wanted }
            1..5 | Send-SaltEvent n
            Wait-Until { $session.Queued -ge 5 }
            (Get-SaltEvent -Session $session -Wait 0).Data.data | Should -Be 1
            $session.State | Should -Be 'Open'
            (Watch-SaltEvent -Session $session).Data.data | Should -Be 2, 3
            $session.State | Should -Be 'Ended'
            $session.Queued | Should -Be 0
            Get-SaltEvent -Session $session -Wait 30 | Should -BeNullOrEmpty
            "$(Get-ErrorOf { Wait-SaltEvent -Session $session -Timeout 30 -ErrorAction Stop })" | Should -Be 'No event of any tag has arrived before the session ended. Open another session with New-SaltEventSession.'
            $session | Remove-SaltEventSession
            $session.State | Should -Be 'Closed'
        }

        It 'is asked in another runspace too' {
            $session = New-SaltEventSession n -Until { $_.Data.data -eq 2 }
            1..3 | Send-SaltEvent n
            $task = Start-Background { Watch-SaltEvent -Session $args[0] -DataOnly | ForEach-Object data } -ArgumentList $session
            Receive-Background $task | Should -Be 1, 2
            $session | Remove-SaltEventSession
        }
    }

    It 'Watch-SaltJob and Wait-SaltJob end with -Until' {
        $jobs = New-SaltEventSession 'salt/job/'
        foreach ($n in 1, 2, 3) {
            New-SaltEvent JobNew -JobId "2026112715485900010$n" -Minions web01, web02 | Send-SaltEvent
            New-SaltEvent JobReturn -JobId "2026112715485900010$n" -MinionId web01 -ReturnCode ([int]($n -eq 2)) | Send-SaltEvent
            if ($n -ne 3) { New-SaltEvent JobReturn -JobId "2026112715485900010$n" -MinionId web02 | Send-SaltEvent }
        }
        (Watch-SaltJob -Session $jobs -Timeout 30 -Until { $_.Failed }).JobId | Should -Be 20261127154859000101, 20261127154859000102
        $job = Wait-SaltJob 20261127154859000103 -Session $jobs -Timeout 30 -Until { $_.Returned.Count -ge 1 }
        $job.Returned | Should -Be web01
        $job.Missing | Should -Be web02
        $job.State | Should -Be 'Running'
        $jobs | Remove-SaltEventSession
    }

    It 'names the families where one is not known' {
        "$(Get-ErrorOf { Get-SaltEvent -Family JobReturns })" | Should -Match '"JobReturns" is not a family of events. The families are Auth,'
    }

    It 'refuses a pattern of minions to wait for' {
        "$(Get-ErrorOf { Wait-SaltEvent -MinionId 'web*' -Timeout 0 })" | Should -Match 'web\* is a pattern'
    }

    It 'refuses an invalid pattern of -ExcludeTag' {
        (Get-ErrorOf { Get-SaltEvent -ExcludeTag '(' -MatchType Regex -Wait 0 }).FullyQualifiedErrorId | Should -Match '^InvalidTagPattern,'
    }
}
