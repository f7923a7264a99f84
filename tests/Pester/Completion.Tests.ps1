BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'SaltEvents.TestHelpers.psm1') -Force
    function Complete { param($Line) (TabExpansion2 $Line).CompletionMatches.CompletionText }
    $bus = Start-SaltEventBus
    $session = New-SaltEventSession
    'myco/deploy', "it's/[odd] `$tag" | ForEach-Object { Send-SaltEvent $_ @{ } }
    New-SaltEvent JobReturn -MinionId web01, 'db 01' -JobId 20261127100000000000 | Send-SaltEvent
    $null = Get-SaltEvent -Session $session -Count 4 -Wait 30
}

AfterAll {
    Clear-SaltTest
}

Describe 'Completion' {
    It 'offers to <Command> every family that it accepts, and no other' -TestCases @(
        @{ Command = 'Get-SaltEvent'; Time = @{ Wait = 0 } }
        @{ Command = 'Watch-SaltEvent'; Time = @{ Timeout = 0 } }
        @{ Command = 'Wait-SaltEvent'; Time = @{ Timeout = 0 } }
    ) {
        $offered = Complete "$Command -Family "
        $offered | Should -Contain 'JobReturn'
        { & $Command -Session $session -Family $offered -ErrorAction SilentlyContinue @Time } | Should -Not -Throw
        { Get-SaltEvent -Session $session -Family none -Wait 0 } | Should -Throw "*The families are $(($offered | Sort-Object -CaseSensitive) -join ', ')."
    }

    It 'offers to <Command> the tags that were sent, the last one first' -TestCases @(
        @{ Command = 'Send-SaltEvent -Tag ' }
        @{ Command = 'Send-SaltMasterEvent -Tag ' }
        @{ Command = 'New-SaltEvent -Tag ' }
    ) {
        $offered = Complete $Command
        $offered[0..3] | Should -Be "'salt/job/20261127100000000000/ret/db 01'", "'salt/job/20261127100000000000/ret/web01'", "'it''s/[odd] `$tag'", "'myco/deploy'"
        $offered | Should -Contain "'salt/presence/present'"
        $offered -match '\*' | Should -BeNullOrEmpty
        Complete "${Command}myc" | Should -Be "'myco/deploy'"
    }

    It 'offers to <Command> forms of tags and the tags of the session, with their wildcards taken literally' -TestCases @(
        @{ Command = 'Get-SaltEvent -Tag ' }
        @{ Command = 'Watch-SaltEvent ' }
        @{ Command = 'New-SaltEventSession ' }
    ) {
        $offered = Complete $Command
        $offered | Should -Contain "'salt/job/*/ret/*'"
        $offered | Should -Contain "'myco/deploy'"
        $offered | Should -Contain "'it''s/``[odd``] `$tag'"
        Complete "${Command}salt/auth" | Should -Be "'salt/auth'", "'salt/auth/creds'"
        Complete "${Command}*deploy" | Should -Be "'myco/deploy'"
    }

    It 'offers what listens to the very event again' {
        $tag = (Complete 'Get-SaltEvent -Tag it')
        $again = New-SaltEventSession ([scriptblock]::Create($tag).Invoke()[0])
        Send-SaltEvent "it's/[odd] `$tag" @{ }
        (Get-SaltEvent -Session $again -Wait 30).Tag | Should -Be "it's/[odd] `$tag"
        Remove-SaltEventSession $again
    }

    It 'does not offer what -WhatIf did not send' {
        Send-SaltEvent whatif/tag @{ } -WhatIf
        Complete 'Send-SaltEvent -Tag whatif' | Should -Not -Contain "'whatif/tag'"
    }

    It 'offers the ids of minions and jobs that were seen' {
        # Other tests of this session may have shown it further ids.
        Complete 'New-SaltEvent JobReturn -MinionId ' | Should -Contain "'db 01'"
        Complete 'New-SaltEvent JobNew -Minions web' | Should -Contain 'web01'
        Complete 'New-SaltEvent JobNew -Minions web' | Should -Not -Contain "'db 01'"
        Complete 'Send-SaltEvent my/tag @{ } -Target w' | Should -Contain 'web01'
        Complete 'New-SaltEvent JobReturn -JobId ' | Should -Contain "'20261127100000000000'"
    }

    It 'shows nothing that controls a terminal or changes the order of its text: <Name>' -TestCases @(
        @{ Name = 'ESC'; Character = [char]0x1b }, @{ Name = 'C1'; Character = [char]0x9b }, @{ Name = 'right to left'; Character = [char]0x202e }, @{ Name = 'line separator'; Character = [char]0x2028 }
    ) {
        $odd = New-SaltEventSession
        New-SaltEvent JobReturn -MinionId "odd${Character}01" -JobId 20261127100000000001 -Function "odd${Character}.run" | Send-SaltEvent
        $null = Get-SaltEvent -Session $odd -Wait 30
        foreach ($command in 'Send-SaltEvent -Tag ', 'Get-SaltEvent -Tag ', 'New-SaltEvent JobReturn -MinionId ', 'Send-SaltEvent my/tag @{ } -Target ', 'Wait-SaltJob ') {
            "$((TabExpansion2 $command).CompletionMatches | ForEach-Object { $_.CompletionText, $_.ListItemText, $_.ToolTip })" | Should -Not -Match $Character
        }
        (TabExpansion2 'Wait-SaltJob ').CompletionMatches[0].ToolTip | Should -Be '20261127100000000001 odd .run'
        Remove-SaltEventSession $odd
    }

    It 'offers the ids of what is open' {
        Complete 'Remove-SaltEventSession -Id ' | Should -Be $session.Id
        Complete 'Get-SaltEventSession ' | Should -Be $session.Id
        Complete 'Stop-SaltEventBus -Id ' | Should -Be $bus.Id
        Complete 'Get-SaltEventBus ' | Should -Be $bus.Id
        Complete 'Stop-SaltEventBus ' | Should -Be $bus.Id
        Complete 'Remove-SaltEventSession ' | Should -Be $session.Id
        Complete 'Stop-SaltEventBus -Bus ' | Should -BeNullOrEmpty -Because 'it takes objects'
        Complete 'Remove-SaltEventSession -Sess ' | Should -BeNullOrEmpty
        (TabExpansion2 'Stop-SaltEventBus -Id ').CompletionMatches[0].ToolTip | Should -Match ([regex]::Escape($bus.SockDir))
    }

    It 'offers only directories for -SockDir' {
        $folder = New-TestPath
        $null = New-Item -ItemType Directory (Join-Path $folder 'inner')
        Set-Content (Join-Path $folder 'infile') 'x'
        @(Complete "Get-SaltEvent -SockDir $folder/in") | ForEach-Object { Split-Path $_ -Leaf } | Should -Be 'inner'
        @(Complete "Start-SaltEventBus -SockDir $folder/in") | ForEach-Object { Split-Path $_ -Leaf } | Should -Be 'inner'
    }

    It 'throws nothing, whatever is typed: <Typed>' -TestCases @(@{ Typed = '[' }, @{ Typed = '[a-' }, @{ Typed = '*[' }, @{ Typed = "'" }, @{ Typed = '`' }, @{ Typed = '\' }) {
        foreach ($command in 'Get-SaltEvent -Tag', 'Send-SaltEvent -Tag', 'New-SaltEvent', 'New-SaltEvent JobNew -Minions', 'Get-SaltEvent -SockDir') {
            { TabExpansion2 "$command $Typed" } | Should -Not -Throw
        }
    }

    It 'belongs only to its runspace' {
        (Receive-Background (Start-Background { (TabExpansion2 'Send-SaltEvent -Tag myco').CompletionMatches.CompletionText })) | Should -Not -Contain "'myco/deploy'"
    }
}
