BeforeDiscovery {
    $isCore = $PSVersionTable.PSEdition -eq 'Core'
}

BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'SaltEvents.TestHelpers.psm1') -Force
    $bus = Start-SaltEventBus
    $session = New-SaltEventSession
    $modulePath = Get-ModulePath

    # What the bus has got since the last call.
    function Get-Heard { param([int] $Count = 1) Get-SaltEvent -Session $session -Count $Count -Wait 30 }
}

AfterAll {
    Clear-SaltTest
}

Describe 'Send-SaltEvent' {
    Context 'what is sent' {
        It 'sends a string as {"data": ...}' {
            Send-SaltEvent 'tag' 'message' | Should -BeNullOrEmpty
            $heard = Get-Heard
            $heard.Tag | Should -Be 'tag'
            $heard.Data.data | Should -Be 'message'
            $heard.Raw.Keys | Should -Be 'data', '_stamp'
        }

        It 'sends <Name>' -TestCases @(
            @{ Name = 'a hashtable'; Payload = @{ a = 1; b = 'x' } }
            @{ Name = 'a PSCustomObject'; Payload = [pscustomobject]@{ a = 1; b = 'x' } }
            @{ Name = 'an ordered dictionary'; Payload = [ordered]@{ a = 1; b = 'x' } }
        ) {
            Send-SaltEvent 'map' $Payload
            $heard = Get-Heard
            $heard.Data.a | Should -Be 1
            $heard.Data.b | Should -Be 'x'
        }

        It 'keeps the order and any nesting' {
            Send-SaltEvent 'nested' ([ordered]@{ z = 1; a = @(1, @(2, @{ deep = $null }), @()); m = [ordered]@{ y = $true; x = @{ } } })
            $heard = Get-Heard
            $heard.Raw.Keys | Should -Be 'z', 'a', 'm', '_stamp'
            ConvertTo-Json $heard.Data.a -Compress -Depth 9 | Should -Be '[1,[2,{"deep":null}],[]]'
            ConvertTo-Json $heard.Data.m -Compress | Should -Be '{"y":true,"x":{}}'
        }

        It 'sends <Name> as <Expected>' -TestCases @(
            @{ Name = 'a Guid'; Value = [guid]'6f1c4a0c-9c68-3b7e-9d5f-2f0e7b1c2f0a'; Expected = '6f1c4a0c-9c68-3b7e-9d5f-2f0e7b1c2f0a' }
            @{ Name = 'an enum'; Value = [System.DayOfWeek]::Friday; Expected = 'Friday' }
            @{ Name = 'a decimal'; Value = [decimal]::Parse('0.10', [cultureinfo]::InvariantCulture); Expected = '0.10' }
            @{ Name = 'a TimeSpan'; Value = [timespan]::FromMilliseconds(1500); Expected = 1.5 }
            @{ Name = 'a version'; Value = [version]'1.2.3'; Expected = '1.2.3' }
            @{ Name = 'a URI'; Value = [uri]'http://example.org/a'; Expected = 'http://example.org/a' }
            @{ Name = 'a char'; Value = [char]'c'; Expected = 'c' }
            @{ Name = 'true'; Value = $true; Expected = $true }
            @{ Name = 'a double'; Value = 0.1; Expected = 0.1 }
            @{ Name = 'the greatest unsigned number'; Value = [uint64]::MaxValue; Expected = [uint64]::MaxValue }
            @{ Name = 'the least number'; Value = [long]::MinValue; Expected = [long]::MinValue }
            @{ Name = 'unicode text'; Value = [string][char]0xFC + [char]0x2603 + [char]::ConvertFromUtf32(0x1D11E); Expected = [string][char]0xFC + [char]0x2603 + [char]::ConvertFromUtf32(0x1D11E) }
            @{ Name = 'an empty string'; Value = ''; Expected = '' }
        ) {
            Send-SaltEvent 'scalar' @{ v = $Value }
            (Get-Heard).Data.v | Should -BeExactly $Expected
        }

        It 'sends a DateTime of the kind <_> as the same moment in UTC' -ForEach 'Local', 'Unspecified', 'Utc' {
            $time = [datetime]::SpecifyKind('2026-07-01T12:00:00.123456', $_)
            Send-SaltEvent 'time' @{ at = $time; list = , $time }
            $data = (Get-Heard).Data
            $data.at, $data.list[0] | Should -Be $time.ToUniversalTime(), $time.ToUniversalTime()
            $data.at.Kind, $data.list[0].Kind | Should -Be Utc, Utc
        }

        It 'sends bytes as bytes: <Name>' -TestCases @(
            @{ Name = 'in a map'; Send = { Send-SaltEvent 'bytes' @{ data = [byte[]](0, 255, 7) } } }
            @{ Name = 'as an argument'; Send = { Send-SaltEvent 'bytes' ([byte[]](0, 255, 7)) } }
            @{ Name = 'through the pipeline'; Send = { , [byte[]](0, 255, 7) | Send-SaltEvent 'bytes' } }
        ) {
            & $Send
            $bytes = (Get-Heard).Data.data
            , $bytes | Should -BeOfType [byte[]]
            $bytes | Should -Be 0, 255, 7
        }

        It 'sends a list as one event where it is an argument' {
            Send-SaltEvent 'list' 1, 2, 3
            (Get-Heard).Data.data | Should -Be 1, 2, 3
        }

        It 'sends unicode tags' {
            $tag = 'gr' + [char]0xFC + 'n/' + [char]0x2603
            Send-SaltEvent $tag @{ }
            (Get-Heard).Tag | Should -BeExactly $tag
        }

        It 'sends a big payload whole' {
            $text = 'x' * 900000
            Send-SaltEvent 'big' @{ text = $text } -WarningVariable warned
            (Get-Heard).Data.text.Length | Should -Be 900000
            $warned | Should -BeNullOrEmpty
        }

        It 'trims what is larger than Salt takes, as Salt does, and warns' {
            Send-SaltEvent 'trimmed' @{ text = 'x' * 2000000; n = 1 } -WarningVariable warned -WarningAction SilentlyContinue
            $heard = Get-Heard
            $heard.Data.text | Should -Be 'VALUE_TRIMMED'
            $heard.Data.n | Should -Be 1
            "$warned" | Should -Match 'trimmed.*max_event_size'
        }

        It 'stamps the event with the present time, whatever the payload says, which stays as it is' {
            $payload = @{ _stamp = '2001-02-03T04:05:06.000007' }
            Send-SaltEvent 'stamp' $payload
            ([datetime]::UtcNow - (Get-Heard).Timestamp).TotalMinutes | Should -BeLessThan 5
            $payload.Count, $payload._stamp | Should -Be 1, '2001-02-03T04:05:06.000007'
        }

        It 'keeps a payload''s own stamp with -KeepTimestamp, if it has one' {
            Send-SaltEvent 'stamp' @{ _stamp = '2001-02-03T04:05:06.000007' } -KeepTimestamp
            (Get-Heard).Data._stamp | Should -Be '2001-02-03T04:05:06.000007'
            Send-SaltEvent 'stamp' @{ a = 1 } -KeepTimestamp
            (Get-Heard).Timestamp | Should -Not -BeNullOrEmpty
        }

        It 'sends only the time where there is no payload' {
            Send-SaltEvent 'stamp'
            (Get-Heard).Raw.Keys | Should -Be '_stamp'
        }
    }

    Context '-PassThru, -WhatIf, -Verbose' {
        It 'returns with -PassThru the event as it was sent' {
            $sent = Send-SaltEvent 'pass' @{ n = 1 } -PassThru
            $heard = Get-Heard
            $sent | Should -BeOfType [SaltEvents.SaltEvent]
            $sent.Tag | Should -Be 'pass'
            $sent.WireBody | Should -Be $heard.WireBody
        }

        It 'connects before the first event with -WhatIf:$false, whatever the preference is' {
            $WhatIfPreference = $true
            { @() | Send-SaltEvent 'whatif' -PubPort 1 -PullPort 1 -WhatIf:$false -ErrorAction Stop } | Should -Throw -ErrorId 'BusNotFound*'
            @() | Send-SaltEvent 'whatif' -PubPort 1 -PullPort 1 -ErrorAction Stop
        }

        It 'sends nothing with -WhatIf, and connects to nothing' {
            $before = $bus.EventsIn
            function Send-Nothing { [CmdletBinding(SupportsShouldProcess)] param() Send-SaltEvent 'whatif' 'x' -PubPort 1 -PullPort 1 -ErrorAction Stop }
            Send-Nothing -WhatIf
            1..3 | Send-SaltEvent 'whatif' -PubPort 1 -PullPort 1 -WhatIf -ErrorAction Stop
            Send-SaltEvent 'whatif' 'x' -WhatIf -PassThru | Should -BeNullOrEmpty
            Send-SaltEvent 'after' 'x'
            (Get-Heard).Tag | Should -Be 'after'
            $bus.EventsIn | Should -Be ($before + 1)
        }

        It 'says with -Verbose where it sends' {
            $verbose = Send-SaltEvent 'my/tag' 'x' -Verbose 4>&1
            "$verbose" | Should -Match ([regex]::Escape($bus.PullAddress))
            "$verbose" | Should -Match 'started last'
            $null = Get-Heard
        }
    }

    Context 'which bus' {
        It 'fires by its ports' {
            $tcp = Start-SaltEventBus -PubPort 0
            Send-SaltEvent 'tcp' 'x' -PubPort $tcp.PubPort -PullPort $tcp.PullPort -WarningVariable warned
            $warned | Should -BeNullOrEmpty
            Wait-Until { $tcp.EventsIn -eq 1 }
            Stop-SaltEventBus $tcp
        }

        It 'fires with only -PullPort; without -Framing it warns that it cannot know which to use' {
            $tcp = Start-SaltEventBus -PubPort 0
            Send-SaltEvent 'tcp' 'x' -PullPort $tcp.PullPort -WarningVariable warned
            $warned | Should -BeNullOrEmpty # a bus of this process is known
            Wait-Until { $tcp.EventsIn -eq 1 }
            $child = Start-Child -ArgumentList $tcp.PullPort {
                Send-SaltEvent 'tcp' 'x' -PullPort $args[0] 3>&1 | Select-Object -First 1 -ExpandProperty Message
                Send-SaltEvent 'tcp' 'x' -PullPort $args[0] -Framing Map 3>&1
            }
            $child.StandardOutput.ReadToEnd() | Should -BeLike '*It is not known which format*-Framing*'
            Wait-Until { $tcp.EventsIn -eq 3 }
            Stop-SaltEventBus $tcp
        }

        It 'never opens the bus''s pub socket' {
            $other = Start-SaltEventBus
            1..3 | Send-SaltEvent 'n' -Bus $other
            Wait-Until { $other.EventsIn -eq 3 }
            $other.EventsOut | Should -Be 0
            Stop-SaltEventBus $other
        }
    }

    It 'is safe in several runspaces at once (PowerShell 7 only: ForEach-Object -Parallel)' -Skip:(-not $isCore) {
        1..4 | ForEach-Object -Parallel {
            Import-Module $using:modulePath
            1..100 | Send-SaltEvent "parallel/$_" -Bus $using:bus
        } -ThrottleLimit 4
        $heard = Get-Heard 400
        foreach ($group in $heard | Group-Object Tag) {
            $group.Group.Data.data | Should -Be (1..100)
        }
    }
}
