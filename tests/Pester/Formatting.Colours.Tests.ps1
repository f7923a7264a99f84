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

Describe 'Colours (skipped in Windows PowerShell, which has none)' -Skip:($PSVersionTable.PSEdition -ne 'Core') {
    BeforeAll {
        # Runs a script in a PowerShell whose host shows colours, or does not, and gives what it prints.
        function Invoke-Colored {
            param([scriptblock] $Script, [switch] $NoHost)
            $enable = if ($NoHost) { '$null' } else { "[System.AppDomain]::CurrentDomain.GetAssemblies().Where({ `$_.GetName().Name -eq 'SaltEvents.PowerShell' })[0].GetType('SaltEvents.Payload.TerminalStyle').GetMethod('EnableFor').Invoke(`$null, @([runspace]::DefaultRunspace))" }
            $shell = [powershell]::Create().AddScript("param(`$module, `$events) Import-Module `$module; `$null = $enable; `$PSStyle.OutputRendering = 'Ansi'; $Script").AddArgument((Get-ModulePath)).AddArgument($made)
            $old = $PSStyle.OutputRendering
            try { ($shell.Invoke() -join "`n") -split '\r?\n' } finally { $PSStyle.OutputRendering = $old; $shell.Dispose() }
        }

        $red, $dim, $reset = $PSStyle.Formatting.Error, $PSStyle.Dim, $PSStyle.Reset
        $made = @(
            New-SaltEvent JobReturn -JobId 20260101000000000001 -MinionId web01 -FailedState nginx_running
            New-SaltEvent JobReturn -JobId 20260101000000000001 -MinionId web02
            New-SaltEvent -Tag my/secret -Data ([ordered]@{ text = $evil; password = 'hunter2'; after = 1 })
        )
    }

    It 'a table has failures as errors are, and secrets dim, and is as wide as without' {
        $rows = (Invoke-Colored { $events | Out-String -Width 120 }) -match 'web0|my/'
        $rows[0] | Should -Match "web01 +$([regex]::Escape($red))state.apply FAILED .*$([regex]::Escape($reset))"
        $rows[1] | Should -Not -Match $esc
        $rows[2] | Should -Match ([regex]::Escape("password=$dim(secret)$reset after=1"))
        $plain = (Invoke-Colored -NoHost { $events | Out-String -Width 120 }) -match 'web0|my/'
        $rows -replace "$esc\[[0-9;]*m" -replace '\s+$' | Should -Be ($plain -replace '\s+$')
        # Nothing of what came from the bus.
        $rows -replace "$esc\[[0-9;]*m" | Should -Not -Match $control
    }

    It 'a row that is cut ends its colour' {
        $row = (Invoke-Colored { $events[0] | Out-String -Width 66 }) -match 'web01'
        $row | Should -Match "$([regex]::Escape($red))state[^$esc]*…$([regex]::Escape($reset))"
        ($row -replace "$esc\[[0-9;]*m").Length | Should -BeLessOrEqual 66
    }

    It 'a list has them too' {
        $lines = Invoke-Colored { $events[0, 2] | Format-List | Out-String -Width 120 }
        @($lines -match "Succeeded.*$([regex]::Escape("$($red)False$reset"))").Count | Should -Be 1
        @($lines -match ([regex]::Escape("$red{nginx_running}$reset"))).Count | Should -Be 1
        @($lines -match ([regex]::Escape("password=$dim(secret)$reset"))).Count | Should -Be 1
    }

    It 'there are none <Name>' -TestCases @(
        @{ Name = 'if the host shows none'; Arguments = @{ NoHost = $true }; Script = { $events | Out-String } }
        @{ Name = 'with OutputRendering PlainText'; Arguments = @{ }; Script = { $PSStyle.OutputRendering = 'PlainText'; $events | Out-String } }
        @{ Name = 'with NO_COLOR'; Arguments = @{ }; Script = { $env:NO_COLOR = '1'; try { $events | Out-String } finally { Remove-Item Env:NO_COLOR } } }
        @{ Name = 'in what is redirected'; Arguments = @{ }; Script = { $PSStyle.OutputRendering = 'Host'; $events | Out-String } }
    ) {
        (Invoke-Colored @Arguments -Script $Script) -match 'web0|my/' | Should -Not -Match $esc
    }

    It 'there are none where a shell redirects the output' {
        $child = Start-Child -Bus $bus { New-SaltEvent JobReturn -JobId 20260101000000000001 -MinionId web01 -FailedState nginx_running }
        $output = $child.StandardOutput.ReadToEnd() -split '\r?\n'
        "$output" | Should -Match 'web01'
        $output -match 'web01' | Should -Not -Match $esc
    }
}
