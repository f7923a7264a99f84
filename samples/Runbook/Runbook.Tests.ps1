# Tests the runbooks without Salt: "salt" is a mock that fires the events of a real Salt on an embedded bus.
# In your own repository, write Import-Module SaltEvents here.
BeforeAll {
    Import-Module "$PSScriptRoot/../../SaltEvents.psd1"
    $env:SALTEVENTS_SOCKDIR = 'none'
    $bus = Start-SaltEventBus
    function salt { }
}

AfterAll {
    Stop-SaltEventBus $bus
}

Describe 'Test-Minion' {
    It 'says which minion did not return' {
        Mock salt {
            New-SaltEvent JobNew -JobId 20261127120000000001 -Minions web01, web02 | Send-SaltEvent
            New-SaltEvent JobReturn -JobId 20261127120000000001 -MinionId web01 | Send-SaltEvent
        }
        $job = & "$PSScriptRoot/Test-Minion.ps1" -Timeout 1 -ErrorAction SilentlyContinue
        $job.Missing | Should -Be 'web02'
    }

    It 'passes the target to salt, not the files that match it (skipped on Windows, which leaves patterns to programs)' -Skip:($env:OS -eq 'Windows_NT') {
        Set-Content "$TestDrive/fake-salt" '#!/bin/sh', 'printf %s "$1" > target'
        chmod +x "$TestDrive/fake-salt"
        Set-Alias salt "$TestDrive/fake-salt"
        Push-Location $TestDrive
        & "$PSScriptRoot/Test-Minion.ps1" -Timeout 0 -ErrorAction SilentlyContinue
        Pop-Location
        Get-Content "$TestDrive/target" | Should -Be '*'
    }
}

Describe 'Send-FailureNotice' {
    It 'posts what failed, and nothing else' {
        Mock Watch-SaltEvent { New-SaltEvent JobReturn -MinionId web01 -FailedState nginx_running; New-SaltEvent JobReturn -MinionId web02 }
        Mock Invoke-RestMethod { }
        & "$PSScriptRoot/Send-FailureNotice.ps1" -Webhook https://chat.example/hook
        Should -Invoke Invoke-RestMethod -Exactly 1 -ParameterFilter { $Body -match 'state.apply failed on web01: nginx_running' }
    }
}

Describe 'Restart-Minion' {
    It 'waits for the start of each minion' {
        Mock salt { 'web01', 'web02' | ForEach-Object { New-SaltEvent MinionStart -MinionId $_ | Send-SaltEvent } }
        $started = & "$PSScriptRoot/Restart-Minion.ps1" -MinionId web01, web02 -Timeout 30
        $started.MinionId | Sort-Object | Should -Be 'web01', 'web02'
    }
}
