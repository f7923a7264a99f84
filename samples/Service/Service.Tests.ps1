# The service samples can be read by what runs them.
Describe 'The service samples' {
    It 'has a unit file that systemd takes' {
        if (-not (Get-Command systemd-analyze -ErrorAction SilentlyContinue)) {
            Set-ItResult -Skipped -Because 'systemd-analyze is not installed'
            return
        }

        $messages = systemd-analyze verify "$PSScriptRoot/saltevents-notice.service" 2>&1
        $LASTEXITCODE | Should -Be 0 -Because "$messages"
    }

    It 'has a script without syntax errors for the Windows task' {
        $errors = $null
        $null = [System.Management.Automation.Language.Parser]::ParseFile("$PSScriptRoot/Register-NoticeTask.ps1", [ref]$null, [ref]$errors)
        $errors | Should -BeNullOrEmpty
    }
}
