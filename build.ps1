<#
.SYNOPSIS
Builds, tests and packages the module: the dotnet commands of the README, for PowerShell users.
.EXAMPLE
./build.ps1 -Task Build, Test
.EXAMPLE
./build.ps1 -Task Package
Makes out/SaltEvents/<version> and out/SaltEvents.<version>.nupkg. Install: copy the folder "SaltEvents" to a directory of $env:PSModulePath.
#>
[CmdletBinding()]
param(
    # What to do, in this order.
    [ValidateSet('Build', 'Test', 'Package')]
    [string[]] $Task = 'Build',

    [ValidateSet('Debug', 'Release')]
    [string] $Configuration = 'Release'
)

$ErrorActionPreference = 'Stop'

function Invoke-DotNet {
    & dotnet @args
    if ($LASTEXITCODE -ne 0) {
        throw "dotnet $args ended with exit code $LASTEXITCODE."
    }
}

Push-Location -LiteralPath $PSScriptRoot
try {
    foreach ($name in $Task) {
        switch ($name) {
            'Build' { Invoke-DotNet build SaltEvents.sln --configuration $Configuration }
            'Test' { Invoke-DotNet test SaltEvents.sln --configuration $Configuration }
            'Package' { Invoke-DotNet pack src/SaltEvents.PowerShell --configuration $Configuration }
        }
    }
}
finally {
    Pop-Location
}
