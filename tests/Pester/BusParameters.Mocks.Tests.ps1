BeforeDiscovery {
    $isWine = Test-Path HKLM:\Software\Wine
}

BeforeAll {
    Import-Module "$PSScriptRoot/SaltEvents.TestHelpers.psm1" -Force
    $bus = Start-SaltEventBus
    $session = New-SaltEventSession
}

AfterAll { Clear-SaltTest }

Describe 'Parameters that name a bus' {
    Context 'mocks' {
        It 'a plain object binds to -Session of a mocked command, with its properties' {
            Mock New-SaltEventSession { [pscustomobject]@{ Id = 7; Name = 'fake' } }
            Mock Get-SaltEvent { 1 }
            $fake = New-SaltEventSession x
            Get-SaltEvent -Session $fake | Should -Be 1
            Should -Invoke Get-SaltEvent -Times 1 -Exactly -ParameterFilter { $Session.Id -eq 7 -and $Session.Name -eq 'fake' }
        }

        It 'a plain object binds to -Bus of a mocked command' {
            Mock Start-SaltEventBus { [pscustomobject]@{ Id = 8 } }
            Mock Send-SaltEvent { }
            Mock Stop-SaltEventBus { }
            $fake = Start-SaltEventBus
            Send-SaltEvent my/tag -Bus $fake
            Stop-SaltEventBus $fake
            Should -Invoke Send-SaltEvent -Times 1 -Exactly -ParameterFilter { $Bus.Id -eq 8 }
            Should -Invoke Stop-SaltEventBus -Times 1 -Exactly
        }

        It 'a plain object binds to -Session and to -Bus of <Command>, and a time compares as seconds' -TestCases @(
            @{ Command = 'Get-SaltEvent'; Time = 'Wait'; More = @{} }
            @{ Command = 'Watch-SaltEvent'; Time = 'Timeout'; More = @{} }
            @{ Command = 'Wait-SaltEvent'; Time = 'Timeout'; More = @{} }
            @{ Command = 'Wait-SaltJob'; Time = 'Timeout'; More = @{ JobId = '20261127154859000001' } }
            @{ Command = 'Watch-SaltJob'; Time = 'Timeout'; More = @{} }
            @{ Command = 'Register-SaltEvent'; Time = 'ReconnectTimeout'; More = @{} }
            @{ Command = 'Send-SaltEvent'; Time = 'ConnectTimeout'; More = @{ Tag = 'my/tag' } }
            @{ Command = 'Send-SaltMasterEvent'; Time = 'ConnectTimeout'; More = @{ Tag = 'my/tag' } }
            @{ Command = 'Test-SaltEventBus'; Time = 'Timeout'; More = @{} }
        ) {
            Mock $Command { 'called' }
            $times = @{ $Time = 30 }
            & $Command @More @times -Session ([pscustomobject]@{ Id = 7 }) | Should -Be 'called'
            & $Command @More @times -Bus ([pscustomobject]@{ Id = 8 }) | Should -Be 'called'
            Should -Invoke $Command -Times 1 -Exactly -ParameterFilter { $Session.Id -eq 7 }
            Should -Invoke $Command -Times 1 -Exactly -ParameterFilter { $Bus.Id -eq 8 }
            $filter = [scriptblock]::Create("`$$Time -ge 30 -and `$$Time -lt 30.5 -and 30 -le `$$Time -and `$$Time -eq [timespan]'0:0:30'")
            Should -Invoke $Command -Times 2 -Exactly -ParameterFilter $filter
        }

        It 'a bus from the pipeline binds to a mock beside a default that names another' {
            Mock Get-SaltEvent { 1 }
            $PSDefaultParameterValues = @{ '*-Salt*:SockDir' = 'nowhere' }
            $bus | Get-SaltEvent my/tag | Should -Be 1
            Should -Invoke Get-SaltEvent -Times 1 -Exactly -ParameterFilter { $Tag -eq 'my/tag' }
        }

        It '<Command> takes plain objects under a mock' -TestCases @(
            @{ Command = 'Export-SaltEvent'; Arguments = @{ Path = 'run.jsonl' } }
            @{ Command = 'Measure-SaltEvent'; Arguments = @{ } }
            @{ Command = 'Send-SaltEvent'; Arguments = @{ Tag = 'my/tag' } }
        ) {
            Mock $Command { }
            [pscustomobject]@{ Tag = 'my/tag'; Data = @{ n = 1 } } | & $Command @Arguments
            Should -Invoke $Command -Times 1 -Exactly
        }

        It 'mocks of commands that make events and read files return what they are given' {
            Mock Import-SaltEvent { 1 }
            Mock New-SaltEvent { 2 }
            Import-SaltEvent nowhere.jsonl -Speed 2 | Should -Be 1
            New-SaltEvent JobReturn -MinionId web01 | Should -Be 2
            Should -Invoke Import-SaltEvent -Times 1 -Exactly -ParameterFilter { $Speed -eq 2 }
            Should -Invoke New-SaltEvent -Times 1 -Exactly -ParameterFilter { $MinionId -eq 'web01' }
        }

        It 'New-MockObject makes a session and a bus' {
            $fake = New-MockObject -Type (Get-Command Get-SaltEvent).Parameters.Session.ParameterType.FullName
            $fakeBus = New-MockObject -Type SaltEvents.SaltEventBus
            Mock Get-SaltEvent { 1 }
            Get-SaltEvent -Session $fake | Should -Be 1
            Get-SaltEvent -Bus $fakeBus | Should -Be 1
            "$($fake | Format-List | Out-String)$($fakeBus | Out-String)" | Should -Not -BeNullOrEmpty
        }

        It 'New-MockObject makes an event, a job and a test that print, and bind under a mock: <Type> (skipped under Wine, where a null reference can hang)' -Skip:$isWine -TestCases @(
            @{ Type = 'SaltEvents.SaltEvent' }
            @{ Type = 'SaltEvents.SaltJob' }
            @{ Type = 'SaltEvents.SaltEventBusTest' }
        ) {
            $fake = New-MockObject -Type $Type
            "$fake$($fake | Out-String)$($fake | Format-List * | Out-String)$($fake | ConvertTo-Json -Depth 2)" | Should -Not -BeNullOrEmpty
            Mock Export-SaltEvent { 1 }
            $fake | Export-SaltEvent nowhere.jsonl | Should -Be 1
        }

        It 'an event of New-MockObject has no tag; with properties it is sent as they say' {
            $fake = New-MockObject -Type SaltEvents.SaltEvent
            $fake.Tag | Should -BeExactly ''
            $fake.MinionId | Should -BeNullOrEmpty
            (Get-ErrorOf { $fake | Send-SaltEvent -Bus $bus -ErrorAction Stop }).FullyQualifiedErrorId | Should -BeLike 'EmptyTag,*'
            "$(Get-ErrorOf { $fake | Send-SaltEvent m/tag -Bus $bus -ErrorAction Stop })" | Should -BeLike '*is a substitute*New-SaltEvent*'
            New-MockObject -Type SaltEvents.SaltEvent -Properties @{ Tag = 'm/tag'; Data = @{ n = 1 } } | Send-SaltEvent -Bus $bus
            (Get-SaltEvent m/tag -Session $session -Wait 30).Data.n | Should -Be 1
        }

        It 'a command that is not mocked says that it is not live: <Name>' -TestCases @(
            @{ Name = 'Get-SaltEvent -Session'; Run = { Get-SaltEvent -Session ([pscustomobject]@{ Id = 1 }) -Wait 0 } }
            @{ Name = 'Send-SaltEvent -Bus'; Run = { Send-SaltEvent t -Bus ([pscustomobject]@{ Id = 1 }) } }
            @{ Name = 'Watch-SaltEvent'; Run = { Watch-SaltEvent -Session (New-MockObject -Type SaltEvents.SaltEventSession) -Timeout 0 } }
            @{ Name = 'Test-SaltEventBus'; Run = { Test-SaltEventBus -Bus (New-MockObject -Type SaltEvents.SaltEventBus) -Timeout 0 } }
            @{ Name = 'Start-SaltEventBus -Master'; Run = { Start-SaltEventBus -Master (New-MockObject -Type SaltEvents.SaltEventBus) } }
            @{ Name = 'Remove-SaltEventSession'; Run = { Remove-SaltEventSession ([pscustomobject]@{ Id = 1 }) -ErrorAction Stop } }
            @{ Name = 'Stop-SaltEventBus'; Run = { Stop-SaltEventBus (New-MockObject -Type SaltEvents.SaltEventBus) -ErrorAction Stop } }
        ) {
            $problem = Get-ErrorOf $Run
            $problem.FullyQualifiedErrorId | Should -Match '^NotLive,'
            "$problem" | Should -Match 'is not a live (session|bus)'
        }

        It 'uses a bus that is given as -Session, and says which parameter is for it: <Command>' -TestCases @(
            @{ Command = 'Get-SaltEvent'; With = @{ Wait = 0 } }
            @{ Command = 'Watch-SaltEvent'; With = @{ Timeout = 0 } }
            @{ Command = 'Wait-SaltEvent'; With = @{ Timeout = 0; ErrorAction = 'SilentlyContinue' } }
            @{ Command = 'Wait-SaltJob'; With = @{ JobId = '20261127154859000001'; Timeout = 0; ErrorAction = 'SilentlyContinue' } }
            @{ Command = 'Watch-SaltJob'; With = @{ Timeout = 0 } }
            @{ Command = 'New-SaltEventSession'; With = @{ } }
            @{ Command = 'Test-SaltEventBus'; With = @{ Timeout = 0 } }
            @{ Command = 'Send-SaltEvent'; With = @{ Tag = 'my/tag' } }
        ) {
            $null = & $Command @With -Session $bus -WarningVariable warnings -WarningAction SilentlyContinue
            "$warnings" | Should -Be "-Session was given $bus, which is used. Give it as -Bus."
            $null = & $Command @With -Bus $bus -WarningVariable warnings -WarningAction SilentlyContinue
            "$warnings" | Should -Be ''
        }

        It 'uses a session that is given as -Bus, and says which parameter is for it' {
            $session = New-SaltEventSession my/tag -Bus $bus
            Send-SaltEvent my/tag @{ n = 7 } -Bus $session -WarningVariable warnings -WarningAction SilentlyContinue
            "$warnings" | Should -Be "-Bus was given $session, which is used. Give it as -Session."
            (Get-SaltEvent -Bus $session -WarningAction SilentlyContinue).Data.n | Should -Be 7
        }

        It 'reads the events of a bus that is given as -Session' {
            $before = $bus.Subscribers
            $task = Start-Background -ArgumentList $bus -Script { Watch-SaltEvent -Session $args[0] -Count 1 }
            Wait-Until { $bus.Subscribers -gt $before }
            Send-SaltEvent my/tag @{ n = 8 } -Bus $bus
            (Receive-Background $task).Data.n | Should -Be 8
        }

        It 'ends nothing that is given in place of another thing' {
            $session = New-SaltEventSession -Bus $bus
            "$(Get-ErrorOf { Remove-SaltEventSession $bus })" | Should -BeLike "*'$bus' is not a session. Give what New-SaltEventSession or Get-SaltEventSession returns, or an id."
            "$(Get-ErrorOf { Stop-SaltEventBus $session })" | Should -BeLike "*'$session' is not a bus that this process runs. Give what Start-SaltEventBus or Get-SaltEventBus returns, or an id."
            "$(Get-ErrorOf { Start-SaltEventBus -Master 'a', 'b' })" | Should -Not -BeNullOrEmpty
            $bus.State, $session.State | Should -Be 'Running', 'Open'
        }

        It 'binds a bus and a session by their types in a pipeline' {
            $session = New-SaltEventSession -Bus $bus
            $null = $bus, $session | Get-SaltEvent -Wait 0 -WarningVariable warnings -ErrorAction Stop
            "$warnings" | Should -Be ''
        }

        It '<Command> says what came through the pipeline, and what it takes from there' -TestCases @(
            @{ Command = 'Get-SaltEvent' }
            @{ Command = 'Watch-SaltEvent' }
            @{ Command = 'Wait-SaltEvent' }
            @{ Command = 'Watch-SaltJob' }
            @{ Command = 'Register-SaltEvent' }
            @{ Command = 'New-SaltEventSession' }
            @{ Command = 'Test-SaltEventBus' }
        ) {
            $cases = @(
                @{ Given = [pscustomobject]@{ password = 's3cret' }; Shown = 'An object of type System.Management.Automation.PSCustomObject' }
                @{ Given = @{ password = 's3cret' }; Shown = 'An object of type System.Collections.Hashtable' }
                @{ Given = 'my/tag'; Shown = "'my/tag'" }
                @{ Given = 'nats://joe:s3cret@a'; Shown = 'An address' }
                @{ Given = 5; Shown = "'5'" }
                @{ Given = $null; Shown = 'A null' }
            )
            foreach ($case in $cases) {
                $problem = Get-ErrorOf { $case.Given | & $Command }
                "$problem" | Should -BeLike "$($case.Shown) came through the pipeline, but $Command takes only sessions and buses from there. *"
                $problem.FullyQualifiedErrorId | Should -BeLike 'NotASessionOrBus,*'
                "$($problem.CategoryInfo)" | Should -Not -Match 's3cret'
            }
        }

        It '<Command> says what came through the pipeline in place of its objects' -TestCases @(
            @{ Command = 'Stop-SaltEventBus'; Kind = 'bus' }
            @{ Command = 'Remove-SaltEventSession'; Kind = 'session' }
            @{ Command = 'Stop-SaltEventRelay'; Kind = 'relay' }
        ) {
            foreach ($given in 'text', @{ password = 's3cret' }, (Get-Date)) {
                "$(Get-ErrorOf { $given | & $Command -ErrorAction Stop })" | Should -Match "('.+'|An object of type System\.Collections\.Hashtable) is not a $Kind\b"
            }
        }

        It 'says where the object comes from that -Session and -Bus take, if the id or the path of one is given' {
            "$(Get-ErrorOf { Get-SaltEvent -Session 5 })" | Should -BeLike "*'5' is not a session. Give the object that New-SaltEventSession or Get-SaltEventSession returns.*"
            "$(Get-ErrorOf { Get-SaltEvent -Session @{ password = 's3cret' } })" | Should -BeLike '*An object of type System.Collections.Hashtable is not a session. Give the object that*'
            "$(Get-ErrorOf { Watch-SaltJob -Bus /tmp/bus })" | Should -BeLike "*'/tmp/bus' is not a bus. Give the object that Start-SaltEventBus or Get-SaltEventBus returns; -SockDir takes the directory of a bus.*"
        }
    }
}
