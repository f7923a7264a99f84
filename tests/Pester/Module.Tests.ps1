BeforeDiscovery {
    $isCore = $PSVersionTable.PSEdition -eq 'Core'
    $hasThreadJob = [bool](Get-Command Start-ThreadJob -ErrorAction SilentlyContinue)
    $cases = (Import-PowerShellDataFile (Join-Path $PSScriptRoot '../../SaltEvents.psd1')).CmdletsToExport | ForEach-Object { @{ Name = $_ } }
    $recordings = 'salt-3006-master', 'salt-3006-minion', 'salt-3006-session' | ForEach-Object { @{ Recording = $_ } }
}

BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'SaltEvents.TestHelpers.psm1') -Force
    $modulePath = Get-ModulePath
    $bus = Start-SaltEventBus -PubPort 0
    $session = New-SaltEventSession

    # Fires a payload and gives it as it was heard.
    function Send-AndHear { param($Data, [string] $Tag) Send-SaltEvent $Tag $Data; Get-SaltEvent $Tag -Session $session -Wait 30 }

    # What the Tab key offers at the end of a line.
    function Get-Completion { param([string] $Line) @((TabExpansion2 $Line $Line.Length).CompletionMatches | ForEach-Object CompletionText) }

    # The events of a recording of a real Salt, through the bus.
    function Get-RecordedEvent {
        param([string] $Name)
        $frames = Get-Content (Join-Path $PSScriptRoot "../vectors/$Name.jsonl") -Encoding UTF8 | ForEach-Object { ($_ | ConvertFrom-Json).frame }
        $client = New-Object System.Net.Sockets.TcpClient '127.0.0.1', $bus.PullPort
        foreach ($frame in $frames) { $bytes = [Convert]::FromBase64String($frame); $client.GetStream().Write($bytes, 0, $bytes.Length) }
        $client.Close()
        Get-SaltEvent -Session $session -Count $frames.Count -Wait 30
    }
}

AfterAll {
    Clear-SaltTest
}

