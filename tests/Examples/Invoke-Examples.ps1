<#
.SYNOPSIS
Runs every example of the help pages and of the README as it stands, each in a fresh runspace and an empty directory.
.DESCRIPTION
A block whose first line begins with "# On a site:" is run against a bus that is fed with events of several families. It has
to print something where the page does, and is stopped then. One that begins with "# On a real master:" or "# On a real minion:" is not run.
One that names nats://127.0.0.1 gets a nats-server of its own, where that is installed; otherwise it is not run, and its kind says so.
Every other block has to end without an error or a warning, and to print the text block that follows it, if there is one; digits, white space
and the names of temporary directories may differ. No example can reach a real Salt.
.PARAMETER Page
The pages to run, as a wildcard: Get-SaltEvent, about_*.
.PARAMETER ResultPath
A file for the results, one JSON object a line. Without it they are written to the pipeline.
.PARAMETER Pester
The directory of the Pester that the examples use, where it is not installed.
#>
param([string] $Page = '*', [string] $ResultPath, [string] $Pester)

$ErrorActionPreference = 'Stop'
$root = (Resolve-Path -LiteralPath "$PSScriptRoot/../..").Path
if ($IsLinux) { $env:TMPDIR = '/tmp' } # as the pages show it
$scratch = [IO.Directory]::CreateTempSubdirectory('saltevents-examples-').FullName
$env:SALTEVENTS_SOCKDIR = 'none'
$env:SALTEVENTS_CONFIGPATH = $null

# Installed as a user has it, so that an example, a job or a thread of one can import it by its name.
$modules = @{ SaltEvents = $root }
if ($Pester) { $modules.Pester = $Pester }
foreach ($name in $modules.Keys) {
    $null = New-Item -ItemType ($IsWindows ? 'Junction' : 'SymbolicLink') -Path "$scratch/modules/$name" -Target $modules[$name] -Force
}

$env:PSModulePath = "$scratch/modules$([IO.Path]::PathSeparator)$env:PSModulePath"

$nats = (Get-Command nats-server, /usr/sbin/nats-server -CommandType Application -ErrorAction Ignore | Select-Object -First 1).Path

function Start-Nats([string] $Directory) {
    $socket = [Net.Sockets.TcpListener]::new([Net.IPAddress]::Loopback, 0)
    $socket.Start()
    $port = $socket.LocalEndpoint.Port
    $socket.Stop()
    $process = Start-Process $nats -ArgumentList '-a', '127.0.0.1', '-p', $port, '-js', '-sd', "$Directory/nats", '-l', "$Directory/nats.log" -PassThru
    while (-not (Select-String -LiteralPath "$Directory/nats.log" -Pattern 'Server is ready' -Quiet -ErrorAction Ignore)) {
        if ($process.HasExited) { throw 'nats-server did not start.' }
        Start-Sleep -Milliseconds 10
    }

    $process, "nats://127.0.0.1:$port"
}

function Get-Example([IO.FileInfo] $File) {
    $text = (Get-Content -LiteralPath $File -Raw).ReplaceLineEndings("`n")
    $number = 0
    foreach ($match in [regex]::Matches($text, '(?s)```powershell\n(.*?)\n```(?:\n+```text\n(.*?)\n```)?')) {
        $heading = [regex]::Matches($text.Substring(0, $match.Index), '(?m)^##+ (.*)$')[-1].Groups[1].Value
        [pscustomobject]@{
            Name = '{0} {1}: {2}' -f $File.BaseName, ++$number, $heading
            Code = $match.Groups[1].Value
            Expected = $match.Groups[2].Value
            Kind = switch -Regex ($match.Groups[1].Value) {
                '^# On a site:' { 'Site' }
                '^# On a real (master|minion):' { 'Real' }
                'nats://127\.0\.0\.1' { $nats ? 'Standalone' : 'NoNats' }
                default { 'Standalone' }
            }
        }
    }
}

function Format-Normal([string] $Text) {
    $lines = $Text -replace '\e\[[\d;]*m' -replace '/\S*saltevents-[\w…]+', 'DIRECTORY' -replace '\d+', '0' -split '\r?\n'
    @($lines | ForEach-Object { ($_ -replace '\s+', ' ').Trim() } | Where-Object { $_ -and $_ -notmatch '^[- ]+$' }) -join "`n"
}

