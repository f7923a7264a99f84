# Loads the cmdlets for this edition of PowerShell. Only Import-Module and .NET calls: an engine without
# Microsoft.PowerShell.Utility and .Management can import the module too.
$framework = if ($PSVersionTable.PSEdition -eq 'Core') { 'net8.0' } else { 'net472' }
$directory = [System.IO.Path]::Combine($PSScriptRoot, 'bin', $framework)
$file = [System.IO.Path]::Combine($directory, 'SaltEvents.PowerShell.dll')
if (-not [System.IO.File]::Exists($file)) {
    throw "SaltEvents is not built: $file is missing. Build it with: dotnet build SaltEvents.sln"
}

# .NET refuses to load another build of an assembly that is there, so it is looked for first.
$assembly = [System.AppDomain]::CurrentDomain.GetAssemblies().Where({ $_.GetName().Name -eq 'SaltEvents.PowerShell' }, 'First')[0]
if (-not $assembly) {
    $assembly = [System.Reflection.Assembly]::LoadFrom($file)
}

if ($assembly.Location -ne $file) {
    throw "Another copy of SaltEvents is loaded in this process, from $($assembly.Location). Start a new PowerShell session to use the one in $PSScriptRoot."
}

$loader = $assembly.GetType('SaltEvents.ModuleLoader', $true)
$loader::Initialize()
Import-Module -Name ([System.IO.Path]::Combine($directory, 'SaltEvents.PowerShell.psd1'))
$ExecutionContext.SessionState.Module.OnRemove = { $loader::OnRemove() }.GetNewClosure()
Export-ModuleMember -Cmdlet *
