BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'SaltEvents.TestHelpers.psm1') -Force
    $bus = Start-SaltEventBus
    $session = New-SaltEventSession
    $esc = [string][char]27
    $evil = "$esc[2J$esc]0;title$([char]7)$([char]0x9b)1m$([char]0x7f)$([char]0x202e)evil"
    $control = '[\p{Cc}\p{Cf}-[\r\n]]'
}

AfterAll {
    Clear-SaltTest
}

Describe 'Views of jobs and figures' {
    It '<View> of a job, its states and figures has no control characters' -TestCases @(
        @{ View = 'Format-List' }
        @{ View = 'Format-Custom' }
        @{ View = 'Format-Wide' }
        @{ View = 'Format-Table' }
        @{ View = 'Write-Output' }
    ) {
        $id = "20260101000000000077"
        Send-SaltEvent "salt/job/$id/new" @{ fun = "f$evil"; tgt = "t$evil"; tgt_type = 'glob'; user = "u$evil"; minions = @("m$evil") }
        Send-SaltEvent "salt/job/$id/ret/m$evil" @{ fun = 'state.apply'; id = "m$evil"; return = @{ "a_|-b$($evil)_|-c_|-d" = @{ result = $false; comment = "c$evil"; name = "n$evil"; changes = @{ x = $evil } } } }
        Send-SaltEvent "salt/job/$id/error" @{ error = @{ name = 'x'; message = "e$evil" } }
        $job = Wait-SaltJob $id -Session $session -Timeout 30 -ErrorAction SilentlyContinue # the master has refused it
        $figures = New-SaltEvent -Tag "my/$evil" -Data @{ id = $evil } | Measure-SaltEvent
        Register-SaltEvent my/ -SourceIdentifier formatting
        Send-SaltEvent "my/$evil" @{ a = $evil }
        $waiting = Wait-Event formatting -Timeout 30
        $arrived = $waiting.SourceEventArgs
        Unregister-Event formatting
        Remove-Event formatting
        foreach ($shown in $job, $job.States[0], $job.FailedStates[0], $figures, $figures.TopTags[0], $arrived) {
            $text = $shown | & $View | Show
            $text | Should -Not -Match $control
            "$shown" | Should -Not -Match $control
        }
    }

    It 'has no helper methods among the members of a job' {
        New-SaltEvent JobNew -JobId 20260101000000000001 -Minions web01 | Send-SaltEvent
        New-SaltEvent JobReturn -JobId 20260101000000000001 -MinionId web01 | Send-SaltEvent
        $job = Wait-SaltJob 20260101000000000001 -Session $session -Timeout 30
        ($job | Get-Member -MemberType Method).Name | Should -Be 'Equals', 'GetHashCode', 'GetType', 'ToString'
        $job | Show | Should -Match '20260101000000000001 Succeeded +1/1 +test.ping'
    }

    It 'shows the first digits of every number of a table: <Returned> of <Expected>' -TestCases @(
        @{ Expected = 10000; Returned = 9999; Shown = '9999/10000' }
        @{ Expected = 100000; Returned = 99999; Shown = '99999/100k' }
    ) {
        $job = [pscustomobject]@{ PSTypeName = 'Deserialized.SaltEvents.SaltJob'; JobId = '20260101000000000001'; Expected = 1..$Expected; Returned = 1..$Returned }
        $job | Out-String -Width 80 | Should -Match " $Shown "
    }

    It 'shows large figures rounded down: <Value> in <Width> columns as <Shown>' -TestCases @(
        @{ Value = 1234567; Width = 7; Shown = '1234567' }
        @{ Value = 19999999; Width = 7; Shown = '19999k' }
        @{ Value = 1999999999; Width = 7; Shown = '1999.9M' }
        @{ Value = 999999999999999; Width = 5; Shown = '999T' }
        @{ Value = 36000.96; Width = 6; Format = '0.0'; Shown = '36000' }
        @{ Value = 0.5; Width = 7; Format = '0.##'; Shown = '0.5' }
        @{ Value = 600000.1239; Width = 8; Format = '0.###'; Shown = '600000.1' }
        @{ Value = 44.908; Width = 8; Format = '0.###'; Shown = '44.908' }
        @{ Value = '1234.567 ms'; Width = 8; Shown = '1234.56…' }
        @{ Value = $null; Width = 7; Shown = '' }
    ) {
        [SaltEvents.TerminalText]::Number($Value, $Width, $(if ($Format) { $Format } else { '0' })) -replace ',', '.' | Should -Be $Shown
    }

    It 'shows how long a slow state took' {
        $state = New-SaltEvent JobReturn -FailedState app | ForEach-Object FailedStates
        $slow = $state | Select-Object * -ExcludeProperty Duration | Add-Member -NotePropertyName Duration -NotePropertyValue 1234567.891 -PassThru
        $slow.PSTypeNames.Insert(0, 'SaltEvents.SaltFailedState')
        $slow | Format-Table | Out-String -Width 80 | Should -Match ' 1234567 '
    }

    It 'cuts no figure of a long recording' {
        $figures = New-SaltEvent MinionStart | Measure-SaltEvent | Select-Object * -ExcludeProperty Duration, Bytes
        $figures | Add-Member -NotePropertyMembers @{ Duration = [timespan]::FromHours(100); Bytes = 123456789012 }
        $figures.PSTypeNames.Insert(0, 'SaltEvents.SaltEventStatistics')
        $figures | Out-String -Width 80 | Should -Match '360000 s .* 123456M '
    }

    It 'shows figures in a table of 80 columns, and the top tags where there is room' {
        $events = New-SaltEvent MinionStart -MinionId web01, web02
        $rows = ($events | Measure-SaltEvent | Out-String -Width 80).Trim() -split '\r?\n'
        @($rows | Where-Object { ($_ -replace "$esc\[[0-9;]*m", '').Length -gt 80 }).Count | Should -Be 0
        $rows[0] | Should -Match 'Start +Duration +Events +Rate/s +Bytes +Jobs +Returns +Failures +P50 s +P95 s'
        $rows[0] | Should -Not -Match 'TopTags'
        ($events | Measure-SaltEvent | Out-String -Width 120) | Should -Match 'TopTags'
    }
}
