BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'SaltEvents.TestHelpers.psm1') -Force
}

AfterAll {
    Clear-SaltTest
}

Describe 'Register-SaltEvent' {
    BeforeEach {
        $bus = Start-SaltEventBus
        $name = [guid]::NewGuid().ToString()
    }

    AfterEach {
        Get-EventSubscriber -Force | Where-Object SourceIdentifier -Like "$name*" | Unregister-Event -Force
        Get-Event | Where-Object SourceIdentifier -EQ $name | Remove-Event
        Stop-SaltEventBus $bus
    }

    Context 'with an action' {
        It 'runs it for each event, with the variables of PowerShell''s eventing' {
            $global:SaltSeen = New-Object System.Collections.ArrayList
            $job = Register-SaltEvent my/ -SourceIdentifier $name -MessageData 43 -Action {
                param($from, $what)
                $script:count++
                $null = $global:SaltSeen.Add("$($what.Tag) $($EventArgs.Data.n) $($Event.MessageData) $($EventSubscriber.SourceIdentifier -eq $from.SourceIdentifier) $script:count")
                "out $($what.Tag)"
            }
            $job.Name | Should -Be $name
            Send-Test my/1, my/2
            Wait-Until { $global:SaltSeen.Count -eq 2 }
            $global:SaltSeen | Should -Be 'my/1 1 43 True 1', 'my/2 1 43 True 2'
            Receive-Job $job | Should -Be 'out my/1', 'out my/2'
            Remove-Variable SaltSeen -Scope Global
        }

        It 'reports what an action throws, and continues' {
            $run = Invoke-InNewRunspace {
                $bus = Start-SaltEventBus
                $global:seen = New-Object System.Collections.ArrayList
                $job = Register-SaltEvent my/ -SourceIdentifier watcher -Action { if ($EventArgs.Tag -eq 'my/bad') { throw 'oops' }; $null = $global:seen.Add($EventArgs.Tag) }
                New-SaltEvent -Tag my/bad -Data @{ } | Send-SaltEvent
                Wait-Until { $job.Error.Count -eq 1 }
                "$($job.Error)"
                New-SaltEvent -Tag my/good -Data @{ } | Send-SaltEvent
                Wait-Until { $global:seen.Count -eq 1 }
                "$($job.State)"
                Unregister-Event watcher
                Stop-SaltEventBus $bus
            }
            $run.Output | Should -Be 'oops', 'Running'
            $run.Warnings | Should -Be 'watcher: the action failed for the event my/bad: oops'
            $run.Errors | Should -BeNullOrEmpty
        }

        It 'shows no control character of a tag in what an action or -Until throws' {
            $run = Invoke-InNewRunspace {
                $bus = Start-SaltEventBus
                $tag = "my/$([char]27)[31m"
                $action = Register-SaltEvent my/ -SourceIdentifier action -Action { throw "no $($EventArgs.Tag)" }
                $until = Register-SaltEvent my/ -SourceIdentifier until -Action { } -Until { $global:asked = $true; throw "nor $($_.Tag)" }
                New-SaltEvent -Tag $tag -Data @{ } | Send-SaltEvent
                Wait-Until { $action.Error.Count -eq 1 -and $global:asked }
                Unregister-Event action
                Unregister-Event until
                Stop-SaltEventBus $bus
            }
            @($run.Warnings).Count | Should -Be 2
            $run.Warnings -like '*no my/*' | Should -HaveCount 1
            $run.Warnings -like '*nor my/*' | Should -HaveCount 1
            "$($run.Warnings)" | Should -Not -Match '\p{Cc}'
        }

        It 'continues after break and return in an action' {
            $global:SaltSeen = New-Object System.Collections.ArrayList
            $null = Register-SaltEvent my/ -SourceIdentifier $name -Action {
                if ($EventArgs.Tag -eq 'my/1') { return }
                if ($EventArgs.Tag -eq 'my/2') { break }
                $null = $global:SaltSeen.Add($EventArgs.Tag)
            }
            Send-Test my/1, my/2, my/3
            Wait-Until { $global:SaltSeen.Count -eq 1 }
            $global:SaltSeen | Should -Be 'my/3'
            Remove-Variable SaltSeen -Scope Global
        }

        It 'can end its own subscription while more events and a warning wait' {
            $child = Start-Child {
                $bus = Start-SaltEventBus
                $job = Register-SaltEvent my/ -SourceIdentifier once -QueueSize 3 -Action {
                    $global:ran += $EventArgs.Tag
                    1..20 | ForEach-Object { New-SaltEvent -Tag my/more } | Send-SaltEvent
                    while (-not $EventSubscriber.SourceObject.Dropped) { Start-Sleep -Milliseconds 5 }
                    Start-Sleep -Milliseconds 500 # until the loss is reported, of which PowerShell shows nothing
                    Unregister-Event once
                }
                New-SaltEvent -Tag my/1 | Send-SaltEvent
                while ($job.State -ne 'Stopped' -or (Get-EventSubscriber -Force)) { Start-Sleep -Milliseconds 5 }
                "$ran $($bus.Subscribers) $(@(Get-Event).Count)"
            }
            $ends = $child.WaitForExit(60000)
            if (-not $ends) { $child.Kill() }
            $ends | Should -BeTrue
            $lines = $child.StandardOutput.ReadToEnd().Trim() -split '\r?\n'
            $lines[0] | Should -BeLike '*once: *events were dropped*'
            $lines[-1] | Should -Be 'my/1 0 0'
        }

        It 'takes many events, in their order' {
            $global:SaltSeen = New-Object System.Collections.ArrayList
            $null = Register-SaltEvent n -SourceIdentifier $name -Action { $null = $global:SaltSeen.Add($EventArgs.Data.i) }
            1..300 | ForEach-Object { New-SaltEvent -Tag n/x -Data @{ i = $_ } } | Send-SaltEvent
            Wait-Until { $global:SaltSeen.Count -eq 300 }
            "$($global:SaltSeen)" | Should -Be "$(1..300)"
            Remove-Variable SaltSeen -Scope Global
        }
    }
}
