BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'SaltEvents.TestHelpers.psm1') -Force
    $bus = Start-SaltEventBus
    $session = New-SaltEventSession

    # What the bus has got since the last call.
    function Get-Heard { param([int] $Count = 1) Get-SaltEvent -Session $session -Count $Count -Wait 30 }
}

AfterAll {
    Clear-SaltTest
}

Describe 'Send-SaltEvent' {
    Context 'errors' {
        It 'refuses an empty tag and a blank line in it, before it connects' {
            (Get-ErrorOf { Send-SaltEvent '' 'x' }).FullyQualifiedErrorId | Should -Be 'EmptyTag,SaltEvents.Cmdlets.SendSaltEventCommand'
            (Get-ErrorOf { 'x' | Send-SaltEvent '' }).FullyQualifiedErrorId | Should -Be 'EmptyTag,SaltEvents.Cmdlets.SendSaltEventCommand'
            (Get-ErrorOf { Send-SaltEvent "a`n`nb" 'x' }).FullyQualifiedErrorId | Should -Be 'TagHasBlankLine,SaltEvents.Cmdlets.SendSaltEventCommand'
            (Get-ErrorOf { Send-SaltEvent '' 'x' -SockDir (New-TestPath) }).FullyQualifiedErrorId | Should -Be 'EmptyTag,SaltEvents.Cmdlets.SendSaltEventCommand'
        }

        It 'says that a tag is missing' {
            "$(Get-ErrorOf { 'x' | Send-SaltEvent -ErrorAction Stop })" | Should -Match 'mandatory parameters: +Tag'
            (Get-ErrorOf { @{ Tag = 'my/tag'; Data = 1 } | Send-SaltEvent -ErrorAction Stop }).FullyQualifiedErrorId | Should -BeLike 'InputObjectMissingMandatory,*'
            (Get-ErrorOf { [pscustomobject]@{ Tag = ''; Data = 1 } | Send-SaltEvent -ErrorAction Stop }).FullyQualifiedErrorId | Should -BeLike 'EmptyTag,*'
            "$(Get-ErrorOf { [pscustomobject]@{ Tag = 'x' } | Send-SaltEvent -ErrorAction Stop })" | Should -Match 'has the Tag x but no Data'
        }

        It 'refuses a payload in the place of the tag: <_>' -ForEach @(
            { Send-SaltEvent @{ n = 1 } 'my/tag' }
            { Send-SaltEvent ([ordered]@{ a = 1 }) 'my/tag' }
            { Send-SaltEvent -Data 'my/tag' -Tag ([pscustomobject]@{ a = 1 }) }
            { Send-SaltMasterEvent @{ a = 1 } 'my/tag' }
            { Send-SaltEvent (1, 2) 'my/tag' }
            { 'a' | Send-SaltEvent @{ b = 1 } }
            { 'a' | Send-SaltEvent 'b', 'c' }
            { Send-SaltEvent (Send-SaltEvent -Tag t -PassThru -WhatIf), (Get-Command Get-Command) }
        ) {
            $before = $bus.EventsIn
            $problem = Get-ErrorOf $_
            $problem.FullyQualifiedErrorId | Should -BeLike 'ParameterArgumentTransformationError,*'
            "$problem" | Should -Match "tag comes first: Send-SaltEvent 'my/tag'"
            $bus.EventsIn | Should -Be $before
        }

        It 'warns of the order of Salt, where it shows, and sends the event: <Arguments>' -TestCases @(
            @{ Arguments = 'Message to be sent', 'my/tag'; Warns = $true }
            @{ Arguments = '{"a":1}', 'salt/custom/tag-1'; Warns = $true }
            @{ Arguments = 'my/tag', 'Message to be sent'; Warns = $false }
            @{ Arguments = 'a tag', 'and words'; Warns = $false }
            @{ Arguments = 'a tag', @{ a = 1 }; Warns = $false }
            @{ Arguments = 'done', 'my/path'; Warns = $false }
        ) {
            Send-SaltEvent @Arguments -WarningVariable warned -WarningAction SilentlyContinue
            "$warned" -match 'The tag comes first' | Should -Be $Warns
            (Get-Heard).Tag | Should -Be $Arguments[0]
        }

        It 'refuses -Data beside the pipeline, and sends nothing' {
            $before = $bus.EventsIn
            foreach ($wrong in { 'a' | Send-SaltEvent x 'b' -ErrorAction Stop }, { 'a' | Send-SaltEvent -Data 'b' -Tag x -ErrorAction Stop }) {
                (Get-ErrorOf $wrong).FullyQualifiedErrorId | Should -Be 'InputObjectNotBound,SaltEvents.Cmdlets.SendSaltEventCommand'
            }

            $bus.EventsIn | Should -Be $before
        }

        It 'refuses $null, and sends what comes beside it' {
            (Get-ErrorOf { Send-SaltEvent 'x' $null }).CategoryInfo.Category | Should -Be 'InvalidData'
            (Get-ErrorOf { Send-SaltEvent $null 'x' }).CategoryInfo.Category | Should -Be 'InvalidData'
            (Get-ErrorOf { $null | Send-SaltEvent 'x' -ErrorAction Stop }).CategoryInfo.Category | Should -Be 'InvalidData'
            1, $null, 2 | Send-SaltEvent 'x' -ErrorAction SilentlyContinue
            (Get-Heard 2).Data.data | Should -Be 1, 2
        }

        It 'helps with objects that no bus can carry: <Name>' -TestCases @(
            @{ Name = 'a file'; Make = { Get-Item -LiteralPath $PSScriptRoot } }
            @{ Name = 'a process'; Make = { Get-Process -Id $PID } }
            @{ Name = 'a script block'; Make = { { 1 } } }
        ) {
            $item = & $Make
            $problem = Get-ErrorOf { $item | Send-SaltEvent 'x' -ErrorAction Stop }
            $problem.FullyQualifiedErrorId | Should -Be 'UnsupportedValue,SaltEvents.Cmdlets.SendSaltEventCommand'
            "$problem" | Should -Match 'Select-Object'
            "$problem" | Should -Match $item.GetType().Name
        }

        It 'names the place of <Name> in the payload and sends nothing' -TestCases @(
            @{ Name = 'a credential'; Id = 'SecretInPayload'; Place = 'a\.b\[1\]\.c'; Value = (New-Object System.Management.Automation.PSCredential 'u', (New-Object System.Security.SecureString)) }
            @{ Name = 'a SecureString'; Id = 'SecretInPayload'; Place = 'a\.b\[1\]\.c'; Value = (New-Object System.Security.SecureString) }
            @{ Name = 'a stream'; Id = 'UnsupportedValue'; Place = 'a\.b\[1\]\.c'; Value = (New-Object System.IO.MemoryStream) }
        ) {
            $before = $bus.EventsIn
            $problem = Get-ErrorOf { Send-SaltEvent 'x' @{ a = @{ b = 0, @{ c = $Value } } } -ErrorAction Stop }
            $problem.FullyQualifiedErrorId | Should -Be "$Id,SaltEvents.Cmdlets.SendSaltEventCommand"
            "$problem" | Should -Match $Place
            "$problem" | Should -Match 'Nothing was sent'
            $bus.EventsIn | Should -Be $before
        }

        It 'refuses a payload that contains itself' {
            $payload = @{ name = 'x' }
            $payload.self = @{ again = $payload }
            $problem = Get-ErrorOf { Send-SaltEvent 'x' $payload -ErrorAction Stop }
            $problem.FullyQualifiedErrorId | Should -Be 'PayloadTooDeep,SaltEvents.Cmdlets.SendSaltEventCommand'
            "$problem" | Should -Match 'self\.again contains itself'
        }

        It 'says that no bus is there' {
            $problem = Get-ErrorOf { Send-SaltEvent 'tag' 'x' -PubPort 1 -PullPort 1 }
            $problem.FullyQualifiedErrorId | Should -Be 'BusNotFound,SaltEvents.Cmdlets.SendSaltEventCommand'
            $problem.CategoryInfo.Category | Should -Be 'ObjectNotFound'
        }

        It 'needs the port for firing' {
            $problem = Get-ErrorOf { Send-SaltEvent 'tag' 'x' -PubPort 4000 }
            $problem.FullyQualifiedErrorId | Should -Be 'ParametersDisagree,SaltEvents.Cmdlets.SendSaltEventCommand'
            "$problem" | Should -Match '-PullPort'
        }
    }
}
