BeforeDiscovery {
    $isUnix = $PSVersionTable.PSEdition -eq 'Core' -and -not $IsWindows
}

BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'SaltEvents.TestHelpers.psm1') -Force

    # A directory like /etc/salt, with one file in it.
    function New-Configuration {
        param([string] $Name, [string[]] $Line)
        $directory = New-TestPath
        $null = New-Item -ItemType Directory $directory
        Set-Content (Join-Path $directory $Name) $Line -Encoding ascii
        $directory
    }
}

AfterAll {
    Clear-SaltTest
}

Describe 'Test-SaltEventBus' {
    AfterEach {
        Stop-SaltEventBus
    }

    It 'finds nothing wrong with a good bus' {
        $bus = Start-SaltEventBus -PubPort 0
        $test = Test-SaltEventBus -Fire
        $test.Ok | Should -BeTrue
        $test.Node | Should -Be 'Master'
        $test.CanRead, $test.CanFire | Should -Be $true, $true
        $test.PubAddress, $test.PullAddress | Should -Be $bus.PubAddress, $bus.PullAddress
        $test.Dialect, $test.Accepts | Should -Be 'Map', 'Map'
        $test.RoundTrip | Should -BeGreaterThan ([timespan]::Zero)
        $test.Advice | Should -Be 'Nothing is wrong.'
    }

    It 'fires nothing without -Fire' {
        $bus = Start-SaltEventBus -PubPort 0
        $test = Test-SaltEventBus -Timeout 0
        $test.Ok, $test.Dialect | Should -Be $true, 'NoneSeen' # silence is not a fault
        $test.RoundTrip | Should -BeNullOrEmpty
        "$($test.Advice)" | Should -Match 'use -Fire to see whether it delivers events'
        $bus.EventsIn | Should -Be 0
    }

    It 'fires an event that can be distinguished from others' {
        $bus = Start-SaltEventBus -PubPort 0
        $session = New-SaltEventSession
        $null = Test-SaltEventBus -Bus $bus -Fire
        (Get-SaltEvent -Session $session).Tag | Should -Match '^saltevents/test/[0-9a-f]{32}$'
        Remove-SaltEventSession $session
    }

    It 'detects the dialect <_>, and fires in it' -ForEach 'Map', 'LengthPrefixed' {
        $null = Start-SaltEventBus -PubPort 0 -Framing $_ -AcceptFraming $_
        $test = Test-SaltEventBus -Fire
        $test.Ok, $test.Dialect, $test.Accepts | Should -Be $true, $_, $_
    }

    It 'shows owner and mode of each step (skipped where there are no Unix sockets)' -Skip:(-not $isUnix) {
        $bus = Start-SaltEventBus
        $test = Test-SaltEventBus -SockDir $bus.SockDir -Timeout 0
        "$($test.Settings)" | Should -Be "sock_dir = $($bus.SockDir) (-SockDir)"
        $steps = $test.Steps
        $steps[0].Path | Should -Be '/'
        $steps[-3].Path, $steps[-3].Mode, $steps[-3].Kind | Should -Be $bus.SockDir, '0700', 'directory'
        $steps[-2].Path, $steps[-2].Mode, $steps[-2].Kind | Should -Be $bus.PubAddress, '0600', 'socket'
        $steps[-1].Path, $steps[-1].Owner | Should -Be $bus.PullAddress, ([Environment]::UserName)
        Test-SaltEventBus -SockDir (New-TestPath) | Out-String -Width 80 | Should -Match '  missing, or hidden by permissions'
    }

    It 'says which daemon to start (skipped on Windows, where it is always the minion)' -Skip:($PSVersionTable.PSEdition -ne 'Core' -or $IsWindows) {
        $directory = New-TestPath
        $null = New-Item -ItemType Directory $directory
        foreach ($node in 'master', 'minion') { Set-Content (Join-Path $directory $node) "sock_dir: $directory`nid: web01" }
        "$((Test-SaltEventBus -ConfigPath $directory -Node Minion -Timeout 0).Advice)" | Should -BeLike '*systemctl start salt-minion)*'
        "$((Test-SaltEventBus -ConfigPath $directory -Node Master -Timeout 0).Advice)" | Should -BeLike '*systemctl start salt-master)*'
    }

    It 'returns a result and no error for a bus that is not there' {
        $test = Test-SaltEventBus -PubPort 1 -PullPort 1 -Fire -ErrorAction Stop
        $test.Ok, $test.CanRead, $test.CanFire | Should -Be $false, $false, $false
        "$($test.Advice)" | Should -Match 'nothing listens on that port.*Get-SaltEventBus -Found'
    }

    It 'never looks further than SALTEVENTS_SOCKDIR where no bus is named' {
        $test = Test-SaltEventBus
        $test.Ok | Should -BeFalse
        $test.Origin | Should -Be 'environment variable SALTEVENTS_SOCKDIR'
    }

    It 'says which line of Salt''s configuration made up the address' {
        $directory = New-Configuration minion '# mine', 'ipc_mode: tcp', "tcp_pull_port: '2'"
        $test = Test-SaltEventBus -ConfigPath $directory
        $test.Node, $test.PubAddress, $test.PullAddress | Should -Be 'Minion', '127.0.0.1:4510', '127.0.0.1:2'
        $file = Join-Path $directory minion
        "$($test.Settings -join '; ')" | Should -Be "ipc_mode = tcp (${file}:2); tcp_pub_port = 4510 (default); tcp_pull_port = 2 (${file}:3)"
        $test.Steps | Should -BeNullOrEmpty
    }

    It 'says what is wrong with the configuration, and on which line' {
        $directory = New-Configuration master 'ipc_mode: tcp', 'tcp_master_pub_port: many'
        $test = Test-SaltEventBus -ConfigPath $directory
        $test.Ok | Should -BeFalse
        "$($test.Advice)" | Should -BeLike "$(Join-Path $directory master):2: tcp_master_pub_port is 'many'; expected is a port from 1 to 65535.*"
    }

    It 'ends with an error only where its parameters contradict each other' {
        (Get-ErrorOf { Test-SaltEventBus -HostName x }).FullyQualifiedErrorId | Should -BeLike 'ParametersDisagree,*'
    }

    It 'fits 80 columns' {
        $null = Start-SaltEventBus -PubPort 0
        $text = (Test-SaltEventBus -Fire), (Test-SaltEventBus -PubPort 1) | Out-String -Width 80
        $text -split '\r?\n' | ForEach-Object { $_.Length | Should -BeLessOrEqual 80 }
        $text | Should -Match 'RoundTrip   : [0-9]+[^0-9 ]?[0-9]* ms'
        $text | Should -Match 'Advice      : Nothing is wrong\.'
    }
}

