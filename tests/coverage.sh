#!/usr/bin/env bash
# Runs the tests again with coverlet and prints how many lines of Core and of the cmdlets they reach: tests/coverage.sh
# What every line got is in out/coverage, as Cobertura. Exits with 0 whatever the figures are: the bounds are for people.
set -euo pipefail
cd "$(dirname "$0")/.."
rm -rf out/coverage

# The module is instrumented where it lies, so nothing may build it meanwhile: PackageTests are left out. So is what reaches no
# further lines: the examples, the second Pester, and tests with processes that end at the same time or have another account, which
# coverlet does not expect.
cover() {
    local project=$1 settings=DataCollectionRunSettings.DataCollectors.DataCollector.Configuration
    dotnet test "tests/$project" --no-build --nologo --filter 'FullyQualifiedName!~PackageTests&FullyQualifiedName!~NetFrameworkTests&FullyQualifiedName!~ExampleTests&FullyQualifiedName!~RemotingTests&FullyQualifiedName!~PermissionTests&DisplayName!~6.2.0' \
        --collect 'XPlat Code Coverage' --results-directory "out/coverage/$project" \
        -- "$settings.Include=[SaltEvents.Core]*,[SaltEvents.PowerShell]*" "$settings.IncludeDirectory=$PWD/bin/net8.0,$PWD/bin/net8.0/deps" \
        > "out/coverage-$project.log" 2>&1 ||
        echo "Some tests failed while coverage was counted; out/coverage-$project.log has them."
}

# A line is reached if the tests of either project reach it.
report() {
    sed -nE 's/.*<package name="([^"]*)".*/package \1/p; s/.*<class .*filename="([^"]*)".*/file \1/p; s/.*<line number="([0-9]+)" hits="([0-9]+)".*/line \1 \2/p' \
        out/coverage/*/*/coverage.cobertura.xml |
        awk -v name="$1" -v goal="$2" '
            $1 == "package" { package = $2 }
            $1 == "file" { file = $2; sub(".*/src/", "", file); sub("^" name "/", "", file) }
            $1 == "line" && package == name { lines[file ":" $2] += $3 }
            END {
                for (line in lines) { all++; reached += lines[line] > 0 }
                printf "Lines of %s that tests reach: %.1f %% (aim: %s %%)\n", name, all ? 100 * reached / all : 0, goal
            }'
}

dotnet build SaltEvents.sln -v q --nologo > /dev/null
# Coverlet counts only what has its symbols beside it.
cp src/SaltEvents.Core/bin/Debug/net8.0/SaltEvents.Core.pdb bin/net8.0/deps/
trap 'rm -f bin/net8.0/deps/SaltEvents.Core.pdb' EXIT
mkdir -p out/coverage
cover SaltEvents.Core.Tests
cover SaltEvents.PowerShell.Tests
report SaltEvents.Core 95
report SaltEvents.PowerShell 90
