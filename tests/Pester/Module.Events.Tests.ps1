BeforeDiscovery {
    $recordings = 'salt-3006-master', 'salt-3006-minion', 'salt-3006-session' | ForEach-Object { @{ Recording = $_ } }
}

BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'SaltEvents.TestHelpers.psm1') -Force
    $bus = Start-SaltEventBus -PubPort 0
    $session = New-SaltEventSession

    # Fires a payload and gives it as it was heard.
    function Send-AndHear { param($Data, [string] $Tag) Send-SaltEvent $Tag $Data; Get-SaltEvent $Tag -Session $session -Wait 30 }

    # The events of a recording of a real Salt, through the bus.
    function Get-RecordedEvent {
        param([string] $Name)
        $frames = Get-Content -LiteralPath (Join-Path $PSScriptRoot "../vectors/$Name.jsonl") -Encoding UTF8 | ForEach-Object { ($_ | ConvertFrom-Json).frame }
        $client = New-Object System.Net.Sockets.TcpClient '127.0.0.1', $bus.PullPort
        foreach ($frame in $frames) { $bytes = [Convert]::FromBase64String($frame); $client.GetStream().Write($bytes, 0, $bytes.Length) }
        $client.Close()
        Get-SaltEvent -Session $session -Count $frames.Count -Wait 30
    }
}

AfterAll {
    Clear-SaltTest
}

