# What the tests share. Each test file imports it with -Force, because Clear-SaltTest ends what it holds. Importing it imports the module of this repository and sees to it that no test can reach a real
# Salt: where nothing else names a bus, an empty private directory is looked into.

$modulePath = [System.IO.Path]::GetFullPath((Join-Path $PSScriptRoot '../../SaltEvents.psd1'))
Import-Module $modulePath -Global
# For a script that is text: a directory may have an apostrophe in its name.
$importModule = "Import-Module '$($modulePath.Replace("'", "''"))'"

# A short path: Unix sockets have room for about 100 characters.
$root = Join-Path ([System.IO.Path]::GetTempPath()) ('se' + [guid]::NewGuid().ToString('N').Substring(0, 8))
$null = New-Item -ItemType Directory $root
$empty = Join-Path $root 'empty'
$null = New-Item -ItemType Directory $empty
$env:SALTEVENTS_SOCKDIR = $empty

$background = New-Object System.Collections.ArrayList
$fakes = New-Object System.Collections.ArrayList
$servers = New-Object System.Collections.ArrayList

# The module's manifest, for other runspaces and processes.
function Get-ModulePath { $modulePath }

# A path for a new directory of the test's own; the directory is made by who uses it.
function New-TestPath { Join-Path $root ([guid]::NewGuid().ToString('N').Substring(0, 8)) }

# The parameters by which any process finds a bus: its directory, or its ports where there are no Unix sockets.
function Get-BusAddress {
    param([Parameter(Mandatory = $true)] $Bus)
    if ($Bus.SockDir) { @{ SockDir = $Bus.SockDir } } else { @{ PubPort = $Bus.PubPort; PullPort = $Bus.PullPort } }
}

# The same of a bus that is not there.
function Get-NoBusAddress {
    if ($PSVersionTable.PSEdition -eq 'Core' -and -not $IsWindows) { @{ SockDir = New-TestPath } } else { @{ PubPort = 1; PullPort = 1 } }
}

# True while something listens where this address of a bus says: a socket's path, or 127.0.0.1:port.
function Test-Listening {
    param([Parameter(Mandatory = $true)][string] $Address)
    if ($Address -notmatch '^127\.0\.0\.1:(\d+)$') { return Test-Path $Address }
    $client = New-Object System.Net.Sockets.TcpClient
    try { $client.Connect('127.0.0.1', [int]$Matches[1]); $true } catch { $false } finally { $client.Dispose() }
}

# The nats-server of this computer; nothing where there is none, or where nats:// needs a newer PowerShell.
function Find-NatsServer {
    if ($PSVersionTable.PSEdition -eq 'Core') {
        # Windows' own program: under Wine that of Linux is found too, and cannot be used.
        $names = if ($IsWindows) { 'nats-server.exe' } else { 'nats-server', '/usr/sbin/nats-server' }
        (Get-Command $names -CommandType Application -ErrorAction Ignore | Select-Object -First 1).Path
    }
}

# A nats-server with JetStream on a free port of loopback, with a directory of its own. Returns its address.
function Start-NatsServer {
    $directory = (New-Item -ItemType Directory (New-TestPath)).FullName
    $process = Start-Process (Find-NatsServer) -ArgumentList '-a', '127.0.0.1', '-p', '-1', '-js', '-sd', "$directory/store", '-l', "$directory/log", '--ports_file_dir', $directory -PassThru
    $null = $servers.Add($process)
    $file = Join-Path $directory "nats-server_$($process.Id).ports"
    Wait-Until { $process.HasExited -or (Get-Content $file -Raw -ErrorAction Ignore | ConvertFrom-Json -ErrorAction Ignore).nats }
    if ($process.HasExited) { throw "nats-server did not start: $(Get-Content "$directory/log" -Raw)" }
    (Get-Content $file -Raw | ConvertFrom-Json).nats[0]
}

# Ends what a test file has left open. For AfterAll.
function Clear-SaltTest {
    foreach ($task in @($background)) { Stop-Background $task }
    Get-SaltEventSession | Remove-SaltEventSession
    Stop-SaltEventRelay
    Stop-SaltEventBus
    foreach ($fake in $fakes) { $fake.Dispose() }
    foreach ($server in $servers) { $server.Kill(); $server.WaitForExit() }
    Remove-Item $root -Recurse -Force -ErrorAction SilentlyContinue
}

# Fires an event for each tag on the default bus.
function Send-Test {
    param([string[]] $Tag)
    foreach ($one in $Tag) { New-SaltEvent -Tag $one -Data @{ n = 1 } | Send-SaltEvent }
}

# What a person sees, without the colours that PowerShell itself puts into headers.
function Show {
    param([Parameter(ValueFromPipeline = $true)] $InputObject)
    ($input | Out-String -Width 300) -replace "$([char]27)\[[0-9;]*m", ''
}

# Runs a script in a runspace of its own, so that its warnings can be seen.
function Invoke-InNewRunspace {
    param([scriptblock] $Script)
    $shell = [powershell]::Create().AddScript("param(`$module) Import-Module `$module; function Wait-Until { ${function:Wait-Until} }`n$Script").AddArgument((Get-ModulePath))
    try {
        $output = $shell.Invoke()
        [pscustomobject]@{ Output = $output; Warnings = @($shell.Streams.Warning.Message); Errors = @($shell.Streams.Error) }
    } finally {
        $shell.Dispose()
    }
}

