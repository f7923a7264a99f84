#!/usr/bin/env bash
# Runs the tests of SaltEvents.Core on .NET 8, the runtime of PowerShell 7.4, which "dotnet test" does not need: that runs them on
# .NET 10. The runtime comes as a NuGet package.
#   tests/dotnet-8.sh           all of them
#   tests/dotnet-8.sh FILTER    some, by a filter of dotnet test, such as FullyQualifiedName~Api
set -euo pipefail
cd "$(dirname "$0")/.."
version=8.0.34 # the latest when this was written
installed=$(dotnet --info | sed -n 's:^ *Base Path\: *\(.*\)/sdk/.*:\1:p')
rid=$(dotnet --info | sed -n 's/^ *RID: *//p' | head -1)
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT

# A copy, so that what is built for .NET 8 does not take the place of anything.
mkdir "$place/tree" "$place/runtime"
git ls-files -z | xargs -0 cp --parents -t "$place/tree"
cat > "$place/runtime/runtime.csproj" <<PROJECT
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup><TargetFramework>net8.0</TargetFramework></PropertyGroup>
  <ItemGroup><PackageDownload Include="Microsoft.NETCore.App.Runtime.$rid" Version="[$version]" /></ItemGroup>
</Project>
PROJECT
dotnet restore -v q "$place/runtime"

# A dotnet root with that runtime only.
packages=$(dotnet nuget locals global-packages --list | sed 's/.*: //; s:/$::')
root=$place/root shared=$place/root/shared/Microsoft.NETCore.App/$version
mkdir -p "$shared"
cp -r "$installed"/{dotnet,host} "$root/"
cp -r "$packages/microsoft.netcore.app.runtime.$rid/$version/runtimes/$rid"/{lib/net8.0,native}/. "$shared"

cd "$place/tree"
dotnet build tests/SaltEvents.Core.Tests -p:TestFramework=net8.0 -v q --nologo
dotnet test tests/SaltEvents.Core.Tests -p:TestFramework=net8.0 --no-build --nologo ${1:+--filter "$1"} \
    -- RunConfiguration.DotNetHostPath="$root/dotnet"
