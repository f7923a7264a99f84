@{
    RootModule             = 'SaltEvents.psm1'
    ModuleVersion          = '0.1.0'
    GUID                   = '7b1c2f0a-5f1e-4c55-8f0e-2b6a6b8a1c3d'
    Author                 = 'SaltEvents contributors'
    CompanyName            = 'SaltEvents contributors'
    Copyright              = '(c) SaltEvents contributors. Apache License 2.0.'
    Description            = 'The Salt (saltstack) event bus for PowerShell: wait for events, stream them, fire them on a minion or to its master, and run an embedded bus to test with.'
    PowerShellVersion      = '5.1'
    DotNetFrameworkVersion = '4.7.2'
    CompatiblePSEditions   = @('Desktop', 'Core')
    FunctionsToExport      = @()
    CmdletsToExport        = @(
        'Get-SaltEvent'
        'Watch-SaltEvent'
        'Wait-SaltEvent'
        'Register-SaltEvent'
        'Wait-SaltJob'
        'Watch-SaltJob'
        'Send-SaltEvent'
        'Send-SaltMasterEvent'
        'Start-SaltEventBus'
        'Stop-SaltEventBus'
        'Get-SaltEventBus'
        'Test-SaltEventBus'
        'New-SaltEvent'
        'Export-SaltEvent'
        'Import-SaltEvent'
        'Measure-SaltEvent'
        'Start-SaltEventRelay'
        'Get-SaltEventRelay'
        'Stop-SaltEventRelay'
        'New-SaltEventSession'
        'Get-SaltEventSession'
        'Remove-SaltEventSession'
    )
    VariablesToExport      = @()
    AliasesToExport        = @()
    PrivateData            = @{
        PSData = @{
            Tags       = @('Salt', 'SaltStack', 'Event', 'Bus', 'Minion', 'PSEdition_Core', 'PSEdition_Desktop', 'Windows', 'Linux', 'MacOS')
            LicenseUri = 'https://www.apache.org/licenses/LICENSE-2.0'
        }
    }
}
