BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'SaltEvents.TestHelpers.psm1') -Force
    $folder = New-TestPath
    $null = New-Item -ItemType Directory $folder
    function Set-File { param([string[]] $Line, $Name = 'run.jsonl') $file = Join-Path $folder $Name; Set-Content -LiteralPath $file $Line -Encoding UTF8; $file }
}

AfterAll {
    Clear-SaltTest
}

Describe 'Import-SaltEvent' {
    It 'says that a directory is no file, and so does Export-SaltEvent' {
        $problem = Get-ErrorOf { Import-SaltEvent $TestDrive -ErrorAction Stop }
        $problem.FullyQualifiedErrorId | Should -BeLike 'NotAFile,*'
        "$problem" | Should -BeLike '* is a directory. Give the path of a file*'
        (Get-ErrorOf { New-SaltEvent my/tag | Export-SaltEvent $TestDrive }).FullyQualifiedErrorId | Should -BeLike 'NotAFile,*'
    }

    It 'returns events that are sent as they were' {
        $bus = Start-SaltEventBus
        $session = New-SaltEventSession -Bus $bus
        $events = @(Import-SaltEvent -LiteralPath (Join-Path $PSScriptRoot '../vectors/salt-3006-session.jsonl'))
        $events | Send-SaltEvent -Bus $bus -KeepTimestamp
        $got = @(Get-SaltEvent -Session $session -Count $events.Count -Wait 30)
        ($got | ForEach-Object { [Convert]::ToBase64String($_.WireBody) }) -join "`n" | Should -Be (($events | ForEach-Object { [Convert]::ToBase64String($_.WireBody) }) -join "`n")
        Remove-SaltEventSession $session
        Stop-SaltEventBus $bus
    }

    It 'reads what ConvertTo-Json makes <How>' -TestCases @(
        @{ How = 'of several events'; Count = 2; Make = { New-SaltEvent JobReturn -MinionId web01, web02 -FailedState nginx_running | ConvertTo-Json -Depth 9 } }
        @{ How = 'of one event, compressed'; Count = 1; Make = { New-SaltEvent JobReturn -MinionId web01 -FailedState nginx_running | ConvertTo-Json -Depth 9 -Compress } }
        @{ How = 'event by event'; Count = 2; Make = { New-SaltEvent JobReturn -MinionId web01, web02 -FailedState nginx_running | ForEach-Object { ConvertTo-Json $_ -Depth 9 } } }
    ) {
        $file = Set-File (& $Make)
        $events = @(Import-SaltEvent $file)
        $events.Count | Should -Be $Count
        $events[0].MinionId | Should -Be 'web01'
        $events[0].FailedStates | Should -Be 'nginx_running'
        $events[0].Data.retcode | Should -Be 2
    }

    It 'reads what salt-run state.event prints, and its last line <Last>' -TestCases @(@{ Last = 'null' }, @{ Last = 'None' }) {
        $file = Set-File "salt/auth`t{`"result`": true, `"act`": `"accept`", `"load`": NaN}", "my/tag`t{", '    "_stamp": "2026-11-27T10:00:00.000000",', '    "list": [', '        1', '    ]', '}', $Last
        $events = @(Import-SaltEvent $file)
        $events.Tag | Should -Be 'salt/auth', 'my/tag'
        [double]::IsNaN($events[0].Data.load) | Should -BeTrue
        $events[1].Data.list | Should -Be 1
        $events[1].Timestamp.Year | Should -Be 2026
    }

    It 'returns an event that was edited as it reads now' {
        $file = Join-Path $folder 'edited.jsonl'
        New-SaltEvent my/tag @{ n = 1 } | Export-SaltEvent $file
        (Get-Content $file) -replace '"n":1', '"n":2' | Set-Content $file
        (Import-SaltEvent $file).Data.n | Should -Be 2
    }

    It 'leaves out what is cut off, with a warning' {
        $file = Set-File '{"tag":"a/1","data":{}}', '{"tag":"a/2","da', '{"tag":"a/3","data":{}}', '{"tag":"a/4"'
        (Import-SaltEvent $file -WarningVariable warned -WarningAction SilentlyContinue).Tag | Should -Be 'a/1', 'a/3'
        $warned.Count | Should -Be 2
        "$($warned[0])" | Should -Match 'line 2, is cut off'
    }

    It 'returns what a cut off compressed file has' {
        $file = Join-Path $folder 'cut.jsonl.gz'
        1..50 | ForEach-Object { New-SaltEvent "n/$_" } | Export-SaltEvent $file
        $bytes = [System.IO.File]::ReadAllBytes($file)
        [System.IO.File]::WriteAllBytes($file, $bytes[0..($bytes.Length / 2)])
        $events = @(Import-SaltEvent $file -WarningAction SilentlyContinue)
        $events.Count | Should -BeGreaterThan 5
        $events[-1].Tag | Should -Be "n/$($events.Count)"
    }

    It 'warns of a compressed file that is cut off inside an event, and not of one whose writer has not ended' {
        $file = Join-Path $folder 'cuts.jsonl.gz'
        1..20 | ForEach-Object { New-SaltEvent "n/$_" @{ text = [guid]::NewGuid().ToString() } } | Export-SaltEvent $file
        $bytes = [System.IO.File]::ReadAllBytes($file)
        $text = [System.BitConverter]::ToString($bytes)
        $ends = @([regex]::Matches($text, '00-00-FF-FF').Index | ForEach-Object { $_ / 3 + 4 }) # of what each event was written with
        foreach ($end in $ends[5..8]) {
            [System.IO.File]::WriteAllBytes($file, $bytes[0..($end - 1)])
            $whole = @(Import-SaltEvent $file -WarningVariable warned -WarningAction SilentlyContinue)
            "$warned" | Should -Be ''
            [System.IO.File]::WriteAllBytes($file, $bytes[0..($end + 15)])
            $rest = @(Import-SaltEvent $file -WarningVariable warned -WarningAction SilentlyContinue)
            "$warned" | Should -BeLike '* is cut off or damaged. The events before that place were read.'
            $rest.Tag | Should -Be $whole.Tag
            # It can be continued, and says so.
            New-SaltEvent n/more | Export-SaltEvent $file -Append -WarningVariable warned -WarningAction SilentlyContinue
            "$warned" | Should -BeLike '*is incomplete*'
            (Import-SaltEvent $file -WarningAction SilentlyContinue).Tag | Should -Be @($whole.Tag; 'n/more')
        }
    }

    It 'reads a compressed file of several parts without a warning' {
        $file = Join-Path $folder 'parts.jsonl.gz'
        $parts = foreach ($n in 1..3) {
            New-SaltEvent "n/$n" | Export-SaltEvent $file
            , [System.IO.File]::ReadAllBytes($file)
        }
        [System.IO.File]::WriteAllBytes($file, [byte[]]($parts | ForEach-Object { $_ }))
        (Import-SaltEvent $file -WarningVariable warned -WarningAction SilentlyContinue).Tag | Should -Be 'n/1', 'n/2', 'n/3'
        "$warned" | Should -Be ''
    }

    It 'names the line that is not an event, and continues' {
        $file = Set-File '{"tag":"a/1","data":{}}', 'hello', '{"data":{}}', '{"tag":"a/2","data":{}}'
        $events = Import-SaltEvent $file -ErrorVariable problems -ErrorAction SilentlyContinue
        $events.Tag | Should -Be 'a/1', 'a/2'
        $problems.FullyQualifiedErrorId | Should -Be (@('InvalidRecording,SaltEvents.Cmdlets.ImportSaltEventCommand') * 2)
        "$($problems[0])" | Should -Match ', line 2, is not an event'
    }

    It 'says what is wrong with a line without the position inside its JSON' {
        $file = Set-File '{"tag":"a/1",}', '{"tag":"a/2","data":{}}'
        $null = Import-SaltEvent $file -ErrorVariable problems -ErrorAction SilentlyContinue
        "$problems" | Should -Match ', line 1, is not an event'
        "$problems" | Should -Not -Match 'LineNumber|BytePosition'
    }

    It 'reports one error for a file that is not a recording, and reads it to its end' {
        $file = Set-File (@('just a text') * 500 + '{"tag":"a/1","data":{}}' + 'the end')
        (Import-SaltEvent $file -ErrorVariable problems -ErrorAction SilentlyContinue).Tag | Should -Be 'a/1'
        $problems.Count | Should -Be 11
        "$($problems[-1])" | Should -BeLike '* has 491 more places that are not events, the last in line 502. Is it a recording`?'
        $problems[-1].FullyQualifiedErrorId | Should -BeLike 'InvalidRecording,*'
    }

    It 'takes paths by name, by pipeline, with wildcards and as they are' {
        $plain = Set-File '{"tag":"a/1","data":{}}' 'x1.jsonl'
        $odd = Set-File '{"tag":"a/2","data":{}}' 'x[2].jsonl'
        (Import-SaltEvent (Join-Path $folder 'x*.jsonl')).Tag | Should -Be 'a/1', 'a/2'
        ($plain, $plain | Import-SaltEvent).Tag | Should -Be 'a/1', 'a/1'
        (Get-Item -LiteralPath $odd | Import-SaltEvent).Tag | Should -Be 'a/2'
        (Import-SaltEvent -LiteralPath $odd).Tag | Should -Be 'a/2'
    }

    It 'keeps the pace of the recording, so many times as fast' {
        $file = Join-Path $folder 'pace.jsonl'
        0, 3, 1, 6 | ForEach-Object { New-SaltEvent "n/$_" -Timestamp ([datetime]::new(2026, 11, 27, 10, 0, $_, [DateTimeKind]::Utc)) } | Export-SaltEvent $file
        $watch = [System.Diagnostics.Stopwatch]::StartNew()
        $times = Import-SaltEvent $file -Speed 10 | ForEach-Object { $watch.Elapsed.TotalSeconds }
        # From the start of the command: its first event comes late on a busy computer.
        $times[1] | Should -BeGreaterThan 0.28
        $times[3] | Should -BeGreaterThan 0.58
        $watch.Elapsed.TotalSeconds | Should -BeLessThan 5
    }

    It 'waits for nothing without -Speed' {
        $file = Join-Path $folder 'days.jsonl'
        1..3 | ForEach-Object { New-SaltEvent "n/$_" -Timestamp ([datetime]::new(2026, 11, $_, 0, 0, 0, [DateTimeKind]::Utc)) } | Export-SaltEvent $file
        $watch = [System.Diagnostics.Stopwatch]::StartNew()
        @(Import-SaltEvent $file).Count | Should -Be 3
        @(Import-SaltEvent $file -AsFastAsPossible).Count | Should -Be 3
        $watch.Elapsed.TotalSeconds | Should -BeLessThan 10
    }

    It 'ends at once when it is stopped while it waits' {
        $file = Join-Path $folder 'years.jsonl'
        1, 2 | ForEach-Object { New-SaltEvent "n/$_" -Timestamp ([datetime]::new(2020 + $_, 1, 1, 0, 0, 0, [DateTimeKind]::Utc)) } | Export-SaltEvent $file
        $task = Start-Background -ArgumentList $file { param($file) Import-SaltEvent $file -Speed 1 }
        Wait-Until { $task.Output.Count -eq 1 }
        $watch = [System.Diagnostics.Stopwatch]::StartNew()
        Stop-Background $task
        $watch.Elapsed.TotalSeconds | Should -BeLessThan 5
    }

    Context 'errors' {
        It 'says of a line that is not an event what to do, and reads the others' {
            $file = Join-Path $folder 'mixed.jsonl'
            Set-Content $file '{"tag":"a/1","data":{}}', '{"a":1}', '{"tag":"a/2","data":{}}'
            (Import-SaltEvent $file -ErrorAction SilentlyContinue -ErrorVariable problem).Tag | Should -Be 'a/1', 'a/2'
            "$problem" | Should -BeLike '*mixed.jsonl, line 2, is not an event and was skipped: An event has a tag and data. Correct the line, or remove it.'
        }

        It 'a named pipe is refused, where opening it would wait for ever: <What> (skipped where there are none)' -Skip:($PSVersionTable.PSEdition -ne 'Core' -or $IsWindows) -TestCases @(
            @{ What = 'a recording to read'; Id = 'FileNotReadable'; Run = { Import-SaltEvent $pipe -ErrorAction Stop } }
            @{ What = 'a recording to write'; Id = 'FileNotWritable'; Run = { New-SaltEvent -Tag my/tag | Export-SaltEvent $pipe -ErrorAction Stop } }
            @{ What = 'the key of a NATS user'; Id = 'NatsKeyFileInvalid'; Run = { Get-SaltEvent -Uri nats://127.0.0.1:1 -NKeyFile $pipe -Wait 0.1 } }
            @{ What = 'a file of the configuration'; Id = 'ConfigurationNotFound'; Run = { Get-SaltEvent -ConfigPath (Split-Path $pipe) -Wait 0.1 } }
        ) {
            $pipe = Join-Path (New-Item -ItemType Directory (New-TestPath)).FullName 'master'
            mkfifo $pipe
            $problem = Get-ErrorOf $Run
            "$problem" | Should -Match 'a named pipe, not a file'
            $problem.FullyQualifiedErrorId | Should -Match "^$Id,"
        }

        It 'says which file is not there, and reads the others' {
            $file = Set-File '{"tag":"a/1","data":{}}'
            $events = Import-SaltEvent -LiteralPath (Join-Path $folder 'nothing'), $file -ErrorVariable problems -ErrorAction SilentlyContinue
            $events.Tag | Should -Be 'a/1'
            $problems[0].FullyQualifiedErrorId | Should -Be 'FileNotFound,SaltEvents.Cmdlets.ImportSaltEventCommand'
        }

        It 'refuses the speed <Speed>' -TestCases @(@{ Speed = 0 }, @{ Speed = -1 }, @{ Speed = [double]::NaN }, @{ Speed = [double]::PositiveInfinity }) {
            "$(Get-ErrorOf { Import-SaltEvent x -Speed $Speed })" | Should -Match 'is not a speed'
        }

        It 'refuses -Speed beside -AsFastAsPossible' {
            (Get-ErrorOf { Import-SaltEvent x -Speed 1 -AsFastAsPossible }).FullyQualifiedErrorId | Should -Be 'ParametersDisagree,SaltEvents.Cmdlets.ImportSaltEventCommand'
        }
    }
}
