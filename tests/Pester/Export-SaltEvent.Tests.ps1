BeforeDiscovery {
    $hasSignals = $PSVersionTable.PSEdition -eq 'Core' -and -not $IsWindows
}

BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'SaltEvents.TestHelpers.psm1') -Force
    $folder = New-TestPath
    $null = New-Item -ItemType Directory $folder
    function New-File { param($Name = 'run.jsonl') Join-Path (New-Item -ItemType Directory (Join-Path $folder ([guid]::NewGuid().ToString('N')))).FullName $Name }
}

AfterAll {
    Clear-SaltTest
}

Describe 'Export-SaltEvent' {
    It 'writes an event a line, which is plain JSON' {
        $file = New-File
        New-SaltEvent JobReturn -MinionId web01, web02 -FailedState nginx_running | Export-SaltEvent $file | Should -BeNullOrEmpty
        $lines = Get-Content $file
        $lines.Count | Should -Be 2
        ($lines | ConvertFrom-Json).data.id | Should -Be 'web01', 'web02'
        $lines[0] | Should -Match '^\{"tag":"salt/job/\d+/ret/web01","data":\{"cmd":"_return",'
    }

    It 'has each event in the file before the next comes' {
        $file = New-File
        1..3 | ForEach-Object { New-SaltEvent "n/$_" } | Export-SaltEvent $file -PassThru | ForEach-Object { @(Import-SaltEvent $file).Count } | Should -Be 1, 2, 3
    }

    It 'keeps a second writer in another process out (macOS and other Unix systems have no such lock)' -Skip:($PSVersionTable.PSEdition -eq 'Core' -and -not ($IsLinux -or $IsWindows)) {
        $file = New-TestPath
        $task = Start-Child {
            & { New-SaltEvent my/first; [Console]::Out.WriteLine('open'); $null = [Console]::In.ReadLine(); New-SaltEvent my/second } | Export-SaltEvent $args[0]
        } -ArgumentList $file
        try {
            $task.StandardOutput.ReadLine() | Should -Be 'open'
            { New-SaltEvent my/other | Export-SaltEvent $file -Append -ErrorAction Stop } | Should -Throw -ErrorId 'FileNotWritable*'
        } finally {
            $task.StandardInput.WriteLine()
            $task.WaitForExit()
        }
        (Import-SaltEvent $file).Tag | Should -Be 'my/first', 'my/second'
    }

    It 'does not write the file that it is given events from' -TestCases @(@{ Append = $false }, @{ Append = $true }) {
        $file = New-File
        1..3 | ForEach-Object { New-SaltEvent "n/$_" } | Export-SaltEvent $file
        { Import-SaltEvent $file | Export-SaltEvent $file -Append:$Append } | Should -Throw -ErrorId 'FileNotWritable,*'
        (Import-SaltEvent $file).Tag | Should -Be 'n/1', 'n/2', 'n/3'
    }

    It 'empties a file that gets no events' {
        $file = New-File
        New-SaltEvent n/1 | Export-SaltEvent $file
        @() | Export-SaltEvent $file
        (Get-Item $file).Length | Should -Be 0
    }

    It 'returns an event again as it was, byte for byte, from <Name>' -TestCases @(@{ Name = 'run.jsonl' }, @{ Name = 'run.jsonl.gz' }) {
        $file = New-File $Name
        $vectors = Join-Path ([WildcardPattern]::Escape($PSScriptRoot)) '../vectors/salt-[0-9]*.jsonl'
        Import-SaltEvent $vectors | Export-SaltEvent $file -IncludeSecret
        $before = @(Import-SaltEvent $vectors | ForEach-Object { [Convert]::ToBase64String($_.WireBody) })
        $after = @(Import-SaltEvent $file | ForEach-Object { [Convert]::ToBase64String($_.WireBody) })
        $after.Count | Should -BeGreaterThan 100
        $after -join "`n" | Should -Be ($before -join "`n")
    }

    It 'replaces the file, or appends' {
        $file = New-File
        New-SaltEvent a/1 | Export-SaltEvent $file
        New-SaltEvent a/2 | Export-SaltEvent $file -Append
        (Import-SaltEvent $file).Tag | Should -Be 'a/1', 'a/2'
        New-SaltEvent a/3 | Export-SaltEvent -LiteralPath $file
        (Import-SaltEvent $file).Tag | Should -Be 'a/3'
    }

    It 'reports that the last line was cut off, and continues after it' {
        $file = New-File
        Set-Content $file '{"tag":"a/1","data":{}}', '{"tag":"a/2","da' -NoNewline
        New-SaltEvent a/3 | Export-SaltEvent $file -Append -WarningVariable warned -WarningAction SilentlyContinue
        "$warned" | Should -Match 'is incomplete'
    }

    It 'sets files aside by size, and loses nothing' {
        $file = New-File
        1..20 | ForEach-Object { New-SaltEvent "n/$_" } | Export-SaltEvent $file -MaxSize 300
        $files = Get-ChildItem (Split-Path $file)
        $files.Count | Should -BeGreaterThan 3
        ($files.Length | Measure-Object -Maximum).Maximum | Should -BeLessOrEqual 300
        @(Import-SaltEvent (Join-Path (Split-Path $file) 'run*.jsonl')).Tag | Should -Be (1..20 | ForEach-Object { "n/$_" })
    }

    It 'sets a file of another day aside' {
        $file = New-File
        New-SaltEvent a/1 | Export-SaltEvent $file
        (Get-Item $file).LastWriteTime = '2020-01-02'
        New-SaltEvent a/2 | Export-SaltEvent $file -Append -Daily
        (Import-SaltEvent $file).Tag | Should -Be 'a/2'
        (Import-SaltEvent ($file -replace 'run.jsonl', 'run.20200102.jsonl')).Tag | Should -Be 'a/1'
    }

    It 'takes paths of drives, and objects with Tag and Data' {
        $file = New-File
        $null = New-PSDrive -Name Recordings -PSProvider FileSystem -Root (Split-Path $file)
        [pscustomobject]@{ Tag = 'my/tag'; Data = @{ n = 1 } } | Export-SaltEvent Recordings:/run.jsonl
        $saltEvent = Import-SaltEvent Recordings:/run.jsonl
        Remove-PSDrive Recordings
        $saltEvent.Tag | Should -Be 'my/tag'
        $saltEvent.Data.n | Should -Be 1
    }

    It 'says where an event has what a file cannot carry, and never writes it without the edit' {
        $file = New-File
        $edited = New-SaltEvent my/tag @{ n = 1 }
        $edited.Data.n = [System.IO.MemoryStream]::new()
        $other = [pscustomobject]@{ Tag = 'my/tag'; Data = @{ n = { } } }
        $edited, $other, (New-SaltEvent my/other) | Export-SaltEvent $file -ErrorVariable problems -ErrorAction SilentlyContinue
        $problems.FullyQualifiedErrorId | Should -Be (@('UnsupportedValue,SaltEvents.Cmdlets.ExportSaltEventCommand') * 2)
        "$problems" | Should -Match "The payload's n is a System.IO.MemoryStream"
        "$problems" | Should -Not -Match 'sent|Send'
        (Import-SaltEvent $file).Tag | Should -Be 'my/other'
    }

    It 'masks secrets, and Send-SaltEvent refuses what was masked, with its place' {
        $file = New-File
        New-SaltEvent my/tag @{ n = 1; login = @{ password = 'hunter2' } } | Export-SaltEvent $file
        Get-Content $file | Should -Not -Match 'hunter2'
        $saltEvent = Import-SaltEvent $file
        $saltEvent.Data.n | Should -Be 1
        "$($saltEvent.Data.login.password)" | Should -Be '(secret)'
        $bus = Start-SaltEventBus
        foreach ($send in { $saltEvent | Send-SaltEvent -Bus $bus -ErrorAction Stop }, { $saltEvent.Data | Send-SaltEvent my/tag -Bus $bus -ErrorAction Stop }, { $saltEvent.Raw | Send-SaltEvent my/tag -Bus $bus -ErrorAction Stop }) {
            $problem = Get-ErrorOf $send
            $problem.FullyQualifiedErrorId | Should -Be 'MaskedValue,SaltEvents.Cmdlets.SendSaltEventCommand'
            "$problem" | Should -Match "^The payload's login.password is a secret that was masked"
        }

        $bus.EventsIn | Should -Be 0
        Stop-SaltEventBus $bus
    }

    It 'masks what is secret as a whole, and keeps which job it is' {
        $file = New-File
        New-SaltEvent JobPublish -ArgumentList hunter2 -JobId 20261127100000000000 | Export-SaltEvent $file
        Get-Content $file | Should -Not -Match 'hunter2'
        (Import-SaltEvent $file).Data.jid | Should -Be '20261127100000000000'
    }

    It 'keeps secrets with -IncludeSecret' {
        $file = New-File
        New-SaltEvent my/tag @{ password = 'hunter2' } | Export-SaltEvent $file -IncludeSecret
        (Import-SaltEvent $file).Data.password | Should -Be 'hunter2'
    }

    It 'writes nothing with -WhatIf' {
        $file = New-File
        New-SaltEvent a/1 | Export-SaltEvent $file -WhatIf
        Test-Path $file | Should -BeFalse
    }

    It 'loses the event in flight at most when its process is killed (skipped where there are no signals)' -Skip:(-not $hasSignals) {
        foreach ($name in 'run.jsonl', 'run.jsonl.gz') {
            $file = New-File $name
            $child = Start-Child -ArgumentList $file {
                1..1000000 | ForEach-Object { New-SaltEvent "n/$_" } | Export-SaltEvent $args[0] -PassThru | ForEach-Object { [Console]::Out.WriteLine($_.Tag) }
            }
            do { $last = $child.StandardOutput.ReadLine() } until ($last -eq 'n/100')
            & kill -s KILL $child.Id
            $null = $child.WaitForExit(10000)
            $events = @(Import-SaltEvent $file -WarningAction SilentlyContinue)
            $events.Count | Should -BeGreaterOrEqual 100
            ($events.Tag -join ' ') | Should -Be ((1..$events.Count | ForEach-Object { "n/$_" }) -join ' ')
            New-SaltEvent last/one | Export-SaltEvent $file -Append -WarningAction SilentlyContinue
            @(Import-SaltEvent $file -WarningAction SilentlyContinue)[-1].Tag | Should -Be 'last/one'
        }
    }

    Context 'errors' {
        It 'gives one error, the exact one, for an object whose payload cannot be written' {
            $file = New-File
            [pscustomobject]@{ Tag = 'my/tag'; Data = @{ password = [securestring]::new() } } | Export-SaltEvent $file -ErrorAction SilentlyContinue -ErrorVariable problem
            $problem.FullyQualifiedErrorId | Should -Be 'SecretInPayload,SaltEvents.Cmdlets.ExportSaltEventCommand'
        }

        It 'does not touch a file that is there with -NoClobber' {
            $file = New-File
            Set-Content $file 'mine'
            $problem = Get-ErrorOf { New-SaltEvent a/1 | Export-SaltEvent $file -NoClobber }
            $problem.FullyQualifiedErrorId | Should -Be 'FileExists,SaltEvents.Cmdlets.ExportSaltEventCommand'
            $problem.CategoryInfo.Category | Should -Be 'ResourceExists'
            Get-Content $file | Should -Be 'mine'
        }

        It 'says what cannot be written' {
            $problem = Get-ErrorOf { New-SaltEvent a/1 | Export-SaltEvent (Join-Path $folder 'no/such/run.jsonl') }
            $problem.FullyQualifiedErrorId | Should -Be 'FileNotWritable,SaltEvents.Cmdlets.ExportSaltEventCommand'
            "$problem" | Should -BeLike '*run.jsonl cannot be written: its directory does not exist. Create the directory, or give another path.'
            (Get-ErrorOf { New-SaltEvent a/1 | Export-SaltEvent env:HOME }).FullyQualifiedErrorId | Should -Be 'NotAFile,SaltEvents.Cmdlets.ExportSaltEventCommand'
            (Get-ErrorOf { New-SaltEvent a/1 | Export-SaltEvent nodrive:/run.jsonl }).FullyQualifiedErrorId | Should -Be 'FileNotFound,SaltEvents.Cmdlets.ExportSaltEventCommand'
        }

        It 'continues after what is not an event' {
            $file = New-File
            'x', (New-SaltEvent a/1) | Export-SaltEvent $file -ErrorVariable problems -ErrorAction SilentlyContinue
            $problems[0].FullyQualifiedErrorId | Should -Be 'NotAnEvent,SaltEvents.Cmdlets.ExportSaltEventCommand'
            (Import-SaltEvent $file).Tag | Should -Be 'a/1'
        }
    }
}