# Waits until something is so: a counter has its value, a file is gone.
function Wait-Until {
    param([Parameter(Mandatory = $true)][scriptblock] $Condition, [double] $Seconds = 30)
    $watch = [System.Diagnostics.Stopwatch]::StartNew()
    while (-not (& $Condition)) {
        if ($watch.Elapsed.TotalSeconds -gt $Seconds) { throw "Not so within $Seconds s: $Condition" }
        [System.Threading.Thread]::Sleep(5)
    }
}

# The error that a command ends with; an assertion where there is none.
function Get-ErrorOf {
    param([Parameter(Mandatory = $true)][scriptblock] $Command)
    try { $null = & $Command } catch { return $_ }
    throw "No error came from: $Command"
}

# Runs a script in a runspace of its own, with the module imported there.
function Start-Background {
    param([Parameter(Mandatory = $true)][scriptblock] $Script, [object[]] $ArgumentList = @())
    $powershell = [powershell]::Create()
    $null = $powershell.AddScript("$importModule`n& {`n$Script`n} @args")
    foreach ($argument in $ArgumentList) { $null = $powershell.AddArgument($argument) }
    $none = New-Object 'System.Management.Automation.PSDataCollection[psobject]'
    $none.Complete()
    $output = New-Object 'System.Management.Automation.PSDataCollection[psobject]'
    $task = [pscustomobject]@{ PowerShell = $powershell; Output = $output; Run = $powershell.BeginInvoke($none, $output) }
    $null = $background.Add($task)
    $task
}

# Waits for the end of such a script and gives its output; its errors are thrown.
function Receive-Background {
    param([Parameter(Mandatory = $true)] $Task, [int] $Seconds = 60)
    try {
        if (-not $Task.Run.AsyncWaitHandle.WaitOne($Seconds * 1000)) { throw "The background script has not ended within $Seconds s." }
        $null = $Task.PowerShell.EndInvoke($Task.Run)
        if ($Task.PowerShell.Streams.Error.Count) { throw $Task.PowerShell.Streams.Error[0] }
        $Task.Output
    } finally {
        Stop-Background $Task
    }
}

# Ends such a script, if it runs, and closes its runspace.
function Stop-Background {
    param([Parameter(Mandatory = $true)] $Task)
    $background.Remove($Task)
    $Task.PowerShell.Stop()
    $Task.PowerShell.Dispose()
}

# Runs a script elsewhere once somebody listens on the bus, which it has as $bus: how a test has something to hear.
function Start-WhenHeard {
    param([Parameter(Mandatory = $true)] $Bus, [Parameter(Mandatory = $true)][scriptblock] $Script, [int] $Listeners = 1)
    Start-Background -ArgumentList $Bus, $Listeners -Script ([scriptblock]::Create(@"
        param(`$bus, `$listeners)
        `$PSDefaultParameterValues = @{ '*-Salt*Event:Bus' = `$bus }
        for (`$i = 0; `$bus.Subscribers -lt `$listeners -and `$i -lt 6000; `$i++) { [System.Threading.Thread]::Sleep(5) }
        $Script
"@))
}

# The program that runs this PowerShell, and what comes before its arguments: one that is a dotnet tool is "dotnet pwsh.dll".
$program = (Get-Process -Id $PID).Path
$entry = if ([System.IO.Path]::GetFileNameWithoutExtension($program) -eq 'dotnet') { "`"$([Environment]::GetCommandLineArgs()[0])`"" }

# Runs a script in another process of this PowerShell; $args of the script are the arguments, and @there names the bus
# that is given. Its lines are the output.
function Start-Child {
    param([Parameter(Mandatory = $true)][scriptblock] $Script, [string[]] $ArgumentList = @(), $Bus)
    $file = (New-TestPath) + '.ps1'
    $there = if ($Bus) { (Get-BusAddress $Bus).GetEnumerator() | ForEach-Object { "$($_.Key) = '$($_.Value)'" } }
    Set-Content $file ("$importModule`n`$there = @{ $($there -join '; ') }`n" + $Script) -Encoding UTF8
    $start = New-Object System.Diagnostics.ProcessStartInfo
    $start.FileName = $program
    $start.Arguments = "$entry -NoProfile -NonInteractive -File `"$file`" $ArgumentList"
    $start.UseShellExecute = $false
    $start.RedirectStandardOutput = $true
    $start.RedirectStandardInput = $true
    [System.Diagnostics.Process]::Start($start)
}

# A stand-in for salt-api in this process: the one of the other tests, compiled here. It knows the user joe with the password
# secret; Emit fires an event, Requests is what was asked. Windows PowerShell has no compiler for it.
function Start-FakeSaltApi {
    if (-not ('SaltEvents.Tests.FakeSaltApi' -as [type])) {
        Add-Type -IgnoreWarnings -Path ('FakeSaltApi', 'FakeApiConnection', 'FakeApiRequest' | ForEach-Object { Join-Path $PSScriptRoot "../Shared/$_.cs" })
    }

    $api = New-Object SaltEvents.Tests.FakeSaltApi $false
    $null = $fakes.Add($api)
    $api
}

# The user that it knows.
function Get-FakeCredential { New-Object pscredential 'joe', (New-Object System.Net.NetworkCredential '', 'secret').SecurePassword }

Export-ModuleMember -Function *
