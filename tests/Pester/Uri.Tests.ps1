BeforeDiscovery { $hasCompiler = $PSVersionTable.PSEdition -eq 'Core' }

BeforeAll {
    Import-Module "$PSScriptRoot/SaltEvents.TestHelpers.psm1" -Force
    if ($PSVersionTable.PSEdition -eq 'Core') {
        $api = Start-FakeSaltApi
        $master = @{ Uri = $api.Uri; Credential = Get-FakeCredential }
    }
}

AfterAll { Clear-SaltTest }

Describe 'Over salt-api, with -Uri (skipped in Windows PowerShell, which cannot compile the stand-in)' -Skip:(-not $hasCompiler) {
    BeforeEach {
        Get-SaltEventSession | Remove-SaltEventSession
        Wait-Until { $api.Streams -eq 0 } # so that the next one is of the command that the test starts
    }

    It 'a session keeps what is fired, and goes through the pipeline' {
        $session = New-SaltEventSession my/ @master
        Send-SaltEvent my/one ([ordered]@{ n = 1 }) @master
        Send-SaltEvent other/tag -Session $session
        2, 3 | Send-SaltEvent my/more -Session $session
        $read = $session | Get-SaltEvent -Count 3 -Wait 30
        $read.Tag | Should -Be 'my/one', 'my/more', 'my/more'
        $read[0].Data.n, $read[2].Data.data | Should -Be 1, 3
        $session.PubAddress | Should -Be $api.Uri.ToString().TrimEnd('/')
    }

    It '<Name> listens' -TestCases @(
        @{ Name = 'Get-SaltEvent'; Listen = { Get-SaltEvent my/tag @args -Wait 30 } }
        @{ Name = 'Watch-SaltEvent'; Listen = { Watch-SaltEvent my/tag @args -Count 1 -Timeout 30 } }
        @{ Name = 'Wait-SaltEvent'; Listen = { Wait-SaltEvent my/tag @args -Timeout 30 } }
    ) {
        $task = Start-Background -ArgumentList $master -Script ([scriptblock]::Create("param(`$master) & { $Listen } @master"))
        Wait-Until { $api.Streams -gt 0 }
        $api.Emit('my/tag', '{"n": 7}')
        (Receive-Background $task).Data.n | Should -Be 7
    }

    It 'Wait-SaltEvent gets what its -Trigger fires' {
        (Wait-SaltEvent my/tag @master -Timeout 30 -Trigger { Send-SaltEvent my/tag @{ n = 9 } @master }).Data.n | Should -Be 9
    }

    It 'Register-SaltEvent makes events of PowerShell' {
        Register-SaltEvent my/tag @master -SourceIdentifier overapi
        Wait-Until { $api.Streams -gt 0 }
        $api.Emit('my/tag', '{"n": 8}')
        (Wait-Event -SourceIdentifier overapi -Timeout 30).SourceEventArgs.Data.n | Should -Be 8
        Unregister-Event -SourceIdentifier overapi
        Remove-Event -SourceIdentifier overapi
    }

    It 'Wait-SaltJob and Watch-SaltJob put a job together' {
        $job = Send-SaltEvent my/tag @{ a = 1 } -Target web01 -Wait 30 @master
        $job.Answers.MinionId | Should -Be 'web01'
        Wait-Until { $api.Streams -eq 0 } # the job's own stream
        $task = Start-Background -ArgumentList $master -Script { param($master) Wait-SaltJob 20261127000000000001 @master -Timeout 30 }
        Wait-Until { $api.Streams -gt 0 }
        $api.Emit('salt/job/20261127000000000001/new', '{"jid": "20261127000000000001", "fun": "test.ping", "minions": ["web01"], "tgt": "*", "tgt_type": "glob", "arg": [], "user": "root"}')
        $api.Emit('salt/job/20261127000000000001/ret/web01', '{"jid": "20261127000000000001", "fun": "test.ping", "id": "web01", "return": true, "retcode": 0, "success": true}')
        (Receive-Background $task).JobId | Should -Be '20261127000000000001'
    }

    It 'Test-SaltEventBus shows each step' {
        $test = Test-SaltEventBus @master -Fire
        $test.Ok | Should -BeTrue -Because "$test"
        $test.Steps.Name -join ' ' | Should -Be 'name connection TLS salt-api sign-in rights stream round trip version'
    }

    It 'defaults name it, and give way to a bus that is given' {
        $bus = Start-SaltEventBus
        $session = New-SaltEventSession -Bus $bus
        $PSDefaultParameterValues = @{ '*-Salt*Event:Uri' = $api.Uri; '*-Salt*Event:Credential' = (Get-FakeCredential) }
        Send-SaltEvent default/tag
        Send-SaltEvent given/tag -Bus $bus
        $PSDefaultParameterValues = @{}
        (Get-SaltEvent -Session $session -Wait 30).Tag | Should -Be 'given/tag'
        @($api.Requests | Where-Object Body -Match 'default/tag').Count | Should -Be 1
        Stop-SaltEventBus $bus
    }

    It '-Session over it takes no parameter of a bus: <Name>' -TestCases @(
        @{ Name = '-Framing'; Run = { Send-SaltEvent my/tag -Session $args[0] -Framing Map } }
        @{ Name = '-KeepTimestamp'; Run = { Send-SaltEvent my/tag -Session $args[0] -KeepTimestamp } }
    ) {
        $session = New-SaltEventSession @master
        (Get-ErrorOf { & $Run $session }).FullyQualifiedErrorId | Should -Match '^ParametersDisagree,'
    }

    It 'no error and no verbose text has a secret: <Name>' -TestCases @(
        @{ Name = 'a wrong password'; With = { @{ Credential = [pscredential]::new('joe', [Net.NetworkCredential]::new('', 'hidden').SecurePassword) } } }
        @{ Name = 'a wrong token'; With = { @{ Token = 'hidden' } } }
    ) {
        $with = & $With
        $said = try { Get-SaltEvent -Uri $api.Uri @with -Verbose -Debug 4>&1 5>&1 } catch { $_ | Format-List * -Force | Out-String; $_.Exception.ToString(); [System.Management.Automation.PSSerializer]::Serialize($_, 3) }
        "$said" | Should -Match 'salt-api'
        "$said" | Should -Not -Match 'hidden'
        $token = @($api.Tokens.Keys)[0]
        "$(Get-SaltEvent @master -Wait 0 -Verbose 4>&1)$(New-SaltEventSession @master -OutVariable session | Format-List * -Force | Out-String)" | Should -Not -Match $token
    }

    It 'a mock takes -Uri' {
        Mock Watch-SaltEvent { New-SaltEvent my/tag @{ n = 1 } }
        Mock Send-SaltEvent { }
        (Watch-SaltEvent my/ -Uri https://master:8000).Data.n | Should -Be 1
        Send-SaltEvent my/tag -Uri https://master:8000
        Should -Invoke Watch-SaltEvent -Times 1 -Exactly -ParameterFilter { "$Uri" -eq 'https://master:8000/' }
        Should -Invoke Send-SaltEvent -Times 1 -Exactly -ParameterFilter { $Uri.Host -eq 'master' }
    }

    It 'completes -Eauth, and -Uri with what was used' {
        $null = Test-SaltEventBus @master -Timeout 0
        (TabExpansion2 'Watch-SaltEvent -Uri https://master:8000 -Eauth l').CompletionMatches.CompletionText | Should -Be 'ldap'
        (TabExpansion2 'Send-SaltEvent my/tag -Uri ').CompletionMatches.CompletionText | Should -Contain $api.Uri.ToString().TrimEnd('/')
        (TabExpansion2 'Get-SaltEvent -Uri https://master:8000 -').CompletionMatches.CompletionText | Should -Not -Contain '-SockDir'
    }

    It 'a gap is a warning, and an object with -IncludeStatus' {
        $task = Start-Background -ArgumentList $master -Script { param($master) Watch-SaltEvent my/ @master -IncludeStatus -Until { $_.Tag -eq 'my/end' } -Timeout 30 -WarningVariable warnings 3>$null; $warnings }
        Wait-Until { $api.Streams -gt 0 }
        $api.EmitRaw(@("tag: my/bytes`n"))
        $api.EndStreams($false)
        Wait-Until { $api.Streams -gt 0 }
        $api.Emit('my/end', '{}')
        $given = Receive-Background $task
        ($given | Where-Object State -EQ 'Reconnected').Message | Should -Match 'my/bytes, which contains bytes or a date'
        @($given | Where-Object { $_ -is [System.Management.Automation.WarningRecord] })[0].Message | Should -Match 'my/bytes'
    }
}

Describe 'An address with a secret in it' {
    It 'is refused, and no part of the error shows the secret: <Uri>' -TestCases @(
        @{ Uri = 'http://salt:hunter2@127.0.0.1:1' }
        @{ Uri = 'https://salt:hunter2@127.0.0.1:1' }
        @{ Uri = 'https://127.0.0.1:1/?token=hunter2' }
        @{ Uri = 'https://127.0.0.1:1/#hunter2' }
        @{ Uri = 'ftp://salt:hunter2@127.0.0.1/' }
        @{ Uri = 'salt:hunter2@127.0.0.1' }
    ) {
        foreach ($command in { Get-SaltEvent -Uri $Uri -ConnectTimeout 1 }, { Send-SaltEvent my/tag -Uri $Uri -ConnectTimeout 1 }) {
            $problem = $null
            try { & $command } catch { $problem = $_ }
            $problem.FullyQualifiedErrorId | Should -BeLike 'NotASaltApi,*'
            "$problem", "$($problem.TargetObject)", "$($problem.CategoryInfo)", "$($problem.Exception)", "$($problem.ErrorDetails)" | Should -Not -Match 'hunter2'
        }
    }
}
