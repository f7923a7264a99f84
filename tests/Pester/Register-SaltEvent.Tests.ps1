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

    Context 'without an action' {
        It 'keeps the events for Wait-Event and Get-Event, in their order' {
            Register-SaltEvent my/ -SourceIdentifier $name -MessageData 42 | Should -BeNullOrEmpty
            Send-Test my/1, other, my/2, my/3
            $first = Wait-Event -SourceIdentifier $name -Timeout 30
            $first.SourceEventArgs.Tag | Should -Be 'my/1'
            $first.SourceEventArgs.Data.n | Should -Be 1
            $first.SourceEventArgs.SaltEvent.n | Should -Be 1
            $first.MessageData | Should -Be 42
            Wait-Until { @(Get-Event -SourceIdentifier $name -ErrorAction Ignore).Count -eq 3 }
            (Get-Event -SourceIdentifier $name).SourceEventArgs.Tag | Should -Be 'my/1', 'my/2', 'my/3'
        }

        It 'makes a name if none is given' {
            Register-SaltEvent my/
            $subscriber = Get-EventSubscriber | Where-Object EventName -EQ 'EventArrived'
            [guid]$subscriber.SourceIdentifier | Should -Not -BeNullOrEmpty
            Unregister-Event -SourceIdentifier $subscriber.SourceIdentifier
        }

        It 'puts no more than -QueueSize into the queue, and keeps the rest until there is room' {
            Register-SaltEvent n/ -SourceIdentifier $name -QueueSize 3
            $registration = (Get-EventSubscriber -SourceIdentifier $name).SourceObject
            Send-Test n/1, n/2, n/3
            Wait-Until { @(Get-Event -SourceIdentifier $name -ErrorAction Ignore).Count -eq 3 }
            Send-Test n/4, n/5, n/6 # not in one burst with the first ones: that could drop some
            Wait-Until { $registration.Queued -eq 3 }
            @(Get-Event -SourceIdentifier $name).Count | Should -Be 3
            Remove-Event -SourceIdentifier $name
            Wait-Until { $registration.Received -eq 6 }
            (Get-Event -SourceIdentifier $name).SourceEventArgs.Tag | Should -Be 'n/4', 'n/5', 'n/6'
        }

        It 'puts no more than 256 MiB into the queue, and keeps the rest until there is room' {
            Register-SaltEvent n -SourceIdentifier $name
            $registration = (Get-EventSubscriber -SourceIdentifier $name).SourceObject
            $large = 'x' * 1000kb
            1..270 | ForEach-Object { Send-SaltEvent n @{ n = $_; text = $large } }
            Wait-Until { $registration.Received + $registration.Queued -eq 270 -and $registration.Queued -lt 10 }
            @(Get-Event -SourceIdentifier $name).Count | Should -Be 263
            Get-Event -SourceIdentifier $name | Select-Object -First 7 | Remove-Event
            Wait-Until { $registration.Received -eq 270 }
            (Get-Event -SourceIdentifier $name)[-1].SourceEventArgs.Data.n | Should -Be 270
        }

        It 'ends after -MaxTriggerCount events, and its connection with it' {
            Register-SaltEvent my/ -SourceIdentifier $name -MaxTriggerCount 2
            Wait-Until { $bus.Subscribers -eq 1 }
            Send-Test my/1, my/2, my/3
            Wait-Until { $bus.Subscribers -eq 0 }
            (Get-Event -SourceIdentifier $name).SourceEventArgs.Tag | Should -Be 'my/1', 'my/2'
            Get-EventSubscriber -Force | Where-Object SourceIdentifier -Like "$name*" | Should -BeNullOrEmpty
        }
    }

    Context 'with -Until' {
        It 'ends after the event, and its connection with it' {
            Register-SaltEvent n -SourceIdentifier $name -Until { $_.Data.data -eq 3 }
            Wait-Until { $bus.Subscribers -eq 1 }
            1..5 | Send-SaltEvent n
            Wait-Until { $bus.Subscribers -eq 0 }
            (Get-Event -SourceIdentifier $name).SourceEventArgs.Data.data | Should -Be 1, 2, 3
            Get-EventSubscriber -Force | Where-Object SourceIdentifier -Like "$name*" | Should -BeNullOrEmpty
        }

        It 'ends an action too, with the variables around the block' {
            $global:SaltSeen = New-Object System.Collections.ArrayList
            $last = 2
            $job = Register-SaltEvent n -SourceIdentifier $name -Action { $null = $global:SaltSeen.Add($EventArgs.Data.data); break } -Until { $_.Data.data -eq $last }
            1..5 | Send-SaltEvent n
            Wait-Until { $bus.Subscribers -eq 0 }
            $global:SaltSeen | Should -Be 1, 2
            $job.State | Should -Be 'Stopped'
            Remove-Variable SaltSeen -Scope Global
        }

        It 'takes no more out of a session than what it gives' {
            $session = New-SaltEventSession n
            1..5 | Send-SaltEvent n
            Wait-Until { $session.Queued -eq 5 }
            Register-SaltEvent n -Session $session -SourceIdentifier $name -Until { $_.Data.data -eq 2 }
            Wait-Until { -not (Get-EventSubscriber | Where-Object SourceIdentifier -EQ $name) }
            (Get-Event -SourceIdentifier $name).SourceEventArgs.Data.data | Should -Be 1, 2
            (Get-SaltEvent -Session $session -Wait 30).Data.data | Should -Be 3
            Remove-SaltEventSession $session
        }

        It 'ends with a session that ends' {
            $session = New-SaltEventSession n -Until { $_.Data.data -eq 2 }
            Register-SaltEvent n -Session $session -SourceIdentifier $name
            1..5 | Send-SaltEvent n
            Wait-Until { (Get-EventSubscriber -SourceIdentifier $name).SourceObject.State -eq 'Ended' }
            (Get-Event -SourceIdentifier $name).SourceEventArgs.Data.data | Should -Be 1, 2
            Unregister-Event $name
            Remove-SaltEventSession $session
        }

        It 'keeps to -QueueSize' {
            Register-SaltEvent n -SourceIdentifier $name -QueueSize 3 -Until { $false }
            $registration = (Get-EventSubscriber -SourceIdentifier $name).SourceObject
            1..3 | Send-SaltEvent n
            Wait-Until { @(Get-Event -SourceIdentifier $name -ErrorAction Ignore).Count -eq 3 }
            4..6 | Send-SaltEvent n
            Wait-Until { $registration.Queued -eq 3 }
            Remove-Event -SourceIdentifier $name
            Wait-Until { $registration.Received -eq 6 -and @(Get-Event -SourceIdentifier $name -ErrorAction Ignore).Count -eq 3 }
        }

        It 'reports what it throws, and continues' {
            $run = Invoke-InNewRunspace {
                $bus = Start-SaltEventBus
                Register-SaltEvent n -SourceIdentifier watcher -Until { if ($_.Data.data -eq 1) { throw 'oops' }; $true }
                1..2 | Send-SaltEvent n
                Wait-Until { -not (Get-EventSubscriber) }
                (Get-Event watcher).SourceEventArgs.Data.data
                Stop-SaltEventBus $bus
            }
            $run.Output | Should -Be 1, 2
            $run.Warnings | Should -Be 'watcher: -Until failed for the event n: oops'
        }
    }

    It 'reports dropped events once the queue is full' {
        $run = Invoke-InNewRunspace {
            $bus = Start-SaltEventBus
            Register-SaltEvent n/ -SourceIdentifier watcher -QueueSize 2
            $registration = (Get-EventSubscriber watcher).SourceObject
            1..20 | ForEach-Object { New-SaltEvent -Tag "n/$_" -Data @{ } } | Send-SaltEvent
            Wait-Until { $bus.EventsOut -ge 20 }
            Wait-Until { Remove-Event watcher -ErrorAction SilentlyContinue; $registration.Dropped + $registration.Received -eq 20 }
            $registration.Dropped -gt 0
            Unregister-Event watcher
            Stop-SaltEventBus $bus
        }
        $run.Output | Should -Be $true
        $run.Warnings.Count | Should -BeGreaterThan 0
        $run.Warnings[0] | Should -BeLike 'watcher: * event*dropped:*'
    }

    It 'reports once that a pattern takes too long, without an event to wake it' {
        $run = Invoke-InNewRunspace {
            $bus = Start-SaltEventBus
            Register-SaltEvent '(?=x?)(a+)+$' -MatchType Regex -SourceIdentifier watcher
            $null = Register-EngineEvent -SourceIdentifier watcher.Status -SupportEvent -Action { $global:reported++ }
            1..2 | ForEach-Object { Send-SaltEvent ('a' * 40 + '!') }
            Wait-Until { $global:reported }
            Unregister-Event watcher
            Stop-SaltEventBus $bus
        }
        $run.Warnings | Should -BeLike 'watcher: It took too long to compare the tag *: such events do not match.*'
        @($run.Warnings).Count | Should -Be 1
    }

    It 'connects again after the bus went away, and reports it' {
        $run = Invoke-InNewRunspace ([scriptblock]::Create(@'
            $there = @{ SockDir = "$([IO.Path]::GetTempPath())se$([guid]::NewGuid().ToString('N').Substring(0, 8))" }
            if ($PSVersionTable.PSEdition -ne 'Core' -or $IsWindows) { $first = Start-SaltEventBus; $there = @{ PubPort = $first.PubPort; PullPort = $first.PullPort } } else { $first = Start-SaltEventBus @there }
            Register-SaltEvent my/ -SourceIdentifier watcher @there
            $global:reported = 0
            $null = Register-EngineEvent watcher.Status -Action { $global:reported++ }
            Stop-SaltEventBus $first
            $second = Start-SaltEventBus @there
            Wait-Until { $second.Subscribers -eq 1 }
            Wait-Until { New-SaltEvent -Tag my/again -Data @{ } | Send-SaltEvent; Get-Event watcher -ErrorAction SilentlyContinue }
            (Get-Event watcher)[0].SourceEventArgs.Tag
            (Get-EventSubscriber watcher).SourceObject.State
            Wait-Until { $global:reported -eq 2 }
            Unregister-Event watcher
            Stop-SaltEventBus
'@))
        $run.Output | Should -Be 'my/again', 'Open'
        $run.Warnings[0] | Should -BeLike 'watcher: The event bus at * went away*'
        $run.Warnings[1] | Should -BeLike 'watcher: The event bus at * is back after *'
    }

    It 'reports that a bus of this process has ended' {
        $run = Invoke-InNewRunspace {
            $bus = Start-SaltEventBus
            Register-SaltEvent my/ -SourceIdentifier watcher
            $registration = (Get-EventSubscriber watcher).SourceObject
            Stop-SaltEventBus $bus
            Wait-Until { $registration.State -eq 'Ended' }
            Unregister-Event watcher
        }
        $run.Warnings | Should -BeLike 'watcher: The event bus at * went away. No more events will arrive.'
    }

    It 'ends with Unregister-Event, and its connection with it' {
        Register-SaltEvent my/ -SourceIdentifier $name
        $registration = (Get-EventSubscriber -SourceIdentifier $name).SourceObject
        $registration.State | Should -Be 'Open'
        Wait-Until { $bus.Subscribers -eq 1 }
        Unregister-Event $name
        Wait-Until { $bus.Subscribers -eq 0 }
        $registration.State | Should -Be 'Closed'
        Get-EventSubscriber -Force | Where-Object SourceIdentifier -Like "$name*" | Should -BeNullOrEmpty
    }

    It 'ends with its runspace' {
        $null = Invoke-InNewRunspace ([scriptblock]::Create("Register-SaltEvent my/ $((Get-BusAddress $bus).GetEnumerator() | ForEach-Object { "-$($_.Key) '$($_.Value)'" })"))
        Wait-Until { $bus.Subscribers -eq 0 }
    }

    It 'reads a session, and leaves it open' {
        $session = New-SaltEventSession
        Send-Test my/kept
        Register-SaltEvent my/ -Session $session -SourceIdentifier $name
        (Wait-Event -SourceIdentifier $name -Timeout 30).SourceEventArgs.Tag | Should -Be 'my/kept'
        Unregister-Event $name
        $session.State | Should -Be 'Open'
        Remove-SaltEventSession $session
    }

    It 'is hidden with -SupportEvent' {
        Register-SaltEvent my/ -SourceIdentifier $name -SupportEvent -Action { } | Should -BeNullOrEmpty
        Get-EventSubscriber | Where-Object SourceIdentifier -EQ $name | Should -BeNullOrEmpty
        Get-EventSubscriber -Force | Where-Object SourceIdentifier -EQ $name | Should -Not -BeNullOrEmpty
    }

    It 'forwards with -Forward, and keeps nothing here' {
        Register-SaltEvent my/ -SourceIdentifier $name -Forward
        $subscriber = Get-EventSubscriber -SourceIdentifier $name
        $subscriber.ForwardEvent | Should -BeTrue
        Send-Test my/1
        Wait-Until { $subscriber.SourceObject.Received -eq 1 }
        Get-Event | Where-Object SourceIdentifier -EQ $name | Should -BeNullOrEmpty
        (Get-ErrorOf { Register-SaltEvent my/ -Forward -Action { } }).FullyQualifiedErrorId | Should -BeLike 'ParametersDisagree,*'
    }

    It 'refuses a name that is taken' {
        Register-SaltEvent my/ -SourceIdentifier $name
        $caught = Get-ErrorOf { Register-SaltEvent my/ -SourceIdentifier $name }
        $caught.FullyQualifiedErrorId | Should -BeLike 'SubscriberExists,*'
        $caught.CategoryInfo.Category | Should -Be 'ResourceExists'
        Wait-Until { $bus.Subscribers -eq 1 }
    }

    It 'is not a bus for other commands' {
        Register-SaltEvent my/ -SourceIdentifier $name -Bus $bus
        $other = Start-SaltEventBus -Node Minion
        Register-SaltEvent my/ -SourceIdentifier "$name-2" -Bus $bus
        New-SaltEvent -Tag x -Data @{ } | Send-SaltEvent
        Wait-Until { $other.EventsIn -eq 1 }
        Get-SaltEventSession | Should -BeNullOrEmpty
        Stop-SaltEventBus $other
    }
}
