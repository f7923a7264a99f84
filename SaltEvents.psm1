# Loads the cmdlets for this edition of PowerShell. Only Import-Module and .NET calls: an engine without
# Microsoft.PowerShell.Utility and .Management can import the module too.
if ($ExecutionContext.SessionState.LanguageMode -ne 'FullLanguage') {
    throw "SaltEvents cannot be imported in the language mode $($ExecutionContext.SessionState.LanguageMode), which does not allow a script module to load an assembly. Where a policy of the computer sets the mode, sign the module's files with a certificate that the policy trusts; in a session configuration, import it with ModulesToImport."
}

$framework = if ($PSVersionTable.PSEdition -eq 'Core') { 'net8.0' } else { 'net472' }
$directory = [System.IO.Path]::Combine($PSScriptRoot, 'bin', $framework)
$file = [System.IO.Path]::Combine($directory, 'SaltEvents.PowerShell.dll')
if (-not [System.IO.File]::Exists($file)) {
    throw "SaltEvents is not built: $file is missing. Build it with: dotnet build SaltEvents.sln"
}

# The module is loaded once for the process and stays: another copy of it could not be told apart from this one.
$assembly = [System.AppDomain]::CurrentDomain.GetAssemblies().Where({ $_.GetName().Name -eq 'SaltEvents.PowerShell' }, 'First')[0]
if (-not $assembly) {
    $loader = [System.Reflection.Assembly]::LoadFrom([System.IO.Path]::Combine($directory, 'SaltEvents.Loader.dll'))
    $assembly = $loader.GetType('SaltEvents.Loader.ModuleLoadContext', $true)::Load($file)
}

# One directory can have several paths, such as a short one (C:\PROGRA~1) or one over a link. A copy was made at another time.
$loaded = [System.IO.Path]::GetDirectoryName($assembly.Location)
if ($loaded -ne $directory -and [System.IO.Directory]::GetCreationTimeUtc($loaded) -ne [System.IO.Directory]::GetCreationTimeUtc($directory)) {
    throw "Another copy of SaltEvents is loaded in this process, from $($assembly.Location). Start a new PowerShell session to use the one in $PSScriptRoot."
}

# In two steps: for an assembly that was imported before, -Assembly does not export the cmdlets.
Import-Module -ModuleInfo (Import-Module -Assembly $assembly -PassThru)

# PowerShell reads the types file on any of its threads, and one without a runspace does not know what was just imported: it
# finds only types that have been looked up before. So do the commands of a role (JEA) whose parameters are limited.
foreach ($name in 'SaltEvent', 'SaltEventAdapter', 'SaltEventAnyBus', 'SaltEventBus', 'SaltEventConverter', 'SaltEventDialect', 'SaltEventRelay', 'SaltEventSession', 'SaltEventView', 'SaltFailedState', 'SaltFraming', 'SaltJob', 'SaltJobState', 'SaltNode', 'SaltOverflow', 'SaltStateResult', 'SaltTagForm', 'SaltTagMatch', 'SaltTargetType', 'SaltTransport', 'Seconds', 'StandInConverter', 'ViewedObjectAdapter') { $null = [type]"SaltEvents.$name" }
Import-Module -Name ([System.IO.Path]::Combine($directory, 'SaltEvents.PowerShell.psd1'))
$assembly.GetType('SaltEvents.SaltEventAdapter', $true)::AddRunspace()
# PowerShell itself leaves colours in what a shell redirects.
if ($Host.UI -and $Host.UI.SupportsVirtualTerminal -and -not [System.Console]::IsOutputRedirected) { $assembly.GetType('SaltEvents.Payload.TerminalStyle', $true)::EnableFor([System.Management.Automation.Runspaces.Runspace]::DefaultRunspace) }
$removal = $assembly.GetType('SaltEvents.ModuleRemoval', $true)
$warn = { [CmdletBinding()] param([string] $message) $PSCmdlet.WriteWarning($message) }
$ExecutionContext.SessionState.Module.OnRemove = { foreach ($message in $removal::OnRemove()) { & $warn $message } }.GetNewClosure()
Export-ModuleMember -Cmdlet *
