#!/usr/bin/env bash
# Runs tests/Pester in the pwsh that is made for Windows, under Wine, over TCP. Not part of "dotnet test": for a release.
#   tests/windows-under-wine.sh              the tests, with each Pester
#   tests/windows-under-wine.sh -File x.ps1  anything else: these are pwsh's arguments
# It needs the .NET 10 SDK, Debian's wine64 and wine, and script(1). What it lays out in out/wine is used again.
set -euo pipefail
root=$(realpath "$(dirname "$0")/..") place=$root/out/wine
windows=$place/dotnet packages=$(dotnet nuget locals global-packages --list | sed 's/.*: //; s:/$::')
runtime=$(dotnet --list-runtimes | sed -n 's/^Microsoft.NETCore.App \(10[^ ]*\).*/\1/p' | tail -1)
powershell=$(sed -n '/"powershell"/,/}/s/.*"version": "\(.*\)".*/\1/p' "$root/.config/dotnet-tools.json")
pesters=$(sed -n 's:.*<PesterVersions>\(.*\)</PesterVersions>.*:\1:p' "$root/tests/SaltEvents.PowerShell.Tests/SaltEvents.PowerShell.Tests.csproj")

lay_out() {
    rm -rf "$place" && mkdir -p "$place/packages" "$windows/host/fxr/$runtime"
    cat > "$place/packages/packages.csproj" <<PROJECT
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup><TargetFramework>net10.0</TargetFramework></PropertyGroup>
  <ItemGroup>
    <PackageDownload Include="PowerShell" Version="[$powershell]" />
    <PackageDownload Include="Pester" Version="[${pesters//;/];[}]" />
    <PackageDownload Include="Microsoft.NETCore.App.Runtime.win-x64;Microsoft.WindowsDesktop.App.Runtime.win-x64" Version="[$runtime]" />
  </ItemGroup>
</Project>
PROJECT
    dotnet restore -v q "$place/packages"
    # A dotnet root made of the runtime's packages. Without the one of WindowsDesktop pwsh hangs.
    local name shared
    for name in NETCore WindowsDesktop; do
        shared=$windows/shared/Microsoft.$name.App/$runtime
        mkdir -p "$shared"
        cp -r "$packages/microsoft.${name,,}.app.runtime.win-x64/$runtime/runtimes/win-x64"/{lib/net10.0,native}/. "$shared"
    done
    mv "$windows/shared/Microsoft.NETCore.App/$runtime/hostfxr.dll" "$windows/host/fxr/$runtime/"
    cp -r "$packages/powershell/$powershell/tools/net10.0/any/win" "$place/pwsh"
    wineboot -i
    wine winecfg -v win10
    echo "$runtime $powershell" > "$place/complete"
}

# pwsh writes nothing without a console: script(1) gives it one. The output goes to files all the same.
pwsh() {
    # Without the second, .NET reports internal errors in finalizers under Wine.
    printf '%q ' env DOTNET_ROOT="Z:${windows//\//\\}" DOTNET_EnableWriteXorExecute=0 wine "$place/pwsh/pwsh.exe" -NoProfile "$@" > "$place/command"
    echo "> $place/output 2> $place/errors < /dev/tty; echo \$? > $place/code" >> "$place/command"
    script -qec "bash $place/command" /dev/null > "$place/console" 2>&1 < /dev/null
    sed 's/\x1b\[[0-9;?]*[a-zA-Z]//g' "$place/output"
    cat "$place/errors" >&2
    return "$(cat "$place/code")"
}

export WINEPREFIX=$place/prefix WINEARCH=win64 WINEDEBUG=-all POWERSHELL_TELEMETRY_OPTOUT=1 POWERSHELL_UPDATECHECK=Off
trap 'wineserver -k || true' EXIT
[ "$(cat "$place/complete" 2>/dev/null)" = "$runtime $powershell" ] || lay_out
if [ $# -gt 0 ]; then
    pwsh "$@"
    exit
fi

dotnet build "$root/src/SaltEvents.PowerShell" -v q --nologo
status=0
for pester in ${pesters//;/ }; do
    pwsh -NonInteractive -File "Z:$root/tests/Pester/Invoke-Tests.ps1" -Pester "Z:$packages/pester/$pester/tools/Pester.psd1" || status=$?
done
exit "$status"
