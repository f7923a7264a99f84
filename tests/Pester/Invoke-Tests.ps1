<#
.SYNOPSIS
Runs the Pester tests of the module in this PowerShell. The last lines name what was skipped, and the counts; the exit
code is 1 if a test failed or none was found.
.EXAMPLE
pwsh tests/Pester/Invoke-Tests.ps1 -Output Detailed
#>
[CmdletBinding()]
param(
    # Files or directories of tests.
    [string[]] $Path = @($PSScriptRoot, (Join-Path $PSScriptRoot "../../samples")),

    # How much Pester prints.
    [ValidateSet('None', 'Normal', 'Detailed', 'Diagnostic')]
    [string] $Output = 'Normal',

    # The names of the tests to run, with wildcards; all where it is not given.
    [string[]] $FullName = @(),

    # Which Pester: the path of its manifest. Where it is not given, the newest that is installed, or else that "dotnet build"
    # has restored.
    [string] $Pester
)

$ErrorActionPreference = 'Stop'
if (-not $Pester) {
    $installed = Get-Module Pester -ListAvailable | Where-Object Version -ge '5.0' | Sort-Object Version | Select-Object -Last 1
    $packages = if ($env:NUGET_PACKAGES) { $env:NUGET_PACKAGES } else { Join-Path $HOME '.nuget/packages' }
    $restored = Resolve-Path (Join-Path $packages 'pester/*/tools/Pester.psd1') -ErrorAction SilentlyContinue | Select-Object -Last 1
    $Pester = if ($installed) { $installed.Path } elseif ($restored) { $restored.Path }
    if (-not $Pester) { throw 'There is no Pester 5 or later. "dotnet restore" fetches it, or name one with -Pester.' }
}

Import-Module $Pester

$configuration = New-PesterConfiguration
# Pester takes paths for wildcard patterns, and goes on searching if one does not exist: it gets the files, with their names escaped.
$files = Get-ChildItem -LiteralPath $Path -Recurse -File -Filter *.Tests.ps1
$configuration.Run.Path = @($files | ForEach-Object { [WildcardPattern]::Escape($_.FullName) })
$configuration.Run.PassThru = $true
$configuration.Output.Verbosity = $Output
$configuration.Filter.FullName = $FullName
# Nothing comes back where there is no file of tests.
$result = try { Invoke-Pester -Configuration $configuration } catch { Write-Host "$_" }

$suite = "Pester $((Get-Module Pester).Version), PowerShell $($PSVersionTable.PSVersion)"
$passed = [int]$result.PassedCount
$failed = [int]$result.FailedCount + [int]$result.FailedBlocksCount + [int]$result.FailedContainersCount
$none = $passed + [int]$result.FailedCount -eq 0
if ($none) {
    'No test was run.'
}

$result.Skipped | Where-Object { $_ } | ForEach-Object { "${suite}: skipped $($_.ExpandedPath)" }
"${suite}: $passed passed, $failed failed, $([int]$result.SkippedCount) skipped"
exit ([int]($failed -gt 0 -or $none))
