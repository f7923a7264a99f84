# The inner manifest, which SaltEvents.psm1 imports once the assembly is loaded. PowerShell reads types and formats before
# it runs a psm1, so they are named here and not in SaltEvents.psd1. They are in the same directory: PowerShell finds no path
# with .. in it where a directory has brackets in its name.
@{
    ModuleVersion      = '0.1.0'
    GUID               = 'd1f9a8d5-6f1c-4a0c-9c68-3b7e9d5f2f0e'
    Author             = 'SaltEvents contributors'
    Description        = 'The types and views of SaltEvents. Import SaltEvents instead.'
    TypesToProcess     = @('SaltEvents.Types.ps1xml')
    FormatsToProcess   = @('SaltEvents.Format.ps1xml')
    FunctionsToExport  = @()
    CmdletsToExport    = @()
    VariablesToExport  = @()
    AliasesToExport    = @()
}
