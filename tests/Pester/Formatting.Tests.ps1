BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'SaltEvents.TestHelpers.psm1') -Force
    $bus = Start-SaltEventBus
    $session = New-SaltEventSession
    $esc = [string][char]27
    $evil = "$esc[2J$esc]0;title$([char]7)$([char]0x9b)1m$([char]0x7f)$([char]0x202e)evil"
    $control = '[\p{Cc}\p{Cf}-[\r\n]]'

    function Receive-Events {
        param([int] $Count)
        Get-SaltEvent -Session $session -Count $Count -Wait 30
    }
}

AfterAll {
    Clear-SaltTest
}

Describe 'Views of an event' {
    BeforeAll {
        Send-SaltEvent "salt/job/20260101000000000000/ret/web01$evil" ([ordered]@{ fun = 'state.apply'; success = $false; comment = "$evil"; return = @{ "file_|-$($evil)_|-b_|-managed" = @{ result = $false; comment = $evil } } })
        Send-SaltEvent "my/$evil" @{ text = $evil; list = @(@{ deep = $evil }) }
        Send-SaltEvent 'salt/netapi/hook/deploy' @{ headers = @{ 'X-Auth-Token' = 'hunter2'; Cookie = 'hunter2'; 'authorization' = 'hunter2' }; post = @{ password = 'hunter2' } }
        Send-SaltEvent 'salt/netapi/hook/pairs' @{ headers = @('Accept', '*/*'), @('X-Auth-Token ', 'hunter2') }
        Send-SaltEvent 'salt/netapi/hook/maps' @{ headers = @{ name = 'Accept'; value = '*/*' }, @{ name = 'Cookie'; value = 'hunter2' } }
        Send-SaltEvent 'my/lines' @{ headers = 'Accept: */*', 'Authorization: hunter2'; text = 'x' * 100 }
        Send-SaltEvent 'syndic/s1/salt/auth/creds' @{ anything = 'hunter2' }
        $events = Receive-Events 7
    }

    It 'shows <What> of a remote session as a live one, without control characters and secrets' -TestCases @(
        @{ What = 'a job'; Get = { $_ } }
        @{ What = 'its states'; Get = { $_.States } }
        @{ What = 'its failed states'; Get = { $_.FailedStates } }
        @{ What = 'the failed states of an event'; Get = { $failed } }
    ) {
        $own = Start-SaltEventBus
        $deep = @{ password = 'hunter2' }
        1..60 | ForEach-Object { $deep = @{ d = $deep } }
        $states = @{ "file_|-a$($evil)_|-b_|-managed" = @{ result = $false; comment = "bad $evil"; name = "b$evil"; changes = @{ 'passwd' = 'hunter2'; list = @(@{ token = 'hunter2' }, $evil); deep = $deep } } }
        $return = New-SaltEvent JobReturn -JobId 20260101000000000000 -MinionId web01 -Function "state.apply$evil" -Return $states
        $live = try {
            $new = New-SaltEvent JobNew -JobId 20260101000000000000 -Minions web01 -Function "state.apply$evil"
            Wait-SaltJob -Trigger { $new, $return | Send-SaltEvent -Bus $own } -Bus $own -Timeout 10 -ErrorAction SilentlyContinue
        } finally {
            Stop-SaltEventBus $own
        }

        $file = New-TestPath
        $live, $return.FailedStates | Export-Clixml $file
        $remote, $failed = Import-Clixml $file
        $objects = $remote | ForEach-Object $Get
        foreach ($view in 'Format-Table', 'Format-List', 'Format-Custom', 'Format-Wide', 'Write-Output') {
            $shown = $objects | & $view | Show
            $shown | Should -Match '\w'
            $shown | Should -Not -Match $control
            $shown | Should -Not -Match 'hunter2|SaltEvents\.'
        }

        $remote | Format-List State | Show | Should -Match 'State : Failed'
        $remote.FailedStates[0].Changes.deep.d.d.d | Should -Not -BeNullOrEmpty
    }

    It 'a character that XML cannot contain does not end Export-Clixml' {
        $own = Start-SaltEventBus
        try {
            $odd = "a$([char]0xfffe)b$([char]0xffff)"
            $states = @{ "file_|-$($odd)_|-$($odd)_|-managed" = @{ result = $false; comment = $odd; name = $odd; changes = @{ $odd = $odd } } }
            $events = @(
                New-SaltEvent "my/$odd" ([ordered]@{ "k$odd" = $odd; list = @($odd, @{ $odd = @($odd) }); map = @{ deep = $odd } })
                New-SaltEvent JobNew -JobId 20260101000000000000 -Minions $odd -Function $odd -Target $odd -User $odd
                New-SaltEvent JobReturn -JobId 20260101000000000000 -MinionId $odd -Function state.apply -Return $states
            )
            $job = Wait-SaltJob -Trigger { $events | Send-SaltEvent -Bus $own } -Bus $own -Timeout 10 -ErrorVariable problem -ErrorAction SilentlyContinue
            $all = @($events; $job; $job.States; $events[2].FailedStates; $events | Measure-SaltEvent; $problem)
            $file = New-TestPath
            $all | Export-Clixml $file
            $read = @(Import-Clixml $file)
            $read.Count | Should -Be $all.Count
            $read[3].Expected | Should -BeExactly "a$([char]0xfffd)b$([char]0xfffd)"
            $listening = New-SaltEventSession -Bus $own
            $read[0].Data.map.deep = 'new'
            $read[0..2] | Send-SaltEvent -Bus $own -KeepTimestamp
            $again = @(Get-SaltEvent -Session $listening -Count 3 -Wait 30)
            Remove-SaltEventSession $listening
            $again[0].Data.map.deep | Should -Be 'new'
            $again[0].Data.list[0] | Should -BeExactly $odd
            $again[0].Data."k$odd" | Should -BeExactly $odd
            foreach ($i in 1, 2) { [Convert]::ToBase64String($again[$i].WireBody) | Should -Be ([Convert]::ToBase64String($events[$i].WireBody)) }
        } finally {
            Stop-SaltEventBus $own
        }
    }

    It 'shows the tags of a session without control characters' {
        $listening = New-SaltEventSession "evil$($evil)"
        foreach ($view in 'Format-Table', 'Format-List', 'Format-Custom') {
            $shown = $listening | & $view | Show
            $shown | Should -Match 'evil'
            $shown | Should -Not -Match $control
        }
    }

    It 'shows the test of a bus without control characters (skipped where there are no Unix sockets)' -Skip:($PSVersionTable.PSEdition -ne 'Core' -or $IsWindows) {
        $directory = (New-Item -ItemType Directory (New-TestPath)).FullName
        Set-Content (Join-Path $directory 'master') "sock_dir: `"/tmp/evil\e[31m\u202e`"" -Encoding ASCII
        foreach ($view in 'Format-List', 'Format-Custom', 'Format-Wide', 'Write-Output') {
            $shown = Test-SaltEventBus -ConfigPath $directory | & $view | Show
            $shown | Should -Match 'evil'
            $shown | Should -Not -Match $control
        }
    }

    It 'shows the site of an event from a file without control characters' {
        $path = New-TestPath
        Set-Content $path '{"site":"evil\u001b[31m\u009b\u202e","tag":"a/b","data":{"x":1}}' -Encoding ASCII
        foreach ($view in 'Format-Table', 'Format-List', 'Format-Custom') {
            $shown = Import-SaltEvent $path | & $view | Show
            $shown | Should -Match 'evil'
            $shown | Should -Not -Match $control
        }
    }

    It 'an argument that is refused has no control characters in the error: <Text>' -TestCases @(
        @{ Text = 'a family'; Run = { Get-SaltEvent -Family "evil$evil" } }
        @{ Text = 'a version'; Run = { Send-SaltEvent a -SaltVersion "evil $evil" } }
        @{ Text = 'a site'; Run = { Start-SaltEventRelay -Site "evil $evil" -Uri nats://127.0.0.1 } }
        @{ Text = 'how long ago'; Run = { Get-SaltEvent -Since "evil$evil" -Uri nats://127.0.0.1 } }
    ) {
        $message = (Get-ErrorOf $Run).Exception.Message
        $message | Should -Match 'evil'
        $message | Should -Not -Match $control
    }

    It '<View> has no control characters and no secrets' -TestCases @(
        @{ View = 'Format-List' }
        @{ View = 'Format-Custom' }
        @{ View = 'Format-Wide' }
        @{ View = 'Format-Table' }
        @{ View = 'Write-Output' }
    ) {
        param($View)
        $shown = $events | & $View | Show
        $shown | Should -Match 'evil'
        $shown | Should -Not -Match $control
        $shown | Should -Not -Match 'hunter2'
    }

    It 'shows <What> after objects of another kind without control characters and secrets' -TestCases @(
        @{ What = 'an event'; Make = { New-SaltEvent "mixed/$evil" @{ password = 'hidden-one'; text = "$evil" } }; Shown = 'password=(secret)' }
        @{ What = 'an event of a remote session'; Shown = 'password=(secret)'; Make = {
            $sent = New-SaltEvent "mixed/$evil" @{ password = 'hidden-one'; text = "$evil" }
            [System.Management.Automation.PSSerializer]::Deserialize([System.Management.Automation.PSSerializer]::Serialize($sent))
        } }
        @{ What = 'a failed state'; Shown = 'state failed'; Make = {
            $states = @{ "file_|-a$($evil)_|-b_|-managed" = @{ result = $false; comment = "state failed $evil"; changes = @{}; name = "b$evil" } }
            (New-SaltEvent JobReturn -MinionId web01 -Function state.apply -Return $states).FailedStates
        } }
        @{ What = 'a state of a job'; Shown = 'state failed'; Make = {
            $own = Start-SaltEventBus
            $states = @{ "file_|-a$($evil)_|-b_|-managed" = @{ result = $false; comment = "state failed $evil"; changes = @{}; name = 'b' } }
            $new, $return = (New-SaltEvent JobNew -JobId 20261127154859000001 -Minions web01), (New-SaltEvent JobReturn -JobId 20261127154859000001 -MinionId web01 -Function state.apply -Return $states)
            (Wait-SaltJob -Bus $own -Timeout 30 -Trigger { $new, $return | Send-SaltEvent -Bus $own }).States
            Stop-SaltEventBus $own
        } }
        @{ What = 'a job'; Shown = 'missing=[web'; Make = {
            $own = Start-SaltEventBus
            Wait-SaltJob -Bus $own -Timeout 0.1 -ErrorAction SilentlyContinue -Trigger {
                New-SaltEvent JobNew -JobId 20261127154859000001 -Minions "web$evil" -User "joe$evil" | Send-SaltEvent -Bus $own
            }
            Stop-SaltEventBus $own
        } }
    ) {
        $item = & $Make
        $text = (Get-Item $PSHOME), $item | Show
        $text | Should -Match ([regex]::Escape($Shown))
        $text | Should -Not -Match $control
        $text | Should -Not -Match 'hidden-one'
        $text | Should -Not -Match '(?m)^SaltEvents\.'
        ($item | Get-Member).Name -match '[. ]' | Should -BeNullOrEmpty
    }

    It 'shows failed states without control characters' -TestCases @(
        @{ View = 'Format-List' }
        @{ View = 'Format-Table' }
        @{ View = 'Format-Custom' }
        @{ View = 'Format-Wide' }
        @{ View = 'Write-Output' }
    ) {
        param($View)
        $shown = $events[0].FailedStates | & $View | Show
        $shown | Should -Match 'evil'
        $shown | Should -Not -Match $control
    }

    It 'keeps everything in Data, in Raw and in what is exported' {
        $events[1].Data.text | Should -BeExactly $evil
        $events[1].Raw['text'] | Should -BeExactly $evil
        $path = New-TestPath
        $events | Export-Clixml $path
        $back = Import-Clixml $path
        $back[1].Data.text | Should -BeExactly $evil
        $back[2].Data.headers.Cookie | Should -Be 'hunter2'
        $events[2].Data.headers.'X-Auth-Token' | Should -Be 'hunter2'
    }

    It 'has the properties of the family and every field in a list' {
        Send-SaltEvent salt/job/20260101000000000000/ret/web01 ([ordered]@{ fun = 'state.apply'; success = $false; comment = "two`nlines"; return = @{ 'a_|-b_|-c_|-d' = @{ result = $false } } })
        $lines = (Receive-Events 1 | Format-List | Show) -split '\r?\n' -replace '\s+$', ''
        foreach ($line in 'Tag +: salt/job/20260101000000000000/ret/web01', 'MinionId +: web01', 'Function +: state.apply', 'Succeeded +: False', 'FailedStates +: \{b\}', 'Return +: \{a_\|-b_\|-c_\|-d=\{result=false\}\}', 'Data +: success=false', ' +comment=two', ' +lines') {
            @($lines -match "^$line$").Count | Should -Be 1 -Because $line
        }

        @($lines -match '^Target').Count | Should -Be 0
        @($lines -match 'result=false').Count | Should -Be 1
        @($lines -match 'fun=|_stamp=').Count | Should -Be 0
    }

    It 'shows what is nested below its name where it is long, and nothing twice' {
        New-SaltEvent JobReturn -JobId 20260101000000000000 -MinionId web01 -SucceededState vim_installed -FailedState nginx_running | Send-SaltEvent
        $lines = (Receive-Events 1 | Format-List | Show) -split '\r?\n' -replace '\s+$', ''
        foreach ($line in '               service_\|-nginx_running_\|-nginx_\|-running:', '                 result=false', '                 comment=Service nginx failed to start') {
            @($lines -match "^$line$").Count | Should -Be 1 -Because $line
        }

        ($lines -join ' ') | Should -Not -Match ' (return|retcode|jid|id|fun)='
    }

    It 'a time is shown in UTC, as ISO 8601' {
        $time = [datetime]::SpecifyKind('2026-02-03T04:05:06', 'Utc')
        Send-SaltEvent 'my/times' @{ at = $time; list = , $time.AddTicks(1230) }
        $timed = Receive-Events 1
        $timed | Format-Table | Show | Should -Match '\bat=2026-02-03T04:05:06Z'
        $timed | Format-List | Show | Should -Match '\[2026-02-03T04:05:06\.000123Z\]'
    }

    It 'no value looks like another field' {
        Send-SaltEvent my/tag ([ordered]@{ text = "one`nsecond=2"; long = @{ text = "$('x' * 60)`nthird=3" } })
        $lines = (Receive-Events 1 | Format-List | Show) -split '\r?\n' -replace '\s+$', ''
        $column = $lines.Where({ $_ -match 'text=one' })[0].IndexOf('text=one')
        $lines | Should -Contain "$(' ' * $column)  second=2"
        $lines | Should -Contain "$(' ' * $column)    third=3"
    }
}

Describe 'Wide glyphs' {
    It 'are not cut in half at the end of a long line' {
        $emoji = [char]::ConvertFromUtf32(0x1F600)
        foreach ($before in 'y', 'yy') {
            $shown = New-SaltEvent my/tag @{ t = $before + $emoji * 300 } | Format-Table -AutoSize | Out-String -Width 1000
            $shown | Should -BeLike "*t=$before$emoji*...*"
            $shown -replace $emoji | Should -Not -Match '\p{Cs}'
        }
    }

    It 'a tag is cut in its middle, by columns' {
        $first = -join [char[]](0x65e5, 0x672c, 0x8a9e)
        New-SaltEvent -Tag "my/$($first * 10)/$first" -Data @{ n = 1 } | Send-SaltEvent
        $row = ((Receive-Events 1 | Show) -split '\r?\n') -match 'my/'
        $row | Should -Match "my/$first\.\.\..{10}/$first"
        $row | Should -Match 'n=1'
    }
}