Describe 'Get-SaltEventBus -Found' {
    AfterEach {
        Stop-SaltEventBus
    }

    It 'finds what another process runs, which can be used and not be stopped' {
        $child = Start-Child { $bus = Start-SaltEventBus -PubPort 0; "$($bus.PubPort) $($bus.PullPort)"; $null = [Console]::In.ReadLine() }
        $ports = -split $child.StandardOutput.ReadLine()
        $directory = New-Configuration master 'ipc_mode: tcp', "tcp_master_pub_port: $($ports[0])", "tcp_master_pull_port: $($ports[1])"
        $found = Get-SaltEventBus -Found -ConfigPath $directory
        $found | Should -BeOfType [SaltEvents.SaltEventFoundBus]
        $found.Node, $found.State, $found.PubAddress | Should -Be 'Master', 'Running', "127.0.0.1:$($ports[0])"
        (Test-SaltEventBus -Bus $found -Fire).Ok | Should -BeTrue
        Get-ErrorOf { Stop-SaltEventBus $found } | Should -Match 'is not a bus that this process runs'
        $null = Get-ErrorOf { $found | Stop-SaltEventBus -ErrorAction Stop }
        (Test-SaltEventBus -Bus $found -Timeout 0).Ok | Should -BeTrue
        $child.StandardInput.WriteLine()
        $child.WaitForExit()
        (Get-SaltEventBus -Found -ConfigPath $directory).State | Should -Be 'NotRunning'
    }

    It 'does not list the buses of this session, which plain Get-SaltEventBus lists' {
        $bus = Start-SaltEventBus -PubPort 0
        $directory = New-Configuration master 'ipc_mode: tcp', "tcp_master_pub_port: $($bus.PubPort)", "tcp_master_pull_port: $($bus.PullPort)"
        Get-SaltEventBus -Found -ConfigPath $directory | Should -BeNullOrEmpty
        (Get-SaltEventBus).Id | Should -Be $bus.Id
    }
}
