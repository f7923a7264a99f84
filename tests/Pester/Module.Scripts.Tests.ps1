BeforeDiscovery {
    $isCore = $PSVersionTable.PSEdition -eq 'Core'
    $hasThreadJob = [bool](Get-Command Start-ThreadJob -ErrorAction SilentlyContinue)
}

BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'SaltEvents.TestHelpers.psm1') -Force
    $modulePath = Get-ModulePath
    $bus = Start-SaltEventBus -PubPort 0
    $session = New-SaltEventSession

    # Fires a payload and gives it as it was heard.
    function Send-AndHear { param($Data, [string] $Tag) Send-SaltEvent $Tag $Data; Get-SaltEvent $Tag -Session $session -Wait 30 }
}

AfterAll {
    Clear-SaltTest
}

Describe 'The module' {
    Context 'jobs and other runspaces' {
        BeforeAll {
            # What -AutoRemoveJob does, but without its error if the job ends at that moment.
            function Receive-Ended($Job) {
                $Job | Receive-Job -Wait
                Remove-Job $Job
            }
        }

        It 'listens in a job of another process, and the events come back whole' {
            $tcp = $bus.PubPort
            $job = Start-Job { Import-Module $using:modulePath; Get-SaltEvent 'job/' -PubPort $using:tcp -Wait 60 }
            Wait-Until { $bus.Subscribers -eq 2 }
            Send-SaltEvent 'job/1' @{ n = @{ deep = 1 } }
            $back = Receive-Ended $job
            $back | Should -BeOfType [SaltEvents.SaltEvent]
            $back.Tag | Should -Be 'job/1'
            $back.Data.n.deep | Should -Be 1
            (Get-SaltEvent 'job/' -Session $session -Wait 30).Tag | Should -Be 'job/1'
        }

        It 'passes an event that is nested deep, in a collection of .NET, to a job' {
            $deep = 'leaf'
            foreach ($i in 1..100) { $deep = @{ a = $deep } }
            $list = New-Object System.Collections.ArrayList
            $null = $list.Add((New-SaltEvent my/tag @{ deep = $deep; n = 1 }))
            $seen = Receive-Ended (Start-Job { $e = @($using:list)[0]; "$($e.Tag) $($e.Data.n) $([Convert]::ToBase64String($e.WireBody))" })
            $seen | Should -Be "my/tag 1 $([Convert]::ToBase64String($list[0].WireBody))"
        }

        It 'passes the events in a collection of .NET to a job whole' {
            foreach ($list in (New-Object System.Collections.ArrayList), (New-Object System.Collections.Generic.List[object])) {
                $null = $list.Add((New-SaltEvent JobReturn -MinionId web01 -Return @{ a = 1 } -ReturnCode 1))
                $seen = Receive-Ended (Start-Job { $e = @($using:list)[0]; "$($e.Tag) $($e.MinionId) $($e.Succeeded) $($e.Data.return.a) $([Convert]::ToBase64String($e.WireBody))" })
                $seen | Should -Be "$($list[0].Tag) web01 False 1 $([Convert]::ToBase64String($list[0].WireBody))"
            }
        }

        It 'shows an event from a job after another runspace with the module has ended' {
            $null = Receive-Background (Start-Background { New-SaltEvent other/runspace })
            $back = Receive-Ended (Start-Job { Import-Module $using:modulePath; New-SaltEvent JobReturn -MinionId web01 -JobId 20261127120000000001 })
            $back | Out-String -Width 80 | Should -Match 'salt/job/20261127120000000001/ret/web01 +test\.ping ok'
        }

        It 'fires from a job of another process' {
            $ports = @{ PubPort = $bus.PubPort; PullPort = $bus.PullPort }
            Receive-Ended (Start-Job { Import-Module $using:modulePath; $ports = $using:ports; 1..3 | Send-SaltEvent 'fromjob' @ports })
            (Get-SaltEvent fromjob -Session $session -Count 3 -Wait 30).Data.data | Should -Be 1, 2, 3
        }

        It 'takes the bus object into thread jobs with $using: (skipped where there is no Start-ThreadJob)' -Skip:(-not $hasThreadJob) {
            $job = Start-ThreadJob { Import-Module $using:modulePath; Get-SaltEvent 'thread/' -Bus $using:bus -Wait 60 -DataOnly }
            Wait-Until { $bus.Subscribers -eq 2 }
            Send-SaltEvent 'thread/1' @{ n = 5 }
            (Receive-Ended $job).n | Should -Be 5
            $null = Get-SaltEvent 'thread/' -Session $session -Wait 30
        }

        It 'runs a pipeline over failed states not once if there are none' {
            $file = New-TestPath
            $events = @(
                New-SaltEvent my/tag
                New-SaltEvent MinionStart -MinionId web01
                New-SaltEvent JobReturn -MinionId web01
                New-SaltEvent JobReturn -MinionId web01 -Function state.apply -Return @{ 'a_|-b_|-b_|-run' = @{ result = $true } }
            )
            $events | Export-Clixml $file
            foreach ($event in @($events; Import-Clixml $file)) { $event.FailedStates | ForEach-Object { "ran for $($event.Tag)" } | Should -BeNullOrEmpty }
        }

        It 'gives the failed states of an event in ForEach-Object -Parallel (skipped in Windows PowerShell)' -Skip:(-not $isCore) {
            New-SaltEvent JobReturn -MinionId web01 -FailedState nginx | ForEach-Object -Parallel {
                "$($_.MinionId) $($_.Succeeded) $($_.FailedStates) $($_.Data.retcode)"
            } | Should -Be 'web01 False nginx 2'
            New-SaltEvent my/tag | ForEach-Object -Parallel { "<$($_.FailedStates)>" } | Should -Be '<>'
        }

        It 'takes the session object into ForEach-Object -Parallel with $using: (skipped in Windows PowerShell)' -Skip:(-not $isCore) {
            1..6 | Send-SaltEvent 'parallel'
            Wait-Until { $session.Queued -eq 6 }
            $numbers = 1..3 | ForEach-Object -Parallel {
                Import-Module $using:modulePath
                (Get-SaltEvent 'parallel' -Session $using:session -Count 2 -Wait 30).Data.data
            } -ThrottleLimit 3
            # Each event is read by one of them.
            $numbers | Sort-Object | Should -Be (1..6)
        }

        It 'returns .Data and Tag also in a runspace without the module' {
            $saltEvent = Send-AndHear @{ n = 5 } 'elsewhere'
            $shell = [powershell]::Create()
            try {
                $shell.AddScript('param($e) $e.Tag, $e.Data.n').AddArgument($saltEvent).Invoke() | Should -Be 'elsewhere', 5
            } finally {
                $shell.Dispose()
            }
        }
    }

    Context 'scripts of users under test' {
        It 'can be mocked with Pester, times in fractions of a second too' {
            Mock Get-SaltEvent { [pscustomobject]@{ Tag = "$Tag"; Waited = $Wait } }
            Mock Send-SaltEvent { }
            Mock Watch-SaltEvent { [pscustomobject]@{ Tag = 'mocked' } }
            (Get-SaltEvent 'auth' -Wait 0.5).Tag | Should -Be 'auth'
            ([timespan](Get-SaltEvent 'auth' -Wait 10).Waited).TotalSeconds | Should -Be 10
            (Watch-SaltEvent -Timeout 0.5 | Select-Object -First 1).Tag | Should -Be 'mocked'
            Send-SaltEvent 'tag' @{ a = 1 }
            Should -Invoke Get-SaltEvent -Times 1 -Exactly -ParameterFilter { $Tag -eq 'auth' -and $Wait -eq 0.5 }
            Should -Invoke Send-SaltEvent -Times 1 -Exactly -ParameterFilter { $Tag -eq 'tag' -and $Data.a -eq 1 }
        }

        It 'has times that compare, add and sort as numbers and TimeSpans do' {
            Mock Get-SaltEvent { $Wait }
            $half, $ten, $endless = (Get-SaltEvent -Wait 0.5), (Get-SaltEvent -Wait ([timespan]'0:0:10')), (Get-SaltEvent -Wait Infinite)
            Should -Invoke Get-SaltEvent -Times 1 -Exactly -ParameterFilter { $Wait -ge 10 -and $Wait -lt 11 -and 10 -le $Wait -and $Wait -ne 11 }
            Should -Invoke Get-SaltEvent -Times 2 -Exactly -ParameterFilter { $Wait -ge [timespan]::FromSeconds(1) -and [timespan]::FromSeconds(20) -ne $Wait }
            Should -Invoke Get-SaltEvent -Times 1 -Exactly -ParameterFilter { $Wait -eq -1 -and $Wait -gt 4000000 -and $Wait -eq 'Infinite' }
            $ten -eq '10' | Should -BeTrue
            10 -eq $ten | Should -BeTrue
            0.0 -lt $half -and 1.0 -gt $half -and $half -gt 0 | Should -BeTrue
            ($ten + 5), (5 + $ten), ($ten + $half), ($ten + [timespan]'0:0:1'), ($ten * 2), ($ten / 4), ($endless + 1) -join ' ' | Should -BeExactly '15 15 10.5 11 20 2.5 Infinite'
            $ten - 12 | Should -Be -2
            $exact = 0.035, 0.07, 65.537, 4233599.999 | ForEach-Object { Get-SaltEvent -Wait $_ }
            "$exact" | Should -BeExactly '0.035 0.07 65.537 4233599.999'
            $exact[1] -eq [timespan]'0:0:0.07' | Should -BeTrue
            [datetime]'2026-01-01' + $ten | Should -Be ([datetime]'2026-01-01T00:00:10')
            [int]$ten, [double]$half, [timespan]$endless | Should -Be 10, 0.5, ([System.Threading.Timeout]::InfiniteTimeSpan)
            { [int]$half } | Should -Throw "*'0.5' is not a whole number of seconds*"
            $endless, $ten, $half | Sort-Object | ForEach-Object ToString | Should -Be '0.5', '10', 'Infinite'
            ($ten, $half | Measure-Object TotalSeconds -Sum).Sum | Should -Be 10.5
        }

        It 'has times that compare with every number' {
            Mock Get-SaltEvent { $Wait }
            $ten, $endless = (Get-SaltEvent -Wait 10), (Get-SaltEvent -Wait Infinite)
            Should -Invoke Get-SaltEvent -Times 1 -Exactly -ParameterFilter { $Wait -gt -5 -and $Wait -lt 1e9 -and $Wait -le [int]::MaxValue -and $Wait -lt [double]::MaxValue }
            $ten -gt -0.001 -and $ten -gt [double]::NegativeInfinity -and $ten -lt [timespan]::MaxValue -and $ten -gt [timespan]::MinValue | Should -BeTrue
            $endless -gt 1e9 -and $endless -gt [timespan]::MaxValue | Should -BeTrue
            "$($ten * 1e6)" | Should -Be '10000000'
            { $ten -gt 'soon' } | Should -Throw "*'soon' is not a time to wait*"
        }

        It 'refuses <Text> as a time to wait' -TestCases @(
            @{ Text = '-2'; Time = -2 }, @{ Text = '-0.001'; Time = -0.001 }, @{ Text = '4233601'; Time = 4233601 }, @{ Text = '1E+300'; Time = 1e300 }
            @{ Text = '-00:00:01'; Time = [timespan]'-0:0:1' }, @{ Text = 'soon'; Time = 'soon' }, @{ Text = '-3'; Time = '-3' }
        ) {
            foreach ($command in { Get-SaltEvent -Wait $Time }, { Watch-SaltEvent -Timeout $Time }, { Send-SaltEvent a/b -Timeout $Time }, { 1 | Measure-SaltEvent -Interval $Time }) {
                "$(Get-ErrorOf $command)" | Should -BeLike "*'$Text' is not a time to wait. Give seconds from 0 to 4233600*"
            }
        }

        It 'refuses $null and a list as a time to wait' {
            foreach ($command in { Get-SaltEvent -Wait $Time }, { 1 | Measure-SaltEvent -Interval $Time }) {
                $Time = $null
                "$(Get-ErrorOf $command)" | Should -BeLike '*$null is not a time to wait. Give seconds*'
                $Time = @(5)
                "$(Get-ErrorOf $command)" | Should -BeLike '*A list is not a time to wait. Give seconds*'
            }
        }

        It 'can be mocked where a pipeline feeds it' {
            Mock Send-SaltEvent { }
            1..3 | Send-SaltEvent -Tag 'tag'
            Should -Invoke Send-SaltEvent -Times 3 -Exactly -ParameterFilter { $Tag -eq 'tag' }
            @{ a = 1 } | Send-SaltEvent my/tag
            Should -Invoke Send-SaltEvent -Times 1 -Exactly -ParameterFilter { $Tag -eq 'my/tag' -and $Data.a -eq 1 }
            New-SaltEvent my/brought @{ n = 1 } | Send-SaltEvent
            Should -Invoke Send-SaltEvent -Times 1 -Exactly -ParameterFilter { $Tag -eq 'my/brought' }
        }

        It 'works through a proxy function' {
            $metadata = New-Object System.Management.Automation.CommandMetadata (Get-Command Watch-SaltEvent)
            $proxy = [scriptblock]::Create([System.Management.Automation.ProxyCommand]::Create($metadata))
            Send-SaltEvent 'proxied' 'x'
            (& $proxy 'proxied' -Session $session -Timeout 30.5 -Count 1).Tag | Should -Be 'proxied'
        }

        It 'takes its parameters by splatting and from $PSDefaultParameterValues' {
            $arguments = @{ Data = @{ n = 1 }; Tag = 'splatted'; PassThru = $true }
            (Send-SaltEvent @arguments).Tag | Should -Be 'splatted'
            $PSDefaultParameterValues = @{ 'Get-SaltEvent:Session' = $session; 'Get-SaltEvent:Wait' = 30 }
            (Get-SaltEvent 'splatted').Data.n | Should -Be 1
        }
    }
}
