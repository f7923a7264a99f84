# Rows of a pipeline over events and over plain objects of the same fields, in turns. Writes a JSON line a row and run. Also
# runs in an engine without the modules of PowerShell, which has neither Select-Object nor ConvertTo-Json.
param([string] $Module, [string] $SockDir, [string] $FireDir, [int] $Events, [int] $Runs, [string] $Only)

Import-Module $Module
$shell = if ($ExecutionContext.InvokeCommand.GetCommand('Select-Object', 'Cmdlet')) { 'pwsh' } else { 'engine' }

function Receive-All { , @(Watch-SaltEvent -SockDir $SockDir -Count $Events -Timeout 120 -Overflow Block) }

# Objects of their own for each event, as ConvertFrom-Json would make them.
function New-Plain {
    foreach ($number in 1..$Events) {
        $states = [ordered]@{}
        foreach ($i in 0..4) {
            $states["pkg_|-web_$($i)_|-nginx_|-installed"] = [pscustomobject]@{ name = 'nginx'; changes = [pscustomobject]@{}; result = $true; comment = 'All specified packages are already installed'; __sls__ = 'web'; __run_num__ = $i; start_time = '20:08:30.869248'; duration = 12.482; __id__ = "web_$i" }
        }
        $return = [pscustomobject]$states
        $data = [pscustomobject]@{ cmd = '_return'; id = 'web01'; success = $true; return = $return; retcode = 0; jid = '20261123200830367547'; fun = 'state.apply'; fun_args = @('web'); user = 'root'; _stamp = '2026-11-23T20:08:30' }
        [pscustomobject]@{ Tag = 'salt/job/20261123200830367547/ret/web01'; Timestamp = [datetime]::UtcNow; Data = $data; JobId = '20261123200830367547'; MinionId = 'web01'; Function = 'state.apply'; Succeeded = $true; FailedStates = @(); ReturnCode = 0; Return = $return }
    }
}

# Microseconds of this process: what other programs take meanwhile does not count.
function Get-ProcessorTime { [Diagnostics.Process]::GetCurrentProcess().TotalProcessorTime.TotalMilliseconds * 1000 }

# Of all processor time, that of compiling too: a row warms up before it is counted, and events and objects take turns in going first.
function Measure-Row([object[]] $Objects, [scriptblock] $Row) {
    [GC]::Collect()
    $before = Get-ProcessorTime
    $null = $Objects | & $Row
    ((Get-ProcessorTime) - $before) / $Objects.Count
}

function Write-Row([string] $Name, [int] $Run, [double] $Ours, [double] $Theirs) {
    [string]::Format([cultureinfo]::InvariantCulture, '{{"shell":"{0}","row":"{1}","run":{2},"events":{3:0.000},"objects":{4:0.000}}}', $shell, $Name, $Run, $Ours, $Theirs)
}

$rows = [ordered]@{
    'Out-Null' = { $input | Out-Null }
    '% MinionId' = { $input | ForEach-Object MinionId }
    '? MinionId -eq web02' = { $input | Where-Object MinionId -EQ web02 }
    '? Succeeded -eq $false' = { $input | Where-Object Succeeded -EQ $false }
    '% { $_.Data.id }' = { $input | ForEach-Object { $_.Data.id } }
    '% { $_.Function }' = { $input | ForEach-Object { $_.Function } }
}
if ($shell -eq 'pwsh') {
    $rows['select Tag, MinionId, Function, Succeeded'] = { $input | Select-Object Tag, MinionId, Function, Succeeded }
    $rows['Format-Table Tag, MinionId, Function'] = { $input | Format-Table Tag, MinionId, Function | Out-String -Stream }
    $rows['Format-Table'] = { $input | Format-Table | Out-String -Stream }
    $rows['% { $_.Data | ConvertTo-Json }'] = { $input | ForEach-Object { $_.Data | ConvertTo-Json -Compress -Depth 5 } }
}
$rows['| Send-SaltEvent'] = { $input | Send-SaltEvent -Tag my/tag -SockDir $FireDir }

# Runs below 1 warm up and are not counted.
foreach ($run in -1..$Runs) {
    foreach ($name in $rows.Keys) {
        if ($Only -and $name -notlike "*$Only*") { continue }
        if ($run % 2) { $ours = Measure-Row (Receive-All) $rows[$name] }
        $theirs = Measure-Row @(New-Plain) $rows[$name]
        if ($run % 2 -eq 0) { $ours = Measure-Row (Receive-All) $rows[$name] }
        Write-Row $name $run $ours $theirs
    }
}

# Firing what a script has made, beside a script block that reads a key of each.
$tables = @(foreach ($number in 1..$Events) { @{ number = $number; name = 'web01'; succeeded = $true } })
$fire = [ordered]@{
    'hashtables | Send-SaltEvent' = { $input | Send-SaltEvent my/tag -SockDir $FireDir }
    'hashtables | Send-SaltEvent -PassThru' = { $input | Send-SaltEvent my/tag -SockDir $FireDir -PassThru }
}
foreach ($run in -1..$Runs) {
    foreach ($name in $fire.Keys) {
        if ($Only -and $name -notlike "*$Only*") { continue }
        $ours = Measure-Row $tables $fire[$name]
        $theirs = Measure-Row $tables { $input | ForEach-Object { $_.number } }
        Write-Row $name $run $ours $theirs
    }
}

# All fields of one event, for each of its fields: 20,000 cost 20 times as much as 1,000 where these are the same.
$wide = [ordered]@{ 'each of {0} fields' = { foreach ($property in $args[0].psobject.Properties) { $null = $property.Value } } }
if ($shell -eq 'pwsh') { $wide['ConvertTo-Json of {0} fields'] = { $args[0] | ConvertTo-Json -WarningAction SilentlyContinue } }
foreach ($run in -1..$Runs) {
    foreach ($keys in 1000, 20000) {
        $payload = [ordered]@{}
        foreach ($i in 1..$keys) { $payload["key$i"] = $i }
        foreach ($row in $wide.Keys) {
            $name = $row -f $keys
            if ($Only -and $name -notlike "*$Only*") { continue }
            $objects = (New-SaltEvent -Tag my/wide -Data $payload).Data, [pscustomobject]$payload
            $costs = @(0, 0)
            foreach ($i in $(if ($run % 2) { 0, 1 } else { 1, 0 })) {
                $before = Get-ProcessorTime
                $null = & $wide[$row] $objects[$i]
                $costs[$i] = ((Get-ProcessorTime) - $before) / $keys
            }
            Write-Row $name $run $costs[0] $costs[1]
        }
    }
}
