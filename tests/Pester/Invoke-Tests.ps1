<#
.SYNOPSIS
Runs the Pester tests of the module in this PowerShell. The last line has the counts; the exit code is 1 where a test
failed, or where no test was found.
.EXAMPLE
pwsh tests/Pester/Invoke-Tests.ps1 -Output Detailed
#>
[CmdletBinding()]
param(
    # Files or directories of tests.
    [string[]] $Path = $PSScriptRoot,

    # How much Pester tells.
    [ValidateSet('None', 'Normal', 'Detailed', 'Diagnostic')]
    [string] $Output = 'Normal',

    # The names of the tests to run, with wildcards; all where it is not given.
    [string[]] $FullName = @(),

    # Another Pester than the newest that is installed: the path of its manifest.
    [string] $Pester
)

$ErrorActionPreference = 'Stop'
if ($Pester) {
    Import-Module $Pester
} else {
    Import-Module Pester -MinimumVersion 5.0
}

$configuration = New-PesterConfiguration
# Of a path that is not there Pester itself makes no error: it goes on searching.
$configuration.Run.Path = @(Resolve-Path $Path | ForEach-Object Path)
$configuration.Run.PassThru = $true
$configuration.Output.Verbosity = $Output
$configuration.Filter.FullName = $FullName
# Nothing comes back where there is no file of tests.
$result = try { Invoke-Pester -Configuration $configuration } catch { Write-Host "$_" }

$passed, $skipped, $found = [int]$result.PassedCount, [int]$result.SkippedCount, [int]$result.TotalCount
$failed = [int]$result.FailedCount + [int]$result.FailedBlocksCount + [int]$result.FailedContainersCount
$run = $passed + [int]$result.FailedCount
if ($run -eq 0) {
    'No test was run.'
}

"Passed: $passed, failed: $failed, skipped: $skipped, found: $found (Pester $((Get-Module Pester).Version), PowerShell $($PSVersionTable.PSVersion))"
exit ([int]($failed -gt 0 -or $run -eq 0))
