BeforeDiscovery {
    $isUnix = $PSVersionTable.PSEdition -eq 'Core' -and -not $IsWindows
}

BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'SaltEvents.TestHelpers.psm1') -Force
    $master = Start-SaltEventBus
    $minion = Start-SaltEventBus -MinionId 'web01' -Master $master
    $onMaster = New-SaltEventSession -Bus $master
    $onMinion = New-SaltEventSession -Bus $minion
}

AfterAll {
    Clear-SaltTest
}

Describe 'Send-SaltMasterEvent' {
    It 'fires on the master, wrapped as a minion''s event' {
        Send-SaltMasterEvent 'my/tag' @{ text = 'message for the master' } | Should -BeNullOrEmpty
        $heard = Get-SaltEvent -Session $onMaster -Wait 30
        $heard.Tag | Should -Be 'my/tag'
        $heard.Data.id | Should -Be 'web01'
        $heard.Data.cmd | Should -Be '_minion_event'
        $heard.Data.tag | Should -Be 'my/tag'
        $heard.Data.data.text | Should -Be 'message for the master'
        $heard.Raw.Contains('pretag') | Should -BeTrue
        $heard.Timestamp | Should -Not -BeNullOrEmpty
        $null = Get-SaltEvent -Session $onMinion -Wait 30
    }

    It 'goes over the minion''s bus as fire_master' {
        $sent = Send-SaltMasterEvent 'my/tag' 'message' -PassThru
        $heard = Get-SaltEvent -Session $onMinion -Wait 30
        $sent.Tag | Should -Be 'fire_master'
        $heard.Tag | Should -Be 'fire_master'
        $heard.MasterTag | Should -Be 'my/tag'
        $heard.Data.data.data | Should -Be 'message'
        $heard.Raw.Keys | Should -Be 'tag', 'data', 'events', 'pretag', '_stamp'
        $null = Get-SaltEvent -Session $onMaster -Wait 30
    }

    It 'chooses the minion''s bus automatically, though the master''s was opened last' {
        $last = Start-SaltEventBus
        Send-SaltMasterEvent 'by/default' 'x'
        (Get-SaltEvent -Session $onMaster -Wait 30).Tag | Should -Be 'by/default'
        $null = Get-SaltEvent -Session $onMinion -Wait 30
        Stop-SaltEventBus $last
    }

    It 'takes the minion''s bus by its directory or ports' {
        $there = Get-BusAddress $minion
        Send-SaltMasterEvent 'by/address' 'x' @there
        (Get-SaltEvent -Session $onMaster -Wait 30).Tag | Should -Be 'by/address'
        $null = Get-SaltEvent -Session $onMinion -Wait 30
    }

    It 'sends nothing with -WhatIf' {
        $before = $minion.EventsIn
        Send-SaltMasterEvent 'whatif' 'x' -WhatIf
        $minion.EventsIn | Should -Be $before
    }

    Context 'in a pipeline' {
        It 'sends one event an object, in order' {
            1..20 | Send-SaltMasterEvent 'n'
            (Get-SaltEvent -Session $onMaster -Count 20 -Wait 30).Data.data.data | Should -Be (1..20)
            $null = Get-SaltEvent -Session $onMinion -Count 20 -Wait 30
        }

        It 'passes an event of the minion''s bus on to the master, under its own tag' {
            Send-SaltEvent 'local/tag' @{ n = 7 } -Bus $minion
            Get-SaltEvent 'local/*' -Session $onMinion -Wait 30 | Send-SaltMasterEvent
            $heard = Get-SaltEvent -Session $onMaster -Wait 30
            $heard.Tag | Should -Be 'local/tag'
            $heard.Data.data.n | Should -Be 7
            $heard.Data.data.PSObject.Properties['_stamp'] | Should -BeNullOrEmpty
            $null = Get-SaltEvent -Session $onMinion -Wait 30
        }

        It 'reports an object that it cannot send and continues' {
            Get-Item -LiteralPath $PSScriptRoot | Send-SaltMasterEvent 'x' -ErrorVariable problems -ErrorAction SilentlyContinue
            $problems[0].FullyQualifiedErrorId | Should -Be 'UnsupportedValue,SaltEvents.Cmdlets.SendSaltMasterEventCommand'
        }
    }

    Context 'errors' {
        It 'refuses a master''s bus' {
            $problem = Get-ErrorOf { Send-SaltMasterEvent 'tag' 'x' -Bus $master }
            $problem.FullyQualifiedErrorId | Should -Be 'WrongNode,SaltEvents.Cmdlets.SendSaltMasterEventCommand'
            "$problem" | Should -Match 'minion'
        }

        It 'refuses an empty tag and a secret' {
            (Get-ErrorOf { Send-SaltMasterEvent '' 'x' }).FullyQualifiedErrorId |
                Should -Be 'EmptyTag,SaltEvents.Cmdlets.SendSaltMasterEventCommand'
            $secret = New-Object System.Security.SecureString
            (Get-ErrorOf { Send-SaltMasterEvent 'x' @{ s = $secret } -ErrorAction Stop }).FullyQualifiedErrorId |
                Should -Be 'SecretInPayload,SaltEvents.Cmdlets.SendSaltMasterEventCommand'
        }

        It 'says where no minion''s bus is' {
            $nowhere = Get-NoBusAddress
            (Get-ErrorOf { Send-SaltMasterEvent 'tag' 'x' @nowhere }).FullyQualifiedErrorId |
                Should -Be 'BusNotFound,SaltEvents.Cmdlets.SendSaltMasterEventCommand'
        }

        It 'looks for keys where Salt for Windows has them if there is no configuration (skipped elsewhere)' -Skip:$isUnix {
            $env:SALT_CONFIG_DIR = (New-Item -ItemType Directory (New-TestPath)).FullName
            try {
                $shell = [powershell]::Create().AddScript('param($module) Import-Module $module; Send-SaltMasterEvent my/tag x -Direct -MinionBus web01; Send-SaltEvent my/tag x -Target *').AddArgument((Get-ModulePath))
                $null = $shell.Invoke()
                $problems = $shell.Streams.Error
            } finally {
                $env:SALT_CONFIG_DIR = $null
            }

            "$($problems[0])" | Should -Match '^The key file [A-Z]:\\[^/]*\\conf\\pki\\minion\\minion\.pem does not exist'
            "$($problems[1])" | Should -Match '^The key file [A-Z]:\\[^/]* does not exist\. A Salt master does not run on Windows'
        }
    }
}
