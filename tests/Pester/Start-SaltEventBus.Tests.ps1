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

    It 'runs a bus in a private directory (skipped on Windows, where it takes free ports)' -Skip:(-not $isUnix) {
        $bus = Start-SaltEventBus
        $bus.Node | Should -Be 'Master'
        $bus.MinionId | Should -BeNullOrEmpty
        $bus.State | Should -Be 'Running'
        (Get-Item $bus.SockDir).UnixMode | Should -Be 'drwx------'
        (Get-ChildItem $bus.SockDir -Force | Sort-Object Name).Name | Should -Be '.lock', 'master_event_pub.ipc', 'master_event_pull.ipc'
        foreach ($path in $bus.PubAddress, $bus.PullAddress) { (Get-Item $path).UnixMode | Should -Be 'srw-------' }
        Stop-SaltEventBus
        $bus.State | Should -Be 'Stopped'
        $bus.SockDir | Should -Not -Exist
    }

    It 'makes a missing directory, and takes it away again (skipped where there are no Unix sockets)' -Skip:(-not $isUnix) {
        $parent = New-TestPath
        $directory = Join-Path $parent 'run'
        $bus = Start-SaltEventBus -SockDir $directory
        $bus.SockDir | Should -Be $directory
        (Get-Item $directory).UnixMode | Should -Be 'drwx------'
        Join-Path $directory 'master_event_pub.ipc' | Should -Exist
        Stop-SaltEventBus $bus
        $parent | Should -Not -Exist
    }

    It 'takes a directory relative to the present one (skipped where there are no Unix sockets)' -Skip:(-not $isUnix) {
        $parent = New-TestPath
        $null = New-Item -ItemType Directory $parent
        Push-Location $parent
        try { (Start-SaltEventBus -SockDir ./here).SockDir | Should -Be (Join-Path $parent 'here') } finally { Pop-Location }
    }

    It 'names a minion''s sockets as Salt does (skipped where there are no Unix sockets)' -Skip:(-not $isUnix) {
        $bus = Start-SaltEventBus -Node Minion -MinionId 'web01'
        # The first ten hex digits of the id's SHA-256.
        $sha = [System.Security.Cryptography.SHA256]::Create().ComputeHash([System.Text.Encoding]::UTF8.GetBytes('web01'))
        $hash = (-join ($sha | ForEach-Object { $_.ToString('x2') })).Substring(0, 10)
        $bus.PubAddress | Should -BeLike "*minion_event_${hash}_pub.ipc"
        $bus.PullAddress | Should -BeLike "*minion_event_${hash}_pull.ipc"
    }

    It 'runs on free TCP ports of loopback with <Name>' -TestCases @(
        @{ Name = '-PubPort 0'; Arguments = @{ PubPort = 0 } }
        @{ Name = '-PullPort 0'; Arguments = @{ PullPort = 0 } }
        @{ Name = 'both'; Arguments = @{ PubPort = 0; PullPort = 0 } }
        @{ Name = '-HostName'; Arguments = @{ HostName = '127.0.0.1' } }
    ) {
        $bus = Start-SaltEventBus @Arguments
        $bus.PubPort | Should -BeGreaterThan 0
        $bus.PullPort | Should -BeGreaterThan 0
        $bus.PubPort | Should -Not -Be $bus.PullPort
        $bus.PubAddress | Should -Be "127.0.0.1:$($bus.PubPort)"
        $bus.SockDir | Should -BeNullOrEmpty
    }

    It 'speaks ZeroMQ on free TCP ports, to a listener in another process too' {
        $bus = Start-SaltEventBus -Transport ZeroMq -PubPort 0
        $bus.Transport | Should -Be 'ZeroMq'
        $bus.PubAddress | Should -Be "tcp://127.0.0.1:$($bus.PubPort)"
        $later = Start-WhenHeard $bus -Listeners 1 { Send-SaltEvent my/tag @{ n = 1 } }
        (Get-SaltEvent my/ -PubPort $bus.PubPort -PullPort $bus.PullPort -Transport ZeroMq -Wait 20).Data.n | Should -Be 1
        $null = Receive-Background $later
    }

    It 'becomes the default of this runspace, the last one first' {
        $first = Start-SaltEventBus
        $second = Start-SaltEventBus
        Send-SaltEvent 'to/second' 'x'
        Wait-Until { $second.EventsIn -eq 1 }
        Stop-SaltEventBus $second
        Send-SaltEvent 'to/first' 'x'
        Wait-Until { $first.EventsIn -eq 1 }
    }

    It 'is not the default of another runspace' {
        $bus = Start-SaltEventBus
        $problem = Get-ErrorOf { Receive-Background (Start-Background { Send-SaltEvent 'tag' 'x' }) }
        "$problem" | Should -Match 'no Salt event bus'
        $bus.EventsIn | Should -Be 0
    }

    It 'counts' {
        $bus = Start-SaltEventBus
        $sessions = 1..2 | ForEach-Object { New-SaltEventSession }
        Wait-Until { $bus.Subscribers -eq 2 }
        1..3 | Send-SaltEvent 'n'
        Wait-Until { $bus.EventsOut -eq 6 }
        $bus.EventsIn | Should -Be 3
        $bus.BytesOut | Should -Be (2 * $bus.BytesIn)
        $bus.Dropped, $bus.Malformed | Should -Be 0, 0
        $bus.SubscriberList.EventsOut | Should -Be 3, 3
        $sessions | Remove-SaltEventSession
        Wait-Until { $bus.Subscribers -eq 0 }
        $bus.EventsOut | Should -Be 6
    }

    It 'starts nothing with -WhatIf' {
        Start-SaltEventBus -SockDir (New-TestPath) -WhatIf | Should -BeNullOrEmpty
        Get-SaltEventBus | Should -BeNullOrEmpty
    }

    It 'says with -Verbose where it listens' {
        "$(Start-SaltEventBus -PubPort 0 -Verbose 4>&1)" | Should -Match '127\.0\.0\.1:\d+'
    }

    Context '-Master' {
        It 'takes <Kind>' -TestCases @(
            @{ Kind = 'a bus'; Value = { $master } }
            @{ Kind = 'a session'; Value = { $session } }
            @{ Kind = 'host:port'; Value = { $master.PullAddress } }
            if ($isUnix) {
                @{ Kind = 'a directory'; Value = { $master.SockDir } }
                @{ Kind = 'a directory relative to the present one'; Value = { Set-Location (Split-Path $master.SockDir); Split-Path -Leaf $master.SockDir } }
            }
        ) {
            $master = if ($Kind -eq 'host:port') { Start-SaltEventBus -PubPort 0 } else { Start-SaltEventBus }
            $session = New-SaltEventSession
            Push-Location
            $minion = Start-SaltEventBus -Master (& $Value) -MinionId 'web01'
            Pop-Location
            $minion.Node | Should -Be 'Minion'
            Send-SaltMasterEvent 'up' 'x' -Bus $minion
            (Get-SaltEvent -Session $session -Wait 30).Data.id | Should -Be 'web01'
            Wait-Until { $minion.Forwarded -eq 1 }
            Remove-SaltEventSession $session
        }
    }

    Context 'errors' {
        It 'refuses a directory where a bus lives (skipped where there are no Unix sockets)' -Skip:(-not $isUnix) {
            $bus = Start-SaltEventBus
            $problem = Get-ErrorOf { Start-SaltEventBus -SockDir $bus.SockDir }
            $problem.FullyQualifiedErrorId | Should -Be 'BusInUse,SaltEvents.Cmdlets.StartSaltEventBusCommand'
            $problem.TargetObject | Should -Be $bus.SockDir
            "$problem" | Should -Match 'another directory'
            $bus.State | Should -Be 'Running'
            Send-SaltEvent 'goes/on' 'x'
            Wait-Until { $bus.EventsIn -eq 1 }
        }

        It 'refuses a port that is in use: -<_>' -ForEach 'PubPort', 'PullPort' {
            $bus = Start-SaltEventBus -PubPort 0
            $used = @{ $_ = $bus.PubPort }
            $problem = Get-ErrorOf { Start-SaltEventBus @used }
            $problem.FullyQualifiedErrorId | Should -Be 'BusInUse,SaltEvents.Cmdlets.StartSaltEventBusCommand'
            $problem.CategoryInfo.Category | Should -Be 'ResourceExists'
            "$problem" | Should -Match "127\.0\.0\.1:$($bus.PubPort).*another port"
            (Get-SaltEventBus).Id | Should -Be $bus.Id
        }

        It 'says that a path is too long, and not that Salt might not run (skipped where there are no Unix sockets)' -Skip:(-not $isUnix) {
            $parent = New-TestPath
            $problem = Get-ErrorOf { Start-SaltEventBus -SockDir (Join-Path $parent ('x' * 120)) }
            $problem.FullyQualifiedErrorId | Should -Be 'BusAddressInvalid,SaltEvents.Cmdlets.StartSaltEventBusCommand'
            "$problem" | Should -Match 'shorter path'
            "$problem" | Should -Not -Match 'Is Salt running'
            $parent | Should -Not -Exist
        }

        It 'refuses <Name>' -TestCases @(
            @{ Name = 'sockets and ports together'; Arguments = @{ SockDir = 'x'; PubPort = 0 } }
            @{ Name = 'sockets and a host together'; Arguments = @{ SockDir = 'x'; HostName = '127.0.0.1' } }
            @{ Name = 'a master with a minion''s id'; Arguments = @{ Node = 'Master'; MinionId = 'x' } }
            @{ Name = 'a master with a master'; Arguments = @{ Node = 'Master'; Master = 'x' } }
            @{ Name = 'one port for both'; Arguments = @{ PubPort = 4000; PullPort = 4000 } }
        ) {
            $problem = Get-ErrorOf { Start-SaltEventBus @Arguments }
            $problem.FullyQualifiedErrorId | Should -Be 'ParametersDisagree,SaltEvents.Cmdlets.StartSaltEventBusCommand'
            $problem.CategoryInfo.Category | Should -Be 'InvalidArgument'
        }

        It 'refuses an invalid -Master, and leaves no directory behind' {
            # Other tests use the common directory at the same time.
            $variable = if ($isUnix) { 'TMPDIR' } else { 'TMP' }
            $before = [System.Environment]::GetEnvironmentVariable($variable)
            $temporary = [System.IO.Directory]::CreateDirectory((New-TestPath)).FullName
            [System.Environment]::SetEnvironmentVariable($variable, $temporary)
            try {
                $session = New-SaltEventSession -PubPort (Start-SaltEventBus -PubPort 0).PubPort # it does not know where to fire
                foreach ($wrong in 5, @{ }, (Start-SaltEventBus Minion -PubPort 0), $session) {
                    (Get-ErrorOf { Start-SaltEventBus -MinionId web01 -Master $wrong }).FullyQualifiedErrorId |
                        Should -Be 'InvalidMaster,SaltEvents.Cmdlets.StartSaltEventBusCommand'
                }

                Remove-SaltEventSession $session
                [System.IO.Directory]::GetFileSystemEntries($temporary) | Should -BeNullOrEmpty
            } finally {
                [System.Environment]::SetEnvironmentVariable($variable, $before)
            }
        }

        It 'refuses -SockDir on Windows, and names TCP (skipped elsewhere)' -Skip:$isUnix {
            $problem = Get-ErrorOf { Start-SaltEventBus -SockDir (New-TestPath) }
            $problem.FullyQualifiedErrorId | Should -Be 'UnixSocketsNotSupported,SaltEvents.Cmdlets.StartSaltEventBusCommand'
            "$problem" | Should -Match 'TCP'
        }
    }

    Context 'between processes and at the end' {
        It 'is used by another process through its directory or ports' {
            $bus = Start-SaltEventBus
            $session = New-SaltEventSession 'from/child'
            $child = Start-Child -Bus $bus {
                Send-SaltEvent 'from/child' @{ pid = $PID } @there
                (Get-SaltEvent 'to/child' @there -Wait 60).Data.text
            }
            (Get-SaltEvent -Session $session -Wait 60).Data.pid | Should -Be $child.Id
            Wait-Until { $bus.Subscribers -eq 2 }
            Send-SaltEvent 'to/child' @{ text = 'hello child' }
            $child.StandardOutput.ReadToEnd().Trim() | Should -Be 'hello child'
            $child.WaitForExit()
            Remove-SaltEventSession $session
        }

        It 'stops, with its files or ports, with <End>' -TestCases @(
            @{ End = 'Stop-SaltEventBus'; Script = { Show-Bus (Start-SaltEventBus); Stop-SaltEventBus; Wait-Line } }
            @{ End = 'Remove-Module'; Script = { Show-Bus (Start-SaltEventBus); Remove-Module SaltEvents; Wait-Line } }
            @{ End = 'the end of the process'; Script = { Show-Bus (Start-SaltEventBus) } }
            @{ End = '[Environment]::Exit'; Script = { Show-Bus (Start-SaltEventBus); [Environment]::Exit(3) } }
            @{ End = 'an error that ends the script'; Script = { Show-Bus (Start-SaltEventBus); $null = New-SaltEventSession; throw 'it' } }
            @{ End = 'exit 1'; Script = { Show-Bus (Start-SaltEventBus); exit 1 } }
            @{ End = 'the end of its runspace'; Script = {
                    $shell = [powershell]::Create()
                    Show-Bus $shell.AddScript('Import-Module $args[0]; Start-SaltEventBus').AddArgument((Get-Module SaltEvents).Path).Invoke()[0]
                    $shell.Dispose()
                    Wait-Line
                }
            }
        ) {
            $tools = {
                function Wait-Line { $null = [Console]::In.ReadLine() }
                function Show-Bus($Bus) { $Bus.PubAddress, "$($Bus.SockDir)"; Wait-Line }
            }
            $child = Start-Child ([scriptblock]::Create("$tools`n$Script"))
            $address, $directory = $child.StandardOutput.ReadLine(), $child.StandardOutput.ReadLine()
            Test-Listening $address | Should -BeTrue
            $child.StandardInput.WriteLine()
            Wait-Until { -not (Test-Listening $address) }
            if ($directory) { Wait-Until { -not [System.IO.Directory]::Exists($directory) } }
            if ("$Script" -match 'Wait-Line') {
                # It was not the end of the process that removed them.
                $child.HasExited | Should -BeFalse
                $child.StandardInput.WriteLine()
            }

            $child.WaitForExit(30000) | Should -BeTrue
        }

        It 'stops, with its files, when SIG<Signal> ends the process (skipped where there are no signals)' -Skip:(-not $isUnix) -TestCases @(@{ Signal = 'TERM' }, @{ Signal = 'HUP' }) {
            $child = Start-Child { (Start-SaltEventBus).SockDir; $null = [Console]::In.ReadLine() }
            $directory = $child.StandardOutput.ReadLine()
            $directory | Should -Exist
            & kill -s $Signal $child.Id
            $child.WaitForExit(30000) | Should -BeTrue
            $directory | Should -Not -Exist
        }

        It 'replaces the socket files of a process that was killed (skipped where there are no Unix sockets)' -Skip:(-not $isUnix) {
            $directory = New-TestPath
            $child = Start-Child -ArgumentList $directory { (Start-SaltEventBus -SockDir $args[0]).SockDir; $null = [Console]::In.ReadLine() }
            $child.StandardOutput.ReadLine() | Should -Be $directory
            $child.Kill()
            $child.WaitForExit()
            @(Get-ChildItem $directory).Count | Should -Be 2
            $problem = Get-ErrorOf { Get-SaltEvent -SockDir $directory }
            $problem.FullyQualifiedErrorId | Should -Be 'BusNotFound,SaltEvents.Cmdlets.GetSaltEventCommand'
            "$problem" | Should -Match 'nothing listens'
            $bus = Start-SaltEventBus -SockDir $directory
            $session = New-SaltEventSession
            Send-SaltEvent 'alive' 'x'
            (Get-SaltEvent -Session $session -Wait 30).Tag | Should -Be 'alive'
            Stop-SaltEventBus $bus
            Get-ChildItem $directory -Force | Should -BeNullOrEmpty
            Remove-SaltEventSession $session
        }
    }

    It 'refuses the id of a minion that no master accepts, and one port for both' {
        "$(Get-ErrorOf { Start-SaltEventBus -MinionId a/b })" | Should -BeLike '*"a/b" is not the id of a minion. *'
        "$(Get-ErrorOf { Start-SaltEventBus -PubPort 4512 -PullPort 4512 })" | Should -Be '-PubPort and -PullPort are both 4512. Give two different ports.'
    }
}
