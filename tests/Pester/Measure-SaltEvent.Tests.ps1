BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'SaltEvents.TestHelpers.psm1') -Force
    $start = [datetime]::new(2026, 11, 27, 10, 0, 0, [DateTimeKind]::Utc)
    $session = Join-Path $PSScriptRoot '../vectors/salt-3006-session.jsonl'
}

AfterAll {
    Clear-SaltTest
}

Describe 'Measure-SaltEvent' {
    It 'shows what a recording contains' {
        $result = Import-SaltEvent -LiteralPath $session | Measure-SaltEvent
        $result.Events | Should -Be 83
        $result.Copies | Should -Be 0
        $result.Returns | Should -Be 15
        $result.Failures | Should -Be 3
        $result.Rate | Should -BeGreaterThan 1
        $result.Bytes | Should -Be (Import-SaltEvent -LiteralPath $session | ForEach-Object { $_.WireBody.Length } | Measure-Object -Sum).Sum
        $result.JobTimeP50 | Should -BeGreaterThan ([timespan]::Zero)
        $result.JobTimeP95 | Should -BeGreaterOrEqual $result.JobTimeP50
        $result.TopTags.Count | Should -Be 5
        $result.TopMinions[0].Name | Should -Be 'web01'
        $result.PSObject.TypeNames[0] | Should -Be 'SaltEvents.SaltEventStatistics'
    }

    It 'returns a result for each interval in which something came, and the rest at the end' {
        $results = 0, 4, 11, 45 | ForEach-Object { New-SaltEvent my/tag -Timestamp $start.AddSeconds($_) } | Measure-SaltEvent -Interval 10
        $results.Events | Should -Be 2, 1, 1
        $results.Start | Should -Be $start, $start.AddSeconds(10), $start.AddSeconds(40)
        $results.Rate | Should -Be 0.2, 0.1, 0.1
    }

    It 'returns a result as soon as its interval has ended' {
        0, 11, 22 | ForEach-Object { New-SaltEvent my/tag -Timestamp $start.AddSeconds($_) } | Measure-SaltEvent -Interval 10 | Select-Object -First 1 | ForEach-Object Events | Should -Be 1
    }

    It 'takes a time of any kind, and -Top' {
        $result = 1..3 | ForEach-Object { New-SaltEvent "my/$_" } | Measure-SaltEvent -Interval ([timespan]'0:10:0') -Top 2
        $result.Duration.TotalMinutes | Should -Be 10
        $result.TopTags.Name | Should -Be 'my/1', 'my/2'
    }

    It 'counts what came through a syndic, or from a master of the cluster, once' {
        $plain = New-SaltEvent JobReturn -MinionId web01 -JobId 20261127100000000000 -Timestamp $start
        $copy = $plain | New-SaltEvent -Tag "syndic/s1/$($plain.Tag)" -Timestamp $start.AddMilliseconds(3)
        $peer = New-SaltEvent JobReturn -MinionId web01 -JobId 20261127100000000000 -Timestamp $start -Data @{ __peer_id = 'master2' }
        foreach ($events in @($plain, $copy, $peer), @($copy, $peer, $plain)) {
            $result = $events | Measure-SaltEvent
            $result.Events | Should -Be 1
            $result.Copies | Should -Be 2
            $result.Returns | Should -Be 1
        }

        ($copy | Measure-SaltEvent).Events | Should -Be 1
        ($plain, $plain | Measure-SaltEvent).Events | Should -Be 2
    }

    It 'continues after an event that was edited to what is no payload' {
        $edited = New-SaltEvent my/tag @{ n = 1 }
        $edited.Data.n = { }
        $result = $edited, (New-SaltEvent my/tag) | Measure-SaltEvent -ErrorVariable problems -ErrorAction SilentlyContinue
        $result.Events | Should -Be 1
        $problems.FullyQualifiedErrorId | Should -Be 'UnsupportedValue,SaltEvents.Cmdlets.MeasureSaltEventCommand'
    }

    It 'says so if nothing arrived' {
        $result = Import-SaltEvent -LiteralPath $session | Where-Object Tag -eq 'none' | Measure-SaltEvent
        $result.Events | Should -Be 0
        $result.Start | Should -BeNullOrEmpty
        $result.Rate | Should -BeNullOrEmpty
        Import-SaltEvent -LiteralPath $session | Where-Object Tag -eq 'none' | Measure-SaltEvent -Interval 1 | Should -BeNullOrEmpty
    }

    It 'returns the counters for Prometheus, which go on from one time to the next' {
        $texts = @(0, 1, 20 | ForEach-Object { New-SaltEvent JobReturn -MinionId web01 -FailedState x -Timestamp $start.AddSeconds($_) } | Measure-SaltEvent -Interval 10 -AsPrometheus)
        $texts.Count | Should -Be 2
        $texts[0] | Should -Match '(?m)^salt_responses_total\{minion="web01",success="false"\} 2$'
        $texts[1] | Should -Match '(?m)^salt_responses_total\{minion="web01",success="false"\} 3$'
        $texts[1] | Should -Match '(?m)^salt_job_duration_seconds\{function="state.apply",state="highstate"\} 0\.0015$'
        $texts[1] | Should -Match '(?m)^# TYPE salt_responses_total counter$'
    }

    It 'writes a file for the textfile collector (samples/Metrics)' {
        $bus = Start-SaltEventBus
        $file = New-TestPath
        $sample = Join-Path $PSScriptRoot '../../samples/Metrics/textfile.ps1'
        $task = Start-Background -ArgumentList $sample, $file, (Get-BusAddress $bus) { param($sample, $file, $there) & $sample -Path $file -Interval 1 -Watch ($there + @{ Count = 2 }) }
        # Again and again: the first connection only looks whether the bus is there.
        Wait-Until { New-SaltEvent JobReturn -MinionId web01, web02 | Send-SaltEvent -Bus $bus; Test-Path $file }
        $null = Receive-Background $task
        Get-Content $file | Should -Contain 'salt_responses_total{minion="web02",success="true"} 1'
        Stop-SaltEventBus $bus
    }

    Context 'errors' {
        It 'continues after what is not an event' {
            $result = 'x', (New-SaltEvent a/1) | Measure-SaltEvent -ErrorVariable problems -ErrorAction SilentlyContinue
            $problems[0].FullyQualifiedErrorId | Should -Be 'NotAnEvent,SaltEvents.Cmdlets.MeasureSaltEventCommand'
            $result.Events | Should -Be 1
        }

        It 'refuses an interval of 0' {
            (Get-ErrorOf { New-SaltEvent a/1 | Measure-SaltEvent -Interval 0 }).FullyQualifiedErrorId | Should -Be 'ParametersDisagree,SaltEvents.Cmdlets.MeasureSaltEventCommand'
        }
    }
}