Describe 'The module' {
    Context 'import and exports' {
        It 'exports the cmdlets that its manifest names and nothing else' {
            $commands = Get-Command -Module SaltEvents
            $commands.CommandType | Select-Object -Unique | Should -Be 'Cmdlet'
            $commands.Name | Sort-Object | Should -Be ((Import-PowerShellDataFile $modulePath).CmdletsToExport | Sort-Object)
            $commands.Count | Should -BeGreaterThan 9
            (Get-Module SaltEvents).ExportedVariables.Count | Should -Be 0
            (Get-Module SaltEvents).ExportedAliases.Count | Should -Be 0
        }

        It 'has a valid manifest for both editions' {
            $manifest = Test-ModuleManifest $modulePath
            $manifest.CompatiblePSEditions | Should -Be 'Desktop', 'Core'
            $manifest.PowerShellVersion | Should -Be '5.1'
        }

        It '<Name> uses an approved verb and has a file of tests' -TestCases $cases {
            (Get-Verb).Verb | Should -Contain (Get-Command $Name).Verb
            Join-Path $PSScriptRoot "$Name.Tests.ps1" | Should -Exist
        }

        It 'looks up each type of the types file before PowerShell reads it on any thread' {
            $root = Split-Path $modulePath
            $file = [xml](Get-Content (Join-Path $root 'SaltEvents.Types.ps1xml') -Raw)
            $named = 'TypeName', 'Type[TypeAdapter]/Name', 'NoteProperty[Name="TargetTypeForDeserialization"]/Value' |
                ForEach-Object { $file.SelectNodes("//$_") | ForEach-Object InnerText } | Sort-Object -Unique
            $named | Should -Contain 'SaltEvents.SaltEvent'
            $script = Get-Content (Join-Path $root 'SaltEvents.psm1') -Raw
            foreach ($name in $named) { $script | Should -Match "(?m)^foreach .*'$($name -replace '^SaltEvents\.')'.*\[type\]" }
        }

        It 'warns of nothing when it is imported, and can be imported and removed again' {
            $script = {
                param($path)
                1..3 | ForEach-Object { Import-Module $path; $null = Start-SaltEventBus -PubPort 0; Stop-SaltEventBus; Remove-Module SaltEvents }
                Get-Module SaltEvents*
                Import-Module $path -Force
                (Start-SaltEventBus -PubPort 0).State
            }
            $shell = [powershell]::Create()
            try {
                $shell.AddScript($script).AddArgument($modulePath).Invoke() | Should -Be 'Running'
                $shell.Streams.Warning.Count | Should -Be 0
                $shell.Streams.Error.Count | Should -Be 0
            } finally {
                $shell.Dispose()
            }
        }

        It 'shows no secret of the object that an error is about: <Name>' -TestCases @(
            @{ Name = 'Export-SaltEvent'; Run = { $args[0] | Export-SaltEvent (New-TestPath) } }
            @{ Name = 'Measure-SaltEvent'; Run = { $args[0] | Measure-SaltEvent } }
            @{ Name = 'New-SaltEvent'; Run = { $args[0] | New-SaltEvent my/tag } }
            @{ Name = 'New-SaltEvent -FailedState'; Run = { New-SaltEvent JobReturn -FailedState $args[0] } }
            @{ Name = 'Send-SaltEvent'; Run = { $args[0] | Send-SaltEvent my/tag } }
            @{ Name = 'Start-SaltEventBus -Master'; Run = { Start-SaltEventBus -Master $args[0] } }
        ) {
            $object = [pscustomobject]@{ user = 'me'; password = 'hunter2'; code = { } }
            try { $problem = & $Run $object 2>&1 } catch { $problem = $_ }
            $problem = @($problem | Where-Object { $_ -is [System.Management.Automation.ErrorRecord] })
            $problem.Count | Should -Be 1
            $problem[0].Exception.Message, "$($problem[0])", "$($problem[0].CategoryInfo)", $problem[0].CategoryInfo.TargetName -join ' ' | Should -Not -Match hunter2
        }

        It 'takes an ISO date for -Since in each culture: <_>' -TestCases 'de-DE', 'th-TH', 'ar-SA', 'fa-IR' {
            $since = (Get-Command Get-SaltEvent).Parameters['Since'].Attributes | Where-Object { $_.GetType().Name -eq 'SinceAttribute' }
            $before = [cultureinfo]::CurrentCulture
            try {
                [cultureinfo]::CurrentCulture = $_
                $time = $since.Transform($null, '2026-11-02')
            } finally {
                [cultureinfo]::CurrentCulture = $before
            }

            $time | Should -Be ([datetime]::new(2026, 11, 2))
        }

        It 'keeps the types of its dependencies to itself' {
            foreach ($type in 'SaltEvents.Core.Events.EventCodec', 'MessagePack.MessagePackReader') { $type -as [type] | Should -BeNullOrEmpty }
        }
    }

    Context 'help' {
        It '<Name> has a syntax' -TestCases $cases {
            (Get-Help $Name | Out-String) -replace '\s+', ' ' | Should -Match "SYNTAX $Name .*\[<CommonParameters>\]"
        }

        It 'every cmdlet that reaches a bus names it in the same way' {
            foreach ($name in 'Get-SaltEvent', 'Watch-SaltEvent', 'Send-SaltEvent', 'Send-SaltMasterEvent', 'New-SaltEventSession') {
                $parameters = (Get-Command $name).Parameters
                foreach ($parameter in 'Node', 'SockDir', 'MinionBus', 'PubPort', 'PullPort', 'HostName', 'Session', 'ConnectTimeout') {
                    $parameters.Keys | Should -Contain $parameter -Because $name
                }
            }
        }

        It 'shows that times are seconds' {
            Get-Command Get-SaltEvent -Syntax | Should -Match '\[\[-Wait\] <Seconds>\]'
            Get-Command Watch-SaltEvent -Syntax | Should -Match '\[-Timeout <Seconds>\]'
        }
    }

    Context 'completion' {
        It 'completes -Tag with the forms of Salt''s tags: <Line>' -TestCases @(
            @{ Line = 'Get-SaltEvent -Tag salt/job/'; Expected = "'salt/job/*/ret/*'" }
            @{ Line = 'Get-SaltEvent salt/ke'; Expected = "'salt/key'" }
            @{ Line = "Watch-SaltEvent 'salt/pres"; Expected = "'salt/presence/present'" }
            @{ Line = 'Watch-SaltEvent -Tag a, salt/pres'; Expected = "'salt/presence/change'" }
            @{ Line = 'New-SaltEventSession min'; Expected = "'minion_start'" }
            @{ Line = 'Send-SaltEvent salt/pres'; Expected = "'salt/presence/present'" }
        ) {
            Get-Completion $Line | Should -Contain $Expected
        }

        It 'offers the members of an event and of a bus, and no helpers of views' {
            $saltEvent = New-SaltEvent my/tag @{ n = 1 }
            $bus = Start-SaltEventBus
            foreach ($line in '$saltEvent.', '$bus.', '$session.') {
                Get-Completion $line | Where-Object { $_ -match 'GetSummary|GetLocalTime|PSStandardMembers' } | Should -BeNullOrEmpty
            }
            Stop-SaltEventBus $bus
        }

        It 'offers the members of events that no variable holds yet, and nothing of views: <Line>' -TestCases @(
            @{ Line = 'New-SaltEvent JobReturn | Select-Object ' }
            @{ Line = '(New-SaltEvent JobReturn).' }
        ) {
            $offered = Get-Completion $Line
            $offered | Should -Contain 'Succeeded'
            $offered -match 'SaltEvents\.' | Should -BeNullOrEmpty
        }

        It 'offers no tag for what none begins with' {
            Get-Completion 'Get-SaltEvent -Tag SALT/J' | Where-Object { $_ -like '*salt/job*' } | Should -BeNullOrEmpty
        }

        It 'completes <Line>' -TestCases @(
            @{ Line = 'Get-SaltEvent -Node '; Expected = 'Master', 'Minion' }
            @{ Line = 'Start-SaltEventBus '; Expected = 'Master', 'Minion' }
            @{ Line = 'Get-SaltEvent -MatchType '; Expected = 'Auto', 'EndsWith', 'Exact', 'Find', 'FnMatch', 'Regex', 'StartsWith' }
            @{ Line = 'Watch-SaltEvent -Overflow '; Expected = 'Block', 'DropNewest', 'DropOldest' }
            @{ Line = 'Start-SaltEventBus -Overflow '; Expected = 'Block', 'Disconnect', 'DropNewest', 'DropOldest' }
        ) {
            Get-Completion $Line | Sort-Object | Should -Be $Expected
        }

        It 'completes the properties of an event, its family''s and its payload''s' {
            $global:saltTestEvent = Send-AndHear @{ fun = 'test.ping'; custom = 1 } 'salt/job/20260101000000000000/ret/web01'
            try {
                $offered = Get-Completion '$saltTestEvent.'
                foreach ($name in 'Tag', 'Timestamp', 'Data', 'JobId', 'MinionId', 'custom') { $offered | Should -Contain $name }
            } finally {
                Remove-Variable saltTestEvent -Scope Global
            }
        }

        It 'completes what a cmdlet puts out by its OutputType' {
            Get-Completion 'Start-SaltEventBus | Where-Object Subsc' | Should -Contain 'Subscribers'
        }
    }

    Context 'events as objects' {
        BeforeAll {
            $returns = 1..4 | ForEach-Object {
                Send-AndHear ([ordered]@{ fun = 'test.ping'; retcode = $_ -eq 3; success = $_ -ne 3; return = $true }) "salt/job/2026010100000000000$_/ret/web0$($_ % 2)"
            }
            $odd = Send-AndHear ([ordered]@{ Tag = 'clash'; data = 'd'; n = [ordered]@{ deep = @{ er = 1, 2 } } }) 'odd'
        }

        It 'has the properties of its family and of its payload' {
            $returns[0].JobId | Should -Be '20260101000000000001'
            $returns[0].MinionId | Should -Be 'web01'
            $returns[0].Function | Should -Be 'test.ping'
            $returns[0].fun | Should -Be 'test.ping'
            $returns[0].Data.fun | Should -Be 'test.ping'
            $returns[0].PSObject.TypeNames[0] | Should -Be 'SaltEvents.SaltEvent#JobReturn'
            "$($returns[0])" | Should -Be $returns[0].Tag
        }

        It 'keeps its own properties where the payload has such names' {
            $odd.Tag | Should -Be 'odd'
            $odd.Data.Tag | Should -Be 'clash'
            $odd.Data.data | Should -Be 'd'
        }

        It 'works with Where-Object' {
            ($returns | Where-Object MinionId -EQ 'web01').Count | Should -Be 2
            ($returns | Where-Object { -not $_.Succeeded }).JobId | Should -Be '20260101000000000003'
            ($returns | Where-Object success).Count | Should -Be 3
        }

        It 'works with Group-Object, Sort-Object and Measure-Object' {
            $returns | Group-Object MinionId | Sort-Object Name | ForEach-Object { "$($_.Name) $($_.Count)" } | Should -Be 'web00 2', 'web01 2'
            ($returns | Sort-Object JobId -Descending)[0].JobId | Should -Be '20260101000000000004'
            ($returns | Measure-Object Timestamp -Maximum).Maximum | Should -Be $returns[3].Timestamp
        }

        It 'works with Select-Object' {
            $selected = $returns[0] | Select-Object Tag, MinionId, @{ n = 'Ok'; e = { $_.Succeeded } }
            $selected.MinionId | Should -Be 'web01'
            $selected.Ok | Should -BeTrue
            ($returns | Select-Object -ExpandProperty Function -Unique) | Should -Be 'test.ping'
            $all = ($returns[0] | Select-Object *).PSObject.Properties.Name
            foreach ($name in 'Tag', 'Timestamp', 'Data', 'JobId', 'Succeeded', 'retcode') { $all | Should -Contain $name }
            # They have to be asked for: they only repeat Data.
            $all | Should -Not -Contain 'Raw'
            ($returns[0] | Select-Object Raw).Raw['fun'] | Should -Be 'test.ping'
        }

        It 'works with member enumeration and Get-Member' {
            $returns.MinionId | Should -Be 'web01', 'web00', 'web01', 'web00'
            ($returns[0] | Get-Member -MemberType Properties).Name | Should -Contain 'Succeeded'
        }

        It 'works with Set-StrictMode -Version Latest: what is there is there, what is not is the usual error' {
            Set-StrictMode -Version Latest
            $odd.n.deep.er | Should -Be 1, 2
            $odd.Data.N.Deep.ER | Should -Be 1, 2
            (Get-ErrorOf { $odd.missing }).FullyQualifiedErrorId | Should -Be 'PropertyNotFoundStrict'
            (Get-ErrorOf { $odd.Data.missing }).FullyQualifiedErrorId | Should -Be 'PropertyNotFoundStrict'
        }

        It 'works with ConvertTo-Json: the payload, and the event' {
            $odd.Data | Select-Object Tag, n | ConvertTo-Json -Compress -Depth 5 | Should -Be '{"Tag":"clash","n":{"deep":{"er":[1,2]}}}'
            $read = $odd | ConvertTo-Json -Depth 6 | ConvertFrom-Json
            $read.Tag | Should -Be 'odd'
            $read.Data.n.deep.er | Should -Be 1, 2
            $read.PSObject.Properties.Name | Should -Not -Contain 'Raw'
        }

        It 'works with Export-Csv' {
            ($returns | Select-Object Tag, MinionId, Succeeded | ConvertTo-Csv -NoTypeInformation)[1] |
                Should -Be '"salt/job/20260101000000000001/ret/web01","web01","True"'
        }

        It 'cannot be changed' {
            (Get-ErrorOf { $odd.Tag = 'x' }).Exception.Message | Should -Match 'cannot be set'
        }

        It 'survives Export-Clixml and Import-Clixml' {
            $file = New-TestPath
            $returns | Export-Clixml $file
            $read = Import-Clixml $file
            $read | Should -BeOfType [SaltEvents.SaltEvent]
            $read.MinionId | Should -Be $returns.MinionId
            $read[0].Timestamp | Should -Be $returns[0].Timestamp
            $read[0].Raw.Keys | Should -Be $returns[0].Raw.Keys
        }
    }

    Context 'a recording of a real Salt: <Recording>' -Foreach $recordings {
        BeforeAll {
            $events = Get-RecordedEvent $Recording
        }

        It 'is received whole' {
            $events.Count | Should -BeGreaterThan 20
        }

        It 'fits into 80 columns as a table' {
            $lines = ($events | Out-String -Width 80) -split '\r?\n'
            ($lines | Measure-Object Length -Maximum).Maximum | Should -BeLessOrEqual 80
            $lines[1] | Should -Match '^Time +Tag +Content'
            @($lines | Where-Object { $_ -match '^\d\d:\d\d:\d\d\.\d{3} ' }).Count | Should -Be $events.Count
        }

        It 'goes through ConvertTo-Json' {
            $json = $events | ConvertTo-Json -Depth 12 -WarningAction SilentlyContinue
            @($json | ConvertFrom-Json | ForEach-Object { $_ }).Count | Should -Be $events.Count
        }

        It 'goes through Export-Clixml byte for byte' {
            $file = New-TestPath
            $events | Export-Clixml $file
            $read = Import-Clixml $file
            for ($i = 0; $i -lt $events.Count; $i++) {
                [Convert]::ToBase64String($read[$i].WireBody) | Should -Be ([Convert]::ToBase64String($events[$i].WireBody))
            }
        }

        It 'goes through Send-SaltEvent -KeepTimestamp byte for byte' {
            $events | Send-SaltEvent -KeepTimestamp
            $again = Get-SaltEvent -Session $session -Count $events.Count -Wait 30
            for ($i = 0; $i -lt $events.Count; $i++) {
                [Convert]::ToBase64String($again[$i].WireBody) | Should -Be ([Convert]::ToBase64String($events[$i].WireBody))
            }
        }
    }

    Context 'tables of 80 columns' {
        It 'shows a bus' {
            $lines = (Get-SaltEventBus | Out-String -Width 80) -split '\r?\n'
            $lines[1] | Should -Match '^ *Id Node +State +Subscribers +In +Out Dropped Address$'
            $lines[3] | Should -Match "Master +Running .*127\.0\.0\.1:$($bus.PubPort)"
            ($lines | Measure-Object Length -Maximum).Maximum | Should -BeLessOrEqual 80
        }

        It 'shows a session' {
            $lines = (Get-SaltEventSession | Out-String -Width 80) -split '\r?\n'
            $lines[1] | Should -Match '^ *Id State +Queued +Matched Dropped Tag +Address$'
            ($lines | Measure-Object Length -Maximum).Maximum | Should -BeLessOrEqual 80
        }

        It 'lets no control character of a payload reach the terminal' {
            $hostile = Send-AndHear @{ text = "$([char]27)[2Jcleared$([char]7)" } 'hostile'
            $hostile | Out-String -Width 80 | Should -Not -Match "$([char]27)\[2J|$([char]7)"
        }
    }

    Context 'jobs and other runspaces' {
        BeforeAll {
            # What -AutoRemoveJob does, but without its error if the job ends at that moment.
            function Receive-Ended($Job) {
                $Job | Receive-Job -Wait
                Remove-Job $Job
            }
        }

        It 'listens in a job of another process, and the events come back whole' {
            $tcp = $bus.PubPort
            $job = Start-Job { Import-Module $using:modulePath; Get-SaltEvent 'job/' -PubPort $using:tcp -Wait 60 }
            Wait-Until { $bus.Subscribers -eq 2 }
            Send-SaltEvent 'job/1' @{ n = @{ deep = 1 } }
            $back = Receive-Ended $job
            $back | Should -BeOfType [SaltEvents.SaltEvent]
            $back.Tag | Should -Be 'job/1'
            $back.Data.n.deep | Should -Be 1
            (Get-SaltEvent 'job/' -Session $session -Wait 30).Tag | Should -Be 'job/1'
        }

        It 'shows an event from a job after another runspace with the module has ended' {
            $null = Receive-Background (Start-Background { New-SaltEvent other/runspace })
            $back = Receive-Ended (Start-Job { Import-Module $using:modulePath; New-SaltEvent JobReturn -MinionId web01 -JobId 20261127120000000001 })
            $back | Out-String -Width 80 | Should -Match 'salt/job/20261127120000000001/ret/web01 +test\.ping ok'
        }

        It 'fires from a job of another process' {
            $ports = @{ PubPort = $bus.PubPort; PullPort = $bus.PullPort }
            Receive-Ended (Start-Job { Import-Module $using:modulePath; $ports = $using:ports; 1..3 | Send-SaltEvent 'fromjob' @ports })
            (Get-SaltEvent fromjob -Session $session -Count 3 -Wait 30).Data.data | Should -Be 1, 2, 3
        }

        It 'takes the bus object into thread jobs with $using: (skipped where there is no Start-ThreadJob)' -Skip:(-not $hasThreadJob) {
            $job = Start-ThreadJob { Import-Module $using:modulePath; Get-SaltEvent 'thread/' -Bus $using:bus -Wait 60 -DataOnly }
            Wait-Until { $bus.Subscribers -eq 2 }
            Send-SaltEvent 'thread/1' @{ n = 5 }
            (Receive-Ended $job).n | Should -Be 5
            $null = Get-SaltEvent 'thread/' -Session $session -Wait 30
        }

        It 'runs a pipeline over failed states not once if there are none' {
            $file = New-TestPath
            $events = @(
                New-SaltEvent my/tag
                New-SaltEvent MinionStart -MinionId web01
                New-SaltEvent JobReturn -MinionId web01
                New-SaltEvent JobReturn -MinionId web01 -Function state.apply -Return @{ 'a_|-b_|-b_|-run' = @{ result = $true } }
            )
            $events | Export-Clixml $file
            foreach ($event in @($events; Import-Clixml $file)) { $event.FailedStates | ForEach-Object { "ran for $($event.Tag)" } | Should -BeNullOrEmpty }
        }

        It 'gives the failed states of an event in ForEach-Object -Parallel (skipped in Windows PowerShell)' -Skip:(-not $isCore) {
            New-SaltEvent JobReturn -MinionId web01 -FailedState nginx | ForEach-Object -Parallel {
                "$($_.MinionId) $($_.Succeeded) $($_.FailedStates) $($_.Data.retcode)"
            } | Should -Be 'web01 False nginx 2'
            New-SaltEvent my/tag | ForEach-Object -Parallel { "<$($_.FailedStates)>" } | Should -Be '<>'
        }

        It 'takes the session object into ForEach-Object -Parallel with $using: (skipped in Windows PowerShell)' -Skip:(-not $isCore) {
            1..6 | Send-SaltEvent 'parallel'
            Wait-Until { $session.Queued -eq 6 }
            $numbers = 1..3 | ForEach-Object -Parallel {
                Import-Module $using:modulePath
                (Get-SaltEvent 'parallel' -Session $using:session -Count 2 -Wait 30).Data.data
            } -ThrottleLimit 3
            # Each event is read by one of them.
            $numbers | Sort-Object | Should -Be (1..6)
        }

        It 'returns .Data and Tag also in a runspace without the module' {
            $saltEvent = Send-AndHear @{ n = 5 } 'elsewhere'
            $shell = [powershell]::Create()
            try {
                $shell.AddScript('param($e) $e.Tag, $e.Data.n').AddArgument($saltEvent).Invoke() | Should -Be 'elsewhere', 5
            } finally {
                $shell.Dispose()
            }
        }
    }

    Context 'scripts of users under test' {
        It 'can be mocked with Pester, times in fractions of a second too' {
            Mock Get-SaltEvent { [pscustomobject]@{ Tag = "$Tag"; Waited = $Wait } }
            Mock Send-SaltEvent { }
            Mock Watch-SaltEvent { [pscustomobject]@{ Tag = 'mocked' } }
            (Get-SaltEvent 'auth' -Wait 0.5).Tag | Should -Be 'auth'
            ([timespan](Get-SaltEvent 'auth' -Wait 10).Waited).TotalSeconds | Should -Be 10
            (Watch-SaltEvent -Timeout 0.5 | Select-Object -First 1).Tag | Should -Be 'mocked'
            Send-SaltEvent 'tag' @{ a = 1 }
            Should -Invoke Get-SaltEvent -Times 1 -Exactly -ParameterFilter { $Tag -eq 'auth' -and $Wait -eq 0.5 }
            Should -Invoke Send-SaltEvent -Times 1 -Exactly -ParameterFilter { $Tag -eq 'tag' -and $Data.a -eq 1 }
        }

        It 'has times that compare, add and sort as numbers and TimeSpans do' {
            Mock Get-SaltEvent { $Wait }
            $half, $ten, $endless = (Get-SaltEvent -Wait 0.5), (Get-SaltEvent -Wait ([timespan]'0:0:10')), (Get-SaltEvent -Wait Infinite)
            Should -Invoke Get-SaltEvent -Times 1 -Exactly -ParameterFilter { $Wait -ge 10 -and $Wait -lt 11 -and 10 -le $Wait -and $Wait -ne 11 }
            Should -Invoke Get-SaltEvent -Times 2 -Exactly -ParameterFilter { $Wait -ge [timespan]::FromSeconds(1) -and [timespan]::FromSeconds(20) -ne $Wait }
            Should -Invoke Get-SaltEvent -Times 1 -Exactly -ParameterFilter { $Wait -eq -1 -and $Wait -gt 4000000 -and $Wait -eq 'Infinite' }
            $ten -eq '10' | Should -BeTrue
            10 -eq $ten | Should -BeTrue
            0.0 -lt $half -and 1.0 -gt $half -and $half -gt 0 | Should -BeTrue
            ($ten + 5), (5 + $ten), ($ten + $half), ($ten + [timespan]'0:0:1'), ($ten * 2), ($ten / 4), ($endless + 1) -join ' ' | Should -BeExactly '15 15 10.5 11 20 2.5 Infinite'
            $ten - 12 | Should -Be -2
            [datetime]'2026-01-01' + $ten | Should -Be ([datetime]'2026-01-01T00:00:10')
            [int]$ten, [double]$half, [timespan]$endless | Should -Be 10, 0.5, ([System.Threading.Timeout]::InfiniteTimeSpan)
            { [int]$half } | Should -Throw "*'0.5' is not a whole number of seconds*"
            $endless, $ten, $half | Sort-Object | ForEach-Object ToString | Should -Be '0.5', '10', 'Infinite'
            ($ten, $half | Measure-Object TotalSeconds -Sum).Sum | Should -Be 10.5
        }

        It 'has times that compare with every number' {
            Mock Get-SaltEvent { $Wait }
            $ten, $endless = (Get-SaltEvent -Wait 10), (Get-SaltEvent -Wait Infinite)
            Should -Invoke Get-SaltEvent -Times 1 -Exactly -ParameterFilter { $Wait -gt -5 -and $Wait -lt 1e9 -and $Wait -le [int]::MaxValue -and $Wait -lt [double]::MaxValue }
            $ten -gt -0.001 -and $ten -gt [double]::NegativeInfinity -and $ten -lt [timespan]::MaxValue -and $ten -gt [timespan]::MinValue | Should -BeTrue
            $endless -gt 1e9 -and $endless -gt [timespan]::MaxValue | Should -BeTrue
            "$($ten * 1e6)" | Should -Be '10000000'
            { $ten -gt 'soon' } | Should -Throw "*'soon' is not a time to wait*"
        }

        It 'refuses <Text> as a time to wait' -TestCases @(
            @{ Text = '-2'; Time = -2 }, @{ Text = '-0.001'; Time = -0.001 }, @{ Text = '4233601'; Time = 4233601 }, @{ Text = '1E+300'; Time = 1e300 }
            @{ Text = '-00:00:01'; Time = [timespan]'-0:0:1' }, @{ Text = 'soon'; Time = 'soon' }, @{ Text = '-3'; Time = '-3' }
        ) {
            foreach ($command in { Get-SaltEvent -Wait $Time }, { Watch-SaltEvent -Timeout $Time }, { Send-SaltEvent a/b -Timeout $Time }) {
                "$(Get-ErrorOf $command)" | Should -BeLike "*'$Text' is not a time to wait. Give seconds from 0 to 4233600*"
            }

            (Get-ErrorOf { 1 | Measure-SaltEvent -Interval $Time }) | Should -Match 'is not a time to wait|-Interval must be longer than 0, up to 49 days'
        }

        It 'can be mocked where a pipeline feeds it' {
            Mock Send-SaltEvent { }
            1..3 | Send-SaltEvent -Tag 'tag'
            Should -Invoke Send-SaltEvent -Times 3 -Exactly -ParameterFilter { $Tag -eq 'tag' }
            @{ a = 1 } | Send-SaltEvent my/tag
            Should -Invoke Send-SaltEvent -Times 1 -Exactly -ParameterFilter { $Tag -eq 'my/tag' -and $Data.a -eq 1 }
            New-SaltEvent my/brought @{ n = 1 } | Send-SaltEvent
            Should -Invoke Send-SaltEvent -Times 1 -Exactly -ParameterFilter { $Tag -eq 'my/brought' }
        }

        It 'works through a proxy function' {
            $metadata = New-Object System.Management.Automation.CommandMetadata (Get-Command Watch-SaltEvent)
            $proxy = [scriptblock]::Create([System.Management.Automation.ProxyCommand]::Create($metadata))
            Send-SaltEvent 'proxied' 'x'
            (& $proxy 'proxied' -Session $session -Timeout 30.5 -Count 1).Tag | Should -Be 'proxied'
        }

        It 'takes its parameters by splatting and from $PSDefaultParameterValues' {
            $arguments = @{ Data = @{ n = 1 }; Tag = 'splatted'; PassThru = $true }
            (Send-SaltEvent @arguments).Tag | Should -Be 'splatted'
            $PSDefaultParameterValues = @{ 'Get-SaltEvent:Session' = $session; 'Get-SaltEvent:Wait' = 30 }
            (Get-SaltEvent 'splatted').Data.n | Should -Be 1
        }
    }
}
