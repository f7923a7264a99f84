BeforeAll {
    Import-Module "$PSScriptRoot/SaltEvents.TestHelpers.psm1" -Force
    $bus = Start-SaltEventBus
    $session = New-SaltEventSession
    $there = Get-BusAddress $bus
}

AfterAll { Clear-SaltTest }

Describe 'Parameters that name a bus' {
    It '<Command> has a parameter set for each way' -TestCases @(
        @{ Command = 'Get-SaltEvent'; More = ' Uri' }
        @{ Command = 'Watch-SaltEvent'; More = ' Uri' }
        @{ Command = 'New-SaltEventSession'; More = ' Uri' }
        @{ Command = 'Test-SaltEventBus'; More = ' Uri' }
        @{ Command = 'Send-SaltEvent'; More = ' Uri' }
        @{ Command = 'Send-SaltMasterEvent' }
    ) {
        $sets = (Get-Command $Command).ParameterSets
        ($sets.Name | Sort-Object) -join ' ' | Should -BeExactly ('Bus ConfigPath Node Ports Session SockDir' + $More)
        ($sets | Where-Object IsDefault).Name | Should -Be 'Node'
        ($sets | Where-Object Name -eq 'SockDir').Parameters.Name | Should -Not -Contain 'PubPort'
    }

    It 'no parameter of a local bus shows with -Uri, and none of -Uri without it' {
        $commands = @(Get-Command -Module SaltEvents | Where-Object { $_.ParameterSets.Name -contains 'Uri' }) # a relay has a bus and an address
        $commands.Count | Should -BeGreaterThan 8
        $local = 'Node', 'SockDir', 'ConfigPath', 'MinionBus', 'PubPort', 'PullPort', 'HostName', 'Session', 'Bus', 'Transport', 'Framing', 'TagForm', 'SaltVersion', 'KeepTimestamp'
        $remote = 'Uri', 'Credential', 'Eauth', 'Token', 'SkipCertificateCheck', 'AllowUnencryptedAuthentication'
        foreach ($set in $commands.ParameterSets) {
            $foreign = if ($set.Parameters.Name -contains 'Uri') { $local } else { $remote }
            $set.Parameters.Name | Where-Object { $_ -in $foreign } | Should -BeNullOrEmpty -Because "$($set.Name) is $set"
        }
    }

    It 'a default of <Default> gives way to what is given' -TestCases @(
        @{ Default = 'SockDir'; Value = { 'nowhere' } }
        @{ Default = 'PubPort'; Value = { 1 } }
        @{ Default = 'ConfigPath'; Value = { 'nowhere' } }
        @{ Default = 'Session'; Value = { $session } }
    ) {
        $PSDefaultParameterValues = @{ "*-Salt*:$Default" = & $Value }
        Send-SaltEvent a/tag -Bus $bus
        Send-SaltEvent a/tag @there -ErrorAction Stop
        $PSDefaultParameterValues = @{}
        @(Get-SaltEvent a/tag -Session $session -Count 2 -Wait 30).Count | Should -Be 2
    }

    It 'a default of <Default> gives way to what comes through the pipeline' -TestCases @(
        @{ Default = 'SockDir'; Value = { 'nowhere' } }
        @{ Default = 'PubPort'; Value = { 1 } }
        @{ Default = 'ConfigPath'; Value = { 'nowhere' } }
        @{ Default = 'Node'; Value = { 'Minion' } }
        @{ Default = 'Uri'; Value = { 'https://localhost:1' } }
        @{ Default = 'Bus'; Value = { $other } }
        @{ Default = 'Session'; Value = { $otherSession } }
        @{ Default = 'S*D?r'; Value = { { 'nowhere' } } }
    ) {
        $other = Start-SaltEventBus
        $otherSession = New-SaltEventSession -Bus $other
        try {
            Send-SaltEvent c/tag -Bus $bus
            $PSDefaultParameterValues = @{ "*-Salt*:$Default" = & $Value }
            ($session | Get-SaltEvent c/tag -Wait 30).Tag | Should -Be 'c/tag'
            @($bus, $other | Test-SaltEventBus -Timeout 0).PubAddress | Should -Be $bus.PubAddress, $other.PubAddress
            $made = $bus | New-SaltEventSession never
            $made.PubAddress | Should -Be $bus.PubAddress
            $made | Remove-SaltEventSession
            $made.State, $session.State, $otherSession.State | Should -Be Closed, Open, Open
        } finally {
            $PSDefaultParameterValues = @{}
            $otherSession | Remove-SaltEventSession
            $other | Stop-SaltEventBus
        }
    }

    It 'a default of -<Default> does not stop a command that it does not fit: <Name>' -TestCases @(
        @{ Default = 'Timeout'; Value = 30; Name = 'Send-SaltEvent without -Target'; Run = { Send-SaltEvent d/tag -Bus $bus } }
        @{ Default = 'Timeout'; Value = ([timespan]'0:0:30'); Name = 'Send-SaltEvent, a TimeSpan'; Run = { Send-SaltEvent d/tag -Bus $bus } }
        @{ Default = 'Wait'; Value = 5; Name = 'Send-SaltEvent without -Target'; Run = { 1 | Send-SaltEvent d/tag -Bus $bus } }
        @{ Default = 'MinionId'; Value = 'web01'; Name = 'New-SaltEvent with a tag'; Run = { New-SaltEvent d/tag } }
        @{ Default = 'ConfigPath'; Value = 'nowhere'; Name = 'Get-SaltEventBus'; Run = { Get-SaltEventBus } }
        @{ Default = 'SockDir'; Value = 'nowhere'; Name = 'Start-SaltEventBus -PubPort'; Run = { Start-SaltEventBus -PubPort 0 | Stop-SaltEventBus } }
        @{ Default = 'QueueSize'; Value = 5; Name = 'Watch-SaltEvent -Session'; Run = { Watch-SaltEvent -Session $session -Timeout 0 } }
        @{ Default = 'Framing'; Value = 'Map'; Name = 'Start-SaltEventBus -SaltVersion'; Run = { Start-SaltEventBus -PubPort 0 -SaltVersion 3006.10 | Stop-SaltEventBus } }
    ) {
        $PSDefaultParameterValues = @{ "*-Salt*:$Default" = $Value }
        & $Run -ErrorAction Stop
    }

    It 'what the caller gives has to fit all the same' {
        $PSDefaultParameterValues = @{ '*-Salt*:Timeout' = 30; '*-Salt*:ConfigPath' = 'nowhere' }
        (Get-ErrorOf { Send-SaltEvent d/tag -Bus $bus -Timeout 5 }).FullyQualifiedErrorId | Should -BeLike 'ParametersDisagree,*'
        $PSDefaultParameterValues['Invoke-RestMethod:Timeout*'] = 5 # of another command
        (Get-ErrorOf { Send-SaltEvent d/tag -Bus $bus -Timeout 5 }).FullyQualifiedErrorId | Should -BeLike 'ParametersDisagree,*'
        "$(Get-ErrorOf { Get-SaltEventBus -ConfigPath elsewhere -ErrorAction Stop })" | Should -BeLike '*elsewhere*' # it implies -Found
    }

    It 'defaults that are switched off are not taken for what the caller gives' {
        $PSDefaultParameterValues = @{ '*-Salt*:Timeout' = 5; Disabled = $false }
        Send-SaltEvent d/tag -Bus $bus -Timeout 5 # equals a default that is on
        $PSDefaultParameterValues['Disabled'] = $true
        (Get-ErrorOf { Send-SaltEvent d/tag -Bus $bus -Timeout 5 }).FullyQualifiedErrorId | Should -BeLike 'ParametersDisagree,*'
        (Get-ErrorOf { $session | Get-SaltEvent -Bus $bus -Wait 0 -ErrorAction Stop }).FullyQualifiedErrorId | Should -BeLike 'ParametersDisagree,*'
        $PSDefaultParameterValues['*-Salt*:Bus'] = $bus
        (Get-ErrorOf { $session | Get-SaltEvent -Bus $bus -Wait 0 -ErrorAction Stop }).FullyQualifiedErrorId | Should -BeLike 'ParametersDisagree,*'
        $null = $session | Get-SaltEvent -Wait 0 -ErrorAction Stop
    }

    It 'a default of -Bus is not stopped in place of the bus from the pipeline' {
        $kept, $ended = (Start-SaltEventBus), (Start-SaltEventBus)
        $PSDefaultParameterValues = @{ '*-Salt*:Bus' = $kept }
        $ended | Stop-SaltEventBus
        $PSDefaultParameterValues = @{}
        $kept.State, $ended.State | Should -Be Running, Stopped
        $kept | Stop-SaltEventBus
    }

    It 'a bus from the pipeline and a parameter that names another are an error that says so: <Name>' -TestCases @(
        @{ Name = 'SockDir'; Value = { 'elsewhere' } }
        @{ Name = 'Session'; Value = { $session } }
        @{ Name = 'Bus'; Value = { $bus } }
        @{ Name = 'Uri'; Value = { 'https://localhost:1' } }
    ) {
        $more = @{ $Name = & $Value }
        $problem = Get-ErrorOf { $bus | Get-SaltEvent -Wait 0 @more }
        $problem.FullyQualifiedErrorId | Should -Be 'ParametersDisagree,SaltEvents.Cmdlets.GetSaltEventCommand'
        "$problem" | Should -BeLike "*through the pipeline, but -$Name names a bus too*"
    }

    It 'a default names the bus where nothing else does' {
        $other = Start-SaltEventBus
        $PSDefaultParameterValues = @{ '*-Salt*:Bus' = $bus }
        Send-SaltEvent b/tag
        (Get-SaltEvent b/tag -Session $session -Wait 30).Tag | Should -Be 'b/tag'
        Stop-SaltEventBus $other
    }

    It 'shows the properties that matter of <Name> as a list' -TestCases @(
        @{ Name = 'a bus'; Make = { $bus }; Shown = 'Id', 'Node', 'State', 'Address', 'Subscribers', 'Senders', 'EventsIn', 'EventsOut', 'Dropped' }
        @{ Name = 'a session'; Make = { $session }; Shown = 'Id', 'State', 'Tag', 'PubAddress', 'Queued', 'Received', 'Matched', 'Dropped' }
    ) {
        $lines = (& $Make | Format-List | Out-String).Trim() -split '\r?\n'
        ($lines -replace ' *:.*') -join ' ' | Should -BeExactly ($Shown -join ' ')
    }

    Context 'the pipeline' {
        It 'takes a session' {
            1..2 | Send-SaltEvent p -Bus $bus
            ($session | Get-SaltEvent p -Count 2 -Wait 30).Data.data | Should -Be 1, 2
        }

        It 'takes a bus' {
            ($bus | Test-SaltEventBus -Timeout 0).PubAddress | Should -Be $bus.PubAddress
            $made = $bus | New-SaltEventSession never
            $made.PubAddress | Should -Be $bus.PubAddress
            $made | Remove-SaltEventSession
        }

        It 'takes several, one after the other' {
            $first, $second = (Start-SaltEventBus), (Start-SaltEventBus)
            @($first, $second | Test-SaltEventBus -Timeout 0).PubAddress | Should -Be $first.PubAddress, $second.PubAddress
            $first, $second | Get-SaltEvent -Wait 0.05 | Should -BeNullOrEmpty
            Wait-Until { $first.Subscribers -eq 0 -and $second.Subscribers -eq 0 }
            $first, $second | Stop-SaltEventBus
        }

        It 'takes buses that were found (skipped where there are no Unix sockets)' -Skip:($PSVersionTable.PSEdition -ne 'Core' -or $IsWindows) {
            $task = Start-Child -Bus $bus { try { $null = Start-SaltEventBus -SockDir $args[0] -ErrorAction Stop; 'up' } catch { "$_" }; [Console]::In.ReadLine() } -ArgumentList ($directory = New-TestPath)
            $task.StandardOutput.ReadLine() | Should -Be 'up'
            $old, $env:SALTEVENTS_SOCKDIR = $env:SALTEVENTS_SOCKDIR, $directory
            try {
                $test = Get-SaltEventBus -Found | Test-SaltEventBus -Timeout 0
                $test.CanRead | Should -BeTrue -Because "$($test.Advice)"
            } finally {
                $env:SALTEVENTS_SOCKDIR = $old
                $task.StandardInput.WriteLine()
                $task.WaitForExit()
            }
        }
    }

    It 'New-SaltEventSession -WhatIf opens nothing' {
        $before = @(Get-SaltEventSession).Count
        New-SaltEventSession -Bus $bus -WhatIf | Should -BeNullOrEmpty
        @(Get-SaltEventSession).Count | Should -Be $before
    }
}
