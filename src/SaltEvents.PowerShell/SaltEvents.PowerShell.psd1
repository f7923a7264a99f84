# The inner manifest: SaltEvents.psm1 imports it once the private dependencies are in place. PowerShell reads types and
# formats before it runs a psm1, so they are named here and not in SaltEvents.psd1.
@{
    RootModule         = 'SaltEvents.PowerShell.dll'
    ModuleVersion      = '0.1.0'
    GUID               = 'd1f9a8d5-6f1c-4a0c-9c68-3b7e9d5f2f0e'
    Author             = 'SaltEvents contributors'
    Description        = 'The compiled cmdlets of SaltEvents. Import SaltEvents instead.'
    RequiredAssemblies = @('SaltEvents.PowerShell.dll')
    TypesToProcess     = @('..\..\SaltEvents.Types.ps1xml')
    FormatsToProcess   = @('..\..\SaltEvents.Format.ps1xml')
    FunctionsToExport  = @()
    CmdletsToExport    = @('*-SaltEvent*', '*-SaltMasterEvent')
    VariablesToExport  = @()
    AliasesToExport    = @()
}
