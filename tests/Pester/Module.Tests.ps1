BeforeDiscovery {
    $cases = (Import-PowerShellDataFile -LiteralPath (Join-Path $PSScriptRoot '../../SaltEvents.psd1')).CmdletsToExport | ForEach-Object { @{ Name = $_ } }
}

BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'SaltEvents.TestHelpers.psm1') -Force
    $modulePath = Get-ModulePath
    $bus = Start-SaltEventBus -PubPort 0
    $session = New-SaltEventSession

    # Fires a payload and gives it as it was heard.
    function Send-AndHear { param($Data, [string] $Tag) Send-SaltEvent $Tag $Data; Get-SaltEvent $Tag -Session $session -Wait 30 }

    # What the Tab key offers at the end of a line.
    function Get-Completion { param([string] $Line) @((TabExpansion2 $Line $Line.Length).CompletionMatches | ForEach-Object CompletionText) }
}

AfterAll {
    Clear-SaltTest
}

Describe 'The module' {
    Context 'import and exports' {
        It 'exports the cmdlets that its manifest names and nothing else' {
            $commands = Get-Command -Module SaltEvents
            $commands.CommandType | Select-Object -Unique | Should -Be 'Cmdlet'
            $commands.Name | Sort-Object | Should -Be ((Import-PowerShellDataFile -LiteralPath $modulePath).CmdletsToExport | Sort-Object)
            $commands.Count | Should -BeGreaterThan 9
            (Get-Module SaltEvents).ExportedVariables.Count | Should -Be 0
            (Get-Module SaltEvents).ExportedAliases.Count | Should -Be 0
        }

        It 'is for both editions' {
            $module = Get-Module SaltEvents
            $module.CompatiblePSEditions | Should -Be 'Desktop', 'Core'
            $module.PowerShellVersion | Should -Be '5.1'
        }

        It '<Name> uses an approved verb and has a file of tests' -TestCases $cases {
            (Get-Verb).Verb | Should -Contain (Get-Command $Name).Verb
            Test-Path -LiteralPath (Join-Path $PSScriptRoot "$Name.Tests.ps1") | Should -BeTrue
        }

        It 'looks up each type of the types file and of a parameter before PowerShell needs it on any thread' {
            $binaries = Split-Path (Get-Command Get-SaltEvent).ImplementingType.Assembly.Location
            $file = [xml](Get-Content -LiteralPath (Join-Path $binaries 'SaltEvents.Types.ps1xml') -Raw)
            $named = 'TypeName', 'Type[TypeAdapter]/Name', 'NoteProperty[Name="TargetTypeForDeserialization"]/Value' |
                ForEach-Object { $file.SelectNodes("//$_") | ForEach-Object InnerText } | Sort-Object -Unique
            $named | Should -Contain 'SaltEvents.SaltEvent'
            $parameters = (Get-Command -Module SaltEvents).Parameters.Values.ParameterType |
                ForEach-Object { [regex]::Matches($_.ToString(), '(?<=SaltEvents\.)\w+').Value } | Sort-Object -Unique
            $parameters | Should -Contain 'Seconds'
            $script = Get-Content -LiteralPath (Join-Path (Split-Path -LiteralPath $modulePath) 'SaltEvents.psm1') -Raw
            foreach ($name in @($named) + $parameters) { $script | Should -Match "(?m)^foreach .*'$($name -replace '^SaltEvents\.')'.*\[type\]" }
        }

        It 'warns of nothing when it is imported, and can be imported and removed again' {
            $script = {
                param($path)
                1..3 | ForEach-Object { Import-Module $path; $null = Start-SaltEventBus -PubPort 0; Stop-SaltEventBus; Remove-Module SaltEvents }
                Get-Module SaltEvents*
                Get-Command Get-SaltEventBus -ErrorAction Ignore
                Import-Module $path -Force
                (Start-SaltEventBus -PubPort 0).State
            }
            $shell = [powershell]::Create()
            try {
                $shell.AddScript($script).AddArgument($modulePath).Invoke() | Should -Be 'Running'
                $shell.Streams.Warning.Count | Should -Be 0
                $shell.Streams.Error.Count | Should -Be 0
            } finally {
                $shell.Dispose()
            }
        }

        It 'says why it cannot be imported in a constrained language mode' {
            $shell = [powershell]::Create()
            try {
                $script = { param($path) $ExecutionContext.SessionState.LanguageMode = 'ConstrainedLanguage'; Import-Module $path }
                $null = $shell.AddScript($script).AddArgument($modulePath).Invoke()
                $shell.Streams.Error | Should -HaveCount 1
                "$($shell.Streams.Error)" | Should -BeLike '*cannot be imported in the language mode ConstrainedLanguage*sign*'
            } finally {
                $shell.Dispose()
            }
        }

        It 'shows no secret of the object that an error is about: <Name>' -TestCases @(
            @{ Name = 'Export-SaltEvent'; Run = { $args[0] | Export-SaltEvent (New-TestPath) } }
            @{ Name = 'Measure-SaltEvent'; Run = { $args[0] | Measure-SaltEvent } }
            @{ Name = 'New-SaltEvent'; Run = { $args[0] | New-SaltEvent my/tag } }
            @{ Name = 'New-SaltEvent -FailedState'; Run = { New-SaltEvent JobReturn -FailedState $args[0] } }
            @{ Name = 'Send-SaltEvent'; Run = { $args[0] | Send-SaltEvent my/tag } }
            @{ Name = 'Start-SaltEventBus -Master'; Run = { Start-SaltEventBus -Master $args[0] } }
        ) {
            $object = [pscustomobject]@{ user = 'me'; password = 'hunter2'; code = { } }
            try { $problem = & $Run $object 2>&1 } catch { $problem = $_ }
            $problem = @($problem | Where-Object { $_ -is [System.Management.Automation.ErrorRecord] })
            $problem.Count | Should -Be 1
            $problem[0].Exception.Message, "$($problem[0])", "$($problem[0].CategoryInfo)", $problem[0].CategoryInfo.TargetName -join ' ' | Should -Not -Match hunter2
        }

        It 'takes an ISO date for -Since in each culture: <_>' -TestCases 'de-DE', 'th-TH', 'ar-SA', 'fa-IR' {
            $since = (Get-Command Get-SaltEvent).Parameters['Since'].Attributes | Where-Object { $_.GetType().Name -eq 'SinceAttribute' }
            $before = [cultureinfo]::CurrentCulture
            try {
                [cultureinfo]::CurrentCulture = $_
                $time = $since.Transform($null, '2026-11-02')
            } finally {
                [cultureinfo]::CurrentCulture = $before
            }

            $time | Should -Be ([datetime]::new(2026, 11, 2))
        }

        It 'keeps the types of its dependencies to itself' {
            foreach ($type in 'SaltEvents.Core.Events.EventCodec', 'MessagePack.MessagePackReader') { $type -as [type] | Should -BeNullOrEmpty }
        }
    }

    Context 'help' {
        It '<Name> has a syntax' -TestCases $cases {
            (Get-Help $Name | Out-String) -replace '\s+', ' ' | Should -Match "SYNTAX $Name .*\[<CommonParameters>\]"
        }

        It 'shows that times are seconds' {
            Get-Command Get-SaltEvent -Syntax | Should -Match '\[\[-Wait\] <Seconds>\]'
            Get-Command Watch-SaltEvent -Syntax | Should -Match '\[-Timeout <Seconds>\]'
        }
    }

    Context 'completion' {
        It 'completes -Tag with the forms of Salt''s tags: <Line>' -TestCases @(
            @{ Line = 'Get-SaltEvent -Tag salt/job/'; Expected = "'salt/job/*/ret/*'" }
            @{ Line = 'Get-SaltEvent salt/ke'; Expected = "'salt/key'" }
            @{ Line = "Watch-SaltEvent 'salt/pres"; Expected = "'salt/presence/present'" }
            @{ Line = 'Watch-SaltEvent -Tag a, salt/pres'; Expected = "'salt/presence/change'" }
            @{ Line = 'New-SaltEventSession min'; Expected = "'minion_start'" }
            @{ Line = 'Send-SaltEvent salt/pres'; Expected = "'salt/presence/present'" }
        ) {
            Get-Completion $Line | Should -Contain $Expected
        }

        It 'offers the members of an event and of a bus, and no helpers of views' {
            $saltEvent = New-SaltEvent my/tag @{ n = 1 }
            $bus = Start-SaltEventBus
            foreach ($line in '$saltEvent.', '$bus.', '$session.') {
                Get-Completion $line | Where-Object { $_ -match 'GetSummary|GetLocalTime|PSStandardMembers' } | Should -BeNullOrEmpty
            }
            Stop-SaltEventBus $bus
        }

        It 'offers the members of events that no variable holds yet, and nothing of views: <Line>' -TestCases @(
            @{ Line = 'New-SaltEvent JobReturn | Select-Object ' }
            @{ Line = '(New-SaltEvent JobReturn).' }
            @{ Line = 'Watch-SaltJob | Where-Object '; Member = 'FailedStates' }
            @{ Line = 'Wait-SaltJob 1 | Select-Object '; Member = 'FailedStates' }
            @{ Line = '$job = Wait-SaltJob 1; $job.'; Member = 'FailedStates' }
            @{ Line = '(Wait-SaltJob 1).States[0].'; Member = 'Number' }
        ) {
            $offered = Get-Completion $Line
            $offered | Should -Contain $(if ($Member) { $Member } else { 'Succeeded' })
            $offered -match 'SaltEvents\.|\w \w' | Should -BeNullOrEmpty
        }

        It 'offers no tag for what none begins with' {
            Get-Completion 'Get-SaltEvent -Tag SALT/J' | Where-Object { $_ -like '*salt/job*' } | Should -BeNullOrEmpty
        }

        It 'completes <Line>' -TestCases @(
            @{ Line = 'Get-SaltEvent -Node '; Expected = 'Master', 'Minion' }
            @{ Line = 'Start-SaltEventBus '; Expected = 'Master', 'Minion' }
            @{ Line = 'Get-SaltEvent -MatchType '; Expected = 'Auto', 'EndsWith', 'Exact', 'Find', 'FnMatch', 'Regex', 'StartsWith' }
            @{ Line = 'Watch-SaltEvent -Overflow '; Expected = 'Block', 'DropNewest', 'DropOldest' }
            @{ Line = 'Start-SaltEventBus -Overflow '; Expected = 'Block', 'Disconnect', 'DropNewest', 'DropOldest' }
        ) {
            Get-Completion $Line | Sort-Object | Should -Be $Expected
        }

        It 'completes the properties of an event, its family''s and its payload''s' {
            $global:saltTestEvent = Send-AndHear @{ fun = 'test.ping'; custom = 1 } 'salt/job/20260101000000000000/ret/web01'
            try {
                $offered = Get-Completion '$saltTestEvent.'
                foreach ($name in 'Tag', 'Timestamp', 'Data', 'JobId', 'MinionId', 'custom') { $offered | Should -Contain $name }
            } finally {
                Remove-Variable saltTestEvent -Scope Global
            }
        }

        It 'completes what a cmdlet puts out by its OutputType' {
            Get-Completion 'Start-SaltEventBus | Where-Object Subsc' | Should -Contain 'Subscribers'
        }
    }
}
