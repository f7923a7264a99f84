<#
.SYNOPSIS
Writes the counters of a Salt bus where node_exporter's textfile collector finds them.
.DESCRIPTION
The metrics have the names and labels of salt-exporter, so its dashboards and alerts work. Each file is written whole and
then moved: the collector never reads half of one. Start node_exporter with --collector.textfile.directory.
.EXAMPLE
pwsh samples/Metrics/textfile.ps1 -Path /var/lib/node_exporter/salt.prom
#>
[CmdletBinding()]
param(
    # The file; the collector takes names that end in .prom.
    [Parameter(Mandatory = $true)]
    [string] $Path,

    # How often to write, in seconds.
    [double] $Interval = 15,

    # More parameters of Watch-SaltEvent, such as @{ SockDir = '/var/run/salt/master' }.
    [hashtable] $Watch = @{ }
)

$ErrorActionPreference = 'Stop'
Import-Module (Join-Path $PSScriptRoot '../../SaltEvents.psd1')
$Path = $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($Path)

Watch-SaltEvent -WaitForBus @Watch | Measure-SaltEvent -Interval $Interval -AsPrometheus | ForEach-Object {
    $new = "$Path.$PID"
    [System.IO.File]::WriteAllText($new, $_)
    Move-Item -LiteralPath $new -Destination $Path -Force
}
