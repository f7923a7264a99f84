# Shows the main features of SaltEvents without Salt: a master's and a minion's bus, firing and receiving events, and a
# recorded minute of a real Salt site. "dotnet run --project samples/Quickstart" builds the module and runs this script;
# after a build it runs in any PowerShell 7.4 or later: pwsh samples/Quickstart/quickstart.ps1
$ErrorActionPreference = 'Stop'
if ([Console]::IsOutputRedirected) { $PSStyle.OutputRendering = 'PlainText' }
$root = [System.IO.Path]::GetFullPath([System.IO.Path]::Combine($PSScriptRoot, '..', '..'))
Import-Module -Name ([System.IO.Path]::Combine($root, 'SaltEvents.psd1'))

function Show([string]$Text) { [Console]::Out.WriteLine($Text) }

# Plays a Salt daemon: writes recorded frames to the bus's pull socket, 10 ms apart.
$replay = {
    param([string]$File, [string]$Pull)
    $frames = [regex]::Matches([System.IO.File]::ReadAllText($File), '"frame": "([^"]+)"')
    if ([System.IO.Path]::IsPathRooted($Pull)) {
        $socket = [System.Net.Sockets.Socket]::new('Unix', 'Stream', 'Unspecified')
        $socket.Connect([System.Net.Sockets.UnixDomainSocketEndPoint]::new($Pull))
    }
    else {
        $socket = [System.Net.Sockets.Socket]::new('InterNetwork', 'Stream', 'Tcp')
        $socket.Connect($Pull.Split(':')[0], [int]$Pull.Split(':')[1])
    }
    foreach ($frame in $frames) {
        $null = $socket.Send([Convert]::FromBase64String($frame.Groups[1].Value))
        [System.Threading.Thread]::Sleep(10)
    }
    $socket.Dispose()
}

try {
    Show "A master's bus and a minion's bus that forwards to it, inside this process:"
    $master = Start-SaltEventBus Master
    $minion = Start-SaltEventBus Minion -MinionId web01 -Master $master
    Get-SaltEventBus | Out-Default

    Show "Events are fired on the master and through the minion. The master's bus has:"
    $onMaster = New-SaltEventSession -Bus $master
    $onMinion = New-SaltEventSession -Bus $minion
    Send-SaltEvent 'myco/deploy' @{ service = 'nginx'; version = '1.26' } -Bus $master
    Send-SaltEvent 'myco/note' 'Message to be sent' -Bus $minion
    'db', 'files' | ForEach-Object { @{ backup = $_; ok = $true } } | Send-SaltMasterEvent 'myco/backup'
    Get-SaltEvent -Session $onMaster -Count 3 | Out-Default
    Show "The minion's own bus has:"
    Get-SaltEvent -Session $onMinion -Count 3 | Out-Default

    Show "A recorded minute of a real Salt site, shown with Watch-SaltEvent:"
    $recording = [System.IO.Path]::Combine($root, 'tests', 'vectors', 'salt-3006-session.jsonl')
    $salt = [powershell]::Create([initialsessionstate]::CreateDefault2())
    $running = $salt.AddScript($replay).AddArgument($recording).AddArgument($master.PullAddress).BeginInvoke()
    $seen = [System.Collections.Generic.List[object]]::new()
    Watch-SaltEvent -Session $onMaster -Count 83 -Timeout 30 | ForEach-Object { $seen.Add($_); $_ } | Out-Default
    $null = $salt.EndInvoke($running)
    $salt.Dispose()

    Show "The job returns among these events, as objects:"
    $seen | Where-Object { $_.JobId -and $_.Return } | ForEach-Object {
        [pscustomobject]@{ Minion = $_.MinionId; Function = $_.Function; Succeeded = $_.Succeeded; FailedStates = $_.FailedStates -join ', ' }
    } | Out-Default
}
finally {
    Stop-SaltEventBus
}
Show 'Done. Both buses are stopped, and no files are left behind.'