function Invoke-Example($Example) {
    $directory = New-Item -ItemType Directory -Path "$scratch/$((Get-ChildItem $scratch).Count)"
    $before = $env:SALTEVENTS_SOCKDIR, $env:SALTEVENTS_CONFIGPATH
    $runspace = [runspacefactory]::CreateRunspace($Host, [initialsessionstate]::CreateDefault())
    $runspace.Open()
    $shell = [powershell]::Create($runspace)
    $output = [Management.Automation.PSDataCollection[psobject]]::new()
    $server = $null
    try {
        if ($Example.Code -match 'nats://127\.0\.0\.1') {
            $server, $address = Start-Nats $directory
            $Example.Code = $Example.Code.Replace('nats://127.0.0.1', $address)
        }

        $null = $shell.AddScript('param($Module, $Directory) Import-Module $Module; Set-Location -LiteralPath $Directory').AddArgument("$root/SaltEvents.psd1").AddArgument($(if ($Example.Name -like 'README *') { $root } else { $directory })).Invoke()
        $shell.Commands.Clear()
        if ($Example.Kind -eq 'Site') {
            $bus = $shell.AddScript('Start-SaltEventBus').Invoke()[0]
            $shell.Commands.Clear()
        }

        $null = $shell.AddScript($Example.Code).AddCommand('Out-String').AddParameter('Stream').AddParameter('Width', 80)
        $handle = $shell.BeginInvoke([Management.Automation.PSDataCollection[psobject]]::new(), $output)
        if ($Example.Kind -eq 'Site') {
            $end = [datetime]::UtcNow.AddSeconds(2)
            while (-not $handle.AsyncWaitHandle.WaitOne(50) -and $output.Count -eq 0 -and [datetime]::UtcNow -lt $end) {
                $feed | Send-SaltEvent -Bus $bus
            }
        }

        $ended = $handle.AsyncWaitHandle.WaitOne($(if ($Example.Kind -eq 'Site') { 0 } else { 20000 }))
        if ($ended) { $shell.EndInvoke($handle) } else { $shell.Stop() }
        if (-not $ended -and $Example.Kind -eq 'Standalone') { 'It did not end within 20 seconds.' }
        $shell.Streams.Error | ForEach-Object { "ERROR: $_" }
        if ($Example.Kind -eq 'Standalone') { $shell.Streams.Warning | ForEach-Object { "WARNING: $_" } }
        if ($Example.Kind -eq 'Site' -and $Example.Expected -and $Example.Code -notmatch '-Found' -and $output.Count -eq 0) { 'It printed nothing.' }
        $expected, $actual = (Format-Normal $Example.Expected), (Format-Normal ($output -join "`n"))
        if ($IsLinux -and $Example.Kind -eq 'Standalone' -and $expected -and $Example.Code -notmatch '-WhatIf' -and $expected -cne $actual) {
            "The page shows:`n$expected`nand it printed:`n$actual"
        }
    }
    catch { "THREW: $($_.Exception.InnerException ?? $_)" }
    finally {
        $shell.Dispose()
        $runspace.Dispose()
        if ($server) { $server.Kill(); $server.WaitForExit() }
        $env:SALTEVENTS_SOCKDIR, $env:SALTEVENTS_CONFIGPATH = $before
    }
}

try {
    Import-Module "$root/SaltEvents.psd1"
    $PSStyle.OutputRendering = 'PlainText'
    # A site in small: what is fired while an example of a site runs.
    $feed = @(
        New-SaltEvent JobReturn -MinionId web01 -FailedState nginx_running
        New-SaltEvent JobReturn -MinionId db01 -Function test.ping
        New-SaltEvent Presence -Minions web01, db01
        New-SaltEvent Auth -MinionId db01
        New-SaltEvent myco/deploy @{ version = '1.26' }
    )
    $files = @(Get-Item -LiteralPath "$root/README.md") + @(Get-ChildItem -LiteralPath "$root/docs/en-US" -Filter *.md) | Where-Object BaseName -Like $Page
    $results = $files | ForEach-Object { Get-Example $_ } | ForEach-Object {
        $clock = [Diagnostics.Stopwatch]::StartNew()
        $problems = if ($_.Kind -notin 'Real', 'NoNats') { Invoke-Example $_ }
        [pscustomobject]@{ Name = $_.Name; Kind = $_.Kind; Problem = $problems -join "`n"; Milliseconds = $clock.ElapsedMilliseconds }
    }
    if ($ResultPath) { $results | ForEach-Object { $_ | ConvertTo-Json -Compress } | Set-Content -LiteralPath $ResultPath } else { $results }
}
finally {
    $modules.Keys | ForEach-Object { [IO.Directory]::Delete("$scratch/modules/$_") } # the links, not what they point to
    Remove-Item -LiteralPath $scratch -Recurse -Force
}
