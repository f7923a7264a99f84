#Requires -RunAsAdministrator
# Runs a watcher on a Windows minion as a scheduled task, from the start of the computer on.
param(
    [Parameter(Mandatory)]
    [string] $Script,

    [string] $TaskName = 'SaltEvents watcher'
)

$command = "Import-Module SaltEvents; & '$($Script.Replace("'", "''"))'"
$encoded = [Convert]::ToBase64String([Text.Encoding]::Unicode.GetBytes($command))
Register-ScheduledTask -TaskName $TaskName `
    -Action (New-ScheduledTaskAction -Execute powershell.exe -Argument "-NoProfile -NonInteractive -EncodedCommand $encoded") `
    -Trigger (New-ScheduledTaskTrigger -AtStartup) `
    -Principal (New-ScheduledTaskPrincipal -UserId SYSTEM -LogonType ServiceAccount -RunLevel Highest) `
    -Settings (New-ScheduledTaskSettingsSet -ExecutionTimeLimit ([TimeSpan]::Zero) -RestartCount 999 -RestartInterval (New-TimeSpan -Minutes 1))
