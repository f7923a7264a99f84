BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'SaltEvents.TestHelpers.psm1') -Force
    $bus = Start-SaltEventBus
    $session = New-SaltEventSession

    # What the bus has got since the last call.
    function Get-Heard { param([int] $Count = 1) Get-SaltEvent -Session $session -Count $Count -Wait 30 }
}

AfterAll {
    Clear-SaltTest
}

Describe 'Send-SaltEvent' {
    Context 'in a pipeline' {
        It 'takes the tag as its first argument' {
            1..3 | Send-SaltEvent 'my/tag'
            $heard = Get-Heard 3
            $heard.Tag | Select-Object -Unique | Should -Be 'my/tag'
            $heard.Data.data | Should -Be 1, 2, 3
        }

        It 'takes a tag and a message: <Send>' -TestCases @(
            @{ Send = { Send-SaltEvent 'my/tag' 'message' } }
            @{ Send = { Send-SaltEvent -Data 'message' -Tag 'my/tag' } }
            @{ Send = { Send-SaltEvent -Tag 'my/tag' 'message' } }
            @{ Send = { Send-SaltEvent 'message' -Tag 'my/tag' } }
            @{ Send = { 'message' | Send-SaltEvent 'my/tag' } }
            @{ Send = { 'message' | Send-SaltEvent -Tag 'my/tag' } }
            @{ Send = { Send-SaltEvent -InputObject 'message' 'my/tag' } }
            @{ Send = { Send-SaltEvent -InputObject 'message' -Tag 'my/tag' } }
            @{ Send = { Send-SaltEvent -Tag 'my/tag' -InputObject 'message' } }
            @{ Send = { 1 | ForEach-Object { Send-SaltEvent 'my/tag' 'message' } } }
            @{ Send = { function Send { process { Send-SaltEvent 'my/tag' 'message' } }; 1 | Send } }
            @{ Send = { function Send { $input | Send-SaltEvent 'my/tag' }; 'message' | Send } }
            @{ Send = { $given = @{ Data = 'message'; Tag = 'my/tag' }; Send-SaltEvent @given } }
            @{ Send = { New-SaltEvent my/tag @{ n = 2 } | Send-SaltEvent -Data @{ data = 'message' } } }
        ) {
            & $Send
            $heard = Get-Heard
            $heard.Tag, $heard.Data.data | Should -Be 'my/tag', 'message'
        }

        It 'takes an object with Tag and Data for a payload where a tag is given' {
            [pscustomobject]@{ Tag = 'my/tag'; Data = 1 } | Send-SaltEvent given
            (Get-Heard).Raw.Keys | Should -Be Tag, Data, _stamp
        }

        It 'fires objects with Tag and Data as such: <Name>' -TestCases @(
            @{ Name = 'from JSON'; Make = { '{"tag":"my/brought","data":{"n":1}}' | ConvertFrom-Json } }
            @{ Name = 'from CSV'; Make = { 'Tag,Data', 'my/brought,1' | ConvertFrom-Csv } }
            @{ Name = 'made by hand'; Make = { [pscustomobject]@{ Tag = 'my/brought'; Data = @{ n = 1 }; Other = 2 } } }
            @{ Name = 'an event'; Make = { New-SaltEvent my/brought @{ n = 1 } } }
            @{ Name = 'an event that was JSON'; Make = { New-SaltEvent my/brought @{ n = 1 } | ConvertTo-Json -Depth 5 | ConvertFrom-Json } }
        ) {
            & $Make | Send-SaltEvent
            $heard = Get-Heard
            $heard.Tag | Should -Be 'my/brought'
            @($heard.Data.n, $heard.Data.data | Where-Object { $null -ne $_ }) | Should -Be 1
            & $Make | Send-SaltEvent -Tag given
            (Get-Heard).Tag | Should -Be 'given'
        }

        It 'makes a tag for each object with a script block' {
            1, 2 | Send-SaltEvent -Tag { "my/$_" }
            $heard = Get-Heard 2
            $heard.Tag | Should -Be 'my/1', 'my/2'
            $heard.Data.data | Should -Be 1, 2
        }

        It 'uses one connection for all of them' {
            1..50 | Send-SaltEvent 'n'
            (Get-Heard 50).Data.data | Should -Be (1..50)
            Wait-Until { $bus.Senders -eq 0 }
            1, 2 | ForEach-Object { if ($_ -eq 2) { Wait-Until { $bus.Senders -eq 1 } }; $_ } | Send-SaltEvent 'n'
            $null = Get-Heard 2
        }

        It 'sends selected properties of objects' {
            Get-ChildItem -LiteralPath $PSScriptRoot -Filter *.psm1 | Select-Object Name, Length | Send-SaltEvent 'file'
            $heard = Get-Heard
            $heard.Data.Name | Should -Be 'SaltEvents.TestHelpers.psm1'
            $heard.Data.Length | Should -BeGreaterThan 100
        }

        It 'sends what ConvertFrom-Json and ConvertFrom-Csv give' {
            '{"a": {"b": [1, 2]}}' | ConvertFrom-Json | Send-SaltEvent 'json'
            "x,y`n1,2" | ConvertFrom-Csv | Send-SaltEvent 'csv'
            $heard = Get-Heard 2
            $heard[0].Data.a.b | Should -Be 1, 2
            $heard[1].Data.y | Should -Be '2'
        }

        It 'fires a piped event with its own tag and payload, and a new time' {
            $first = Send-SaltEvent 'again' ([ordered]@{ n = 1; ID = 2 }) -PassThru -KeepTimestamp
            $null = Get-Heard
            $first | Send-SaltEvent
            $second = Get-Heard
            $second.Tag | Should -Be 'again'
            $second.Raw.Keys | Should -Be 'n', 'ID', '_stamp'
            $second.Timestamp | Should -BeGreaterThan $first.Timestamp
        }

        It 'fires a piped event with -KeepTimestamp and under another -Tag' {
            $first = Send-SaltEvent 'again' @{ n = 1 } -PassThru
            $null = Get-Heard
            $first | Send-SaltEvent 'renamed' -KeepTimestamp
            $second = Get-Heard
            $second.Tag | Should -Be 'renamed'
            $second.Timestamp | Should -Be $first.Timestamp
        }

        It 'fires an event from a file of Export-Clixml' {
            $file = New-TestPath
            Send-SaltEvent 'stored' @{ n = @{ deep = 1, 2 } } -PassThru | Export-Clixml $file
            $null = Get-Heard
            Import-Clixml $file | Send-SaltEvent
            $heard = Get-Heard
            $heard.Tag | Should -Be 'stored'
            $heard.Data.n.deep | Should -Be 1, 2
        }

        It 'sends nothing for an empty pipeline' {
            $before = $bus.EventsIn
            @() | Send-SaltEvent 'none' -PassThru | Should -BeNullOrEmpty
            $bus.EventsIn | Should -Be $before
        }

        It 'reports an object that it cannot send and continues with the next' {
            $sent = 1, (Get-Item -LiteralPath $PSScriptRoot), 3 | Send-SaltEvent 'some' -PassThru -ErrorVariable problems -ErrorAction SilentlyContinue
            $sent.Data.data | Should -Be 1, 3
            $problems.Count | Should -Be 1
            $null = Get-Heard 2
        }

        It 'stops at it with -ErrorAction Stop' {
            $before = $bus.EventsIn
            $problem = Get-ErrorOf { 1, (Get-Item -LiteralPath $PSScriptRoot), 3 | Send-SaltEvent 'some' -ErrorAction Stop }
            $problem.FullyQualifiedErrorId | Should -Be 'UnsupportedValue,SaltEvents.Cmdlets.SendSaltEventCommand'
            (Get-Heard).Data.data | Should -Be 1
            $bus.EventsIn | Should -Be ($before + 1)
        }
    }
}
