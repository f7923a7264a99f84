#!/usr/bin/env bash
# Runs the tests again with coverlet and prints how many lines of Core and of the cmdlets they reach: tests/coverage.sh
# What every line got is in out/coverage, as Cobertura. Exits with 0 whatever the figures are: the bounds are for people.
set -euo pipefail
cd "$(dirname "$0")/.."
rm -rf out/coverage

# The tests of Core for Core, those of the cmdlets, Pester among them, for the cmdlets. The module is instrumented where it
# lies, so nothing may build it meanwhile: PackageTests are left out.
cover() {
    local assembly=$1 project=$2 settings=DataCollectionRunSettings.DataCollectors.DataCollector.Configuration
    dotnet test "$project" --no-build --nologo --filter 'FullyQualifiedName!~PackageTests&FullyQualifiedName!~NetFrameworkTests' \
        --collect 'XPlat Code Coverage' --results-directory "out/coverage/$assembly" \
        -- "$settings.Include=[$assembly]*" "$settings.IncludeDirectory=$PWD/bin/net8.0" > "out/coverage-$assembly.log" 2>&1 ||
        echo "Some tests failed while coverage was counted; out/coverage-$assembly.log has them."
    sed -nE "s/.*<package name=\"$assembly\" line-rate=\"([0-9.]+)\".*/\1/p" out/coverage/"$assembly"/*/coverage.cobertura.xml |
        awk -v name="$assembly" -v goal="$3" '{ printf "Lines of %s that tests reach: %.1f %% (aim: %s %%)\n", name, 100 * $1, goal }'
}

dotnet build SaltEvents.sln -v q --nologo > /dev/null
mkdir -p out/coverage
cover SaltEvents.Core tests/SaltEvents.Core.Tests 95
cover SaltEvents.PowerShell tests/SaltEvents.PowerShell.Tests 90