Describe 'The module' {
    Context 'events as objects' {
        BeforeAll {
            $returns = 1..4 | ForEach-Object {
                Send-AndHear ([ordered]@{ fun = 'test.ping'; retcode = $_ -eq 3; success = $_ -ne 3; return = $true }) "salt/job/2026010100000000000$_/ret/web0$($_ % 2)"
            }
            $odd = Send-AndHear ([ordered]@{ Tag = 'clash'; data = 'd'; n = [ordered]@{ deep = @{ er = 1, 2 } } }) 'odd'
        }

        It 'has the properties of its family and of its payload' {
            $returns[0].JobId | Should -Be '20260101000000000001'
            $returns[0].MinionId | Should -Be 'web01'
            $returns[0].Function | Should -Be 'test.ping'
            $returns[0].fun | Should -Be 'test.ping'
            $returns[0].Data.fun | Should -Be 'test.ping'
            $returns[0].PSObject.TypeNames[0] | Should -Be 'SaltEvents.SaltEvent#JobReturn'
            "$($returns[0])" | Should -Be $returns[0].Tag
        }

        It 'keeps its own properties where the payload has such names' {
            $odd.Tag | Should -Be 'odd'
            $odd.Data.Tag | Should -Be 'clash'
            $odd.Data.data | Should -Be 'd'
        }

        It 'works with Where-Object' {
            ($returns | Where-Object MinionId -EQ 'web01').Count | Should -Be 2
            ($returns | Where-Object { -not $_.Succeeded }).JobId | Should -Be '20260101000000000003'
            ($returns | Where-Object success).Count | Should -Be 3
        }

        It 'works with Group-Object, Sort-Object and Measure-Object' {
            $returns | Group-Object MinionId | Sort-Object Name | ForEach-Object { "$($_.Name) $($_.Count)" } | Should -Be 'web00 2', 'web01 2'
            ($returns | Sort-Object JobId -Descending)[0].JobId | Should -Be '20260101000000000004'
            ($returns | Measure-Object Timestamp -Maximum).Maximum | Should -Be $returns[3].Timestamp
        }

        It 'works with Select-Object' {
            $selected = $returns[0] | Select-Object Tag, MinionId, @{ n = 'Ok'; e = { $_.Succeeded } }
            $selected.MinionId | Should -Be 'web01'
            $selected.Ok | Should -BeTrue
            ($returns | Select-Object -ExpandProperty Function -Unique) | Should -Be 'test.ping'
            $all = ($returns[0] | Select-Object *).PSObject.Properties.Name
            foreach ($name in 'Tag', 'Timestamp', 'Data', 'JobId', 'Succeeded', 'retcode') { $all | Should -Contain $name }
            # They have to be asked for: they only repeat Data.
            $all | Should -Not -Contain 'Raw'
            ($returns[0] | Select-Object Raw).Raw['fun'] | Should -Be 'test.ping'
        }

        It 'works with member enumeration and Get-Member' {
            $returns.MinionId | Should -Be 'web01', 'web00', 'web01', 'web00'
            ($returns[0] | Get-Member -MemberType Properties).Name | Should -Contain 'Succeeded'
        }

        It 'works with Set-StrictMode -Version Latest: what is there is there, what is not is the usual error' {
            Set-StrictMode -Version Latest
            $odd.n.deep.er | Should -Be 1, 2
            $odd.Data.N.Deep.ER | Should -Be 1, 2
            (Get-ErrorOf { $odd.missing }).FullyQualifiedErrorId | Should -Be 'PropertyNotFoundStrict'
            (Get-ErrorOf { $odd.Data.missing }).FullyQualifiedErrorId | Should -Be 'PropertyNotFoundStrict'
        }

        It 'works with ConvertTo-Json: the payload, and the event' {
            $odd.Data | Select-Object Tag, n | ConvertTo-Json -Compress -Depth 5 | Should -Be '{"Tag":"clash","n":{"deep":{"er":[1,2]}}}'
            $read = $odd | ConvertTo-Json -Depth 6 | ConvertFrom-Json
            $read.Tag | Should -Be 'odd'
            $read.Data.n.deep.er | Should -Be 1, 2
            $read.PSObject.Properties.Name | Should -Not -Contain 'Raw'
        }

        It 'lists no bytes in ConvertTo-Json' {
            $saltEvent = New-SaltEvent my/tag ([ordered]@{ b = 1; a = 'x' })
            ($saltEvent | ConvertTo-Json | ConvertFrom-Json).PSObject.Properties.Name -join ' ' |
                Should -Be 'Tag Timestamp Data Family JobId MinionId Function Succeeded FailedStates b a _stamp'
        }

        It 'works with Export-Csv' {
            ($returns | Select-Object Tag, MinionId, Succeeded | ConvertTo-Csv -NoTypeInformation)[1] |
                Should -Be '"salt/job/20260101000000000001/ret/web01","web01","True"'
        }

        It 'cannot be changed' {
            (Get-ErrorOf { $odd.Tag = 'x' }).Exception.Message | Should -Match 'cannot be set'
            $null = Get-ErrorOf { $odd.n = 5 }
            $odd.n.deep.er | Should -Be 1, 2
        }

        It 'survives Export-Clixml and Import-Clixml' {
            $file = New-TestPath
            $returns | Export-Clixml $file
            $read = Import-Clixml $file
            $read | Should -BeOfType [SaltEvents.SaltEvent]
            $read.MinionId | Should -Be $returns.MinionId
            $read[0].Timestamp | Should -Be $returns[0].Timestamp
            $read[0].Raw.Keys | Should -Be $returns[0].Raw.Keys
        }
    }

    Context 'a recording of a real Salt: <Recording>' -Foreach $recordings {
        BeforeAll {
            $events = Get-RecordedEvent $Recording
        }

        It 'is received whole' {
            $events.Count | Should -BeGreaterThan 20
        }

        It 'fits into 80 columns as a table' {
            $lines = ($events | Out-String -Width 80) -split '\r?\n'
            ($lines | Measure-Object Length -Maximum).Maximum | Should -BeLessOrEqual 80
            $lines[1] | Should -Match '^Time +Tag +Content'
            $rows = @($lines -match '^\d\d:\d\d:\d\d\.\d{3} ')
            $rows.Count | Should -Be $events.Count
            for ($i = 0; $i -lt $rows.Count; $i++) {
                $tag = $events[$i].Tag
                $shown = if ($tag.Length -gt 40) { $tag.Substring(0, 9) + '...' + $tag.Substring($tag.Length - 28) } else { $tag }
                $rows[$i].Substring(13).StartsWith($shown) | Should -BeTrue -Because "$($rows[$i]) is $tag"
            }
        }

        It 'goes through ConvertTo-Json' {
            $json = $events | ConvertTo-Json -Depth 12 -WarningAction SilentlyContinue
            @($json | ConvertFrom-Json | ForEach-Object { $_ }).Count | Should -Be $events.Count
        }

        It 'goes through Export-Clixml byte for byte' {
            $file = New-TestPath
            $events | Export-Clixml $file
            $read = Import-Clixml $file
            for ($i = 0; $i -lt $events.Count; $i++) {
                [Convert]::ToBase64String($read[$i].WireBody) | Should -Be ([Convert]::ToBase64String($events[$i].WireBody))
            }
        }

        It 'goes through Send-SaltEvent -KeepTimestamp byte for byte' {
            $events | Send-SaltEvent -KeepTimestamp
            $again = Get-SaltEvent -Session $session -Count $events.Count -Wait 30
            for ($i = 0; $i -lt $events.Count; $i++) {
                [Convert]::ToBase64String($again[$i].WireBody) | Should -Be ([Convert]::ToBase64String($events[$i].WireBody))
            }
        }
    }

    Context 'tables of 80 columns' {
        It 'shows a bus' {
            $lines = (Get-SaltEventBus | Out-String -Width 80) -split '\r?\n'
            $lines[1] | Should -Match '^ *Id Node +State +Subscribers +In +Out Dropped Address$'
            $lines[3] | Should -Match "Master +Running .*127\.0\.0\.1:$($bus.PubPort)"
            ($lines | Measure-Object Length -Maximum).Maximum | Should -BeLessOrEqual 80
        }

        It 'shows a session' {
            $lines = (Get-SaltEventSession | Out-String -Width 80) -split '\r?\n'
            $lines[1] | Should -Match '^ *Id State +Queued +Matched Dropped Tag +Address$'
            ($lines | Measure-Object Length -Maximum).Maximum | Should -BeLessOrEqual 80
        }

        It 'lets no control character of a payload reach the terminal' {
            $hostile = Send-AndHear @{ text = "$([char]27)[2Jcleared$([char]7)" } 'hostile'
            $hostile | Out-String -Width 80 | Should -Not -Match "$([char]27)\[2J|$([char]7)"
        }
    }
}
