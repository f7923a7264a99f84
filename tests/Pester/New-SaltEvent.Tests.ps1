BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'SaltEvents.TestHelpers.psm1') -Force
}

AfterAll {
    Clear-SaltTest
}

Describe 'New-SaltEvent' {
    Context 'by family' {
        It '<Family> has the fields that Salt sends, in their order' -TestCases @(
        @{ Family = 'JobError'; Fields = 'cmd tgt fun arg tgt_type ret jid user error _stamp' }
        @{ Family = 'JobPublish'; Fields = 'fun arg tgt jid ret tgt_type user _stamp' }
        @{ Family = 'JobProgress'; Fields = 'id tag data cmd jid ts _stamp' }
        @{ Family = 'Cloud'; Fields = 'name profile provider driver event _stamp' }
        @{ Family = 'Webhook'; Fields = 'body post headers _stamp' }
        @{ Family = 'Stats'; Fields = 'time worker stats _stamp' }
        @{ Family = 'MinionStart'; Fields = 'id cmd pretag data tag ts _stamp' }
    ) {
        (New-SaltEvent $Family).Raw.Keys -join ' ' | Should -BeExactly $Fields
    }

    It 'makes the return of a job as Salt does, in its order' {
            $saltEvent = New-SaltEvent JobReturn -MinionId web01 -Timestamp '2026-11-27T10:00:00Z'
            $saltEvent.Tag | Should -Be 'salt/job/20261127100000000000/ret/web01'
            ($saltEvent.Data | ConvertTo-Json -Compress) | Should -Be ('{"cmd":"_return","id":"web01","success":true,"return":true,"retcode":0,"jid":"20261127100000000000",' +
                '"fun":"test.ping","fun_args":[],"user":"root","_stamp":"2026-11-27T10:00:00","ts":1795773600}')
            $saltEvent.Succeeded | Should -BeTrue
        }

        It 'gives a failed state the key <Key>' -TestCases @(
            @{ State = 'nginx_running'; Key = 'service_|-nginx_running_|-nginx_|-running' }
            @{ State = 'nginx_dead'; Key = 'service_|-nginx_dead_|-nginx_|-dead' }
            @{ State = 'vim_installed'; Key = 'pkg_|-vim_installed_|-vim_|-installed' }
            @{ State = '/etc/motd_managed'; Key = 'file_|-/etc/motd_managed_|-/etc/motd_|-managed' }
            @{ State = 'broken_thing'; Key = 'test_|-broken_thing_|-broken_thing_|-fail_without_changes' }
            @{ State = '_running'; Key = 'test_|-_running_|-_running_|-fail_without_changes' }
            @{ State = 'cmd_|-a_|-b_|-run'; Key = 'cmd_|-a_|-b_|-run' }
            @{ State = @{ Id = 'x'; Function = 'cmd.run'; Name = 'make all' }; Key = 'cmd_|-x_|-make all_|-run' }
            @{ State = [pscustomobject]@{ Id = 'app_running' }; Key = 'service_|-app_running_|-app_|-running' }
        ) {
            $saltEvent = New-SaltEvent JobReturn -FailedState $State
            @($saltEvent.Data.return.PSObject.Properties.Name) | Should -Be $Key
            $saltEvent.Data.return.$Key.result | Should -BeFalse
            $saltEvent.Data.retcode | Should -Be 2
            $saltEvent.Data.success | Should -BeFalse
            $saltEvent.Data.out | Should -Be 'highstate'
            $saltEvent.Data.fun | Should -Be 'state.apply'
            $saltEvent.Succeeded | Should -BeFalse
        }

        It 'numbers the states, the succeeded ones first, under the sls that was asked for' {
            $return = (New-SaltEvent JobReturn -SucceededState a, b -FailedState c -ArgumentList web).Data.return
            $states = $return.PSObject.Properties.Value
            $states.__id__ | Should -Be 'a', 'b', 'c'
            $states.__run_num__ | Should -Be 0, 1, 2
            $states.result | Should -Be $true, $true, $false
            $states.__sls__ | Should -Be 'web', 'web', 'web'
        }

        It 'writes numbers the same in every culture' {
            $culture = [cultureinfo]::CurrentCulture
            try {
                [cultureinfo]::CurrentCulture = 'de-DE'
                $state = (New-SaltEvent JobReturn -FailedState @{ Id = 'x'; Comment = 1.5; Duration = '2.5' }).FailedStates[0]
            }
            finally {
                [cultureinfo]::CurrentCulture = $culture
            }
            $state.Comment | Should -Be '1.5'
            $state.Duration | Should -Be 2.5
        }

        It 'shows what a state was given' {
            $state = (New-SaltEvent JobReturn -FailedState @{ Id = 'x'; Comment = 'no disk'; Changes = @{ a = 1 }; Duration = [timespan] '0:0:2' }).Data.return.PSObject.Properties.Value
            $state.comment | Should -Be 'no disk'
            $state.changes.a | Should -Be 1
            $state.duration | Should -Be 2000
        }

        It 'makes an event for each minion, all of one job' {
            $events = New-SaltEvent JobReturn -MinionId web01, web02 -ReturnCode 1
            $events.MinionId | Should -Be 'web01', 'web02'
            @($events.JobId | Select-Object -Unique).Count | Should -Be 1
            $events.Succeeded | Should -Be $false, $false
        }

        It 'makes an event for each state where Salt does' {
            $events = New-SaltEvent JobProgress -MinionId web01 -JobId 20261127100000000000 -SucceededState a -FailedState b
            $events.Tag | Should -Be 'salt/job/20261127100000000000/prog/web01/0', 'salt/job/20261127100000000000/prog/web01/1'
            $events.Succeeded | Should -Be $true, $false
            $events.Data.data.len | Should -Be 2, 2
            $events.Data.tag | Should -Be $events.Tag
        }

        It 'never gives two jobs the same id' {
            @(1..200 | ForEach-Object { (New-SaltEvent JobNew).JobId } | Select-Object -Unique).Count | Should -Be 200
        }

        It 'makes a new job: <Target> of type <Type>' -TestCases @(
            @{ With = @{ Minions = 'web01' }; Target = 'web01'; Type = 'glob' }
            @{ With = @{ Minions = 'web01', 'web02' }; Target = '*'; Type = 'glob' }
            @{ With = @{ Target = 'web*'; Minions = 'web01', 'web02'; Missing = 'web03' }; Target = 'web*'; Type = 'glob' }
            @{ With = @{ Minions = 'web01', 'web02'; TargetType = 'List' }; Target = @('web01', 'web02'); Type = 'list' }
            @{ With = @{ Minions = 'web01'; Target = 'os:Debian'; TargetType = 'GrainPcre' }; Target = 'os:Debian'; Type = 'grain_pcre' }
        ) {
            $saltEvent = New-SaltEvent JobNew @With
            $saltEvent.Target | Should -Be $Target
            $saltEvent.TargetType | Should -Be $Type
            $saltEvent.Minions | Should -Be $With.Minions
            @($saltEvent.Missing) | Should -Be @($With.Missing | Where-Object { $_ })
        }

        It 'wraps what a minion says, as its master does' {
            $saltEvent = New-SaltEvent MinionStart -MinionId web01 -Timestamp '2026-11-07T10:00:00Z'
            $saltEvent.Tag | Should -Be 'salt/minion/web01/start'
            ($saltEvent.Data | ConvertTo-Json -Compress) | Should -Be ('{"id":"web01","cmd":"_minion_event","pretag":null,"data":"Minion web01 started at Sat Nov  7 10:00:00 2026",' +
                '"tag":"salt/minion/web01/start","ts":1794045600,"_stamp":"2026-11-07T10:00:00"}')
        }

        It 'shows which minions are present, which came and which went' {
            (New-SaltEvent Presence -Minions a, b).Minions | Should -Be 'a', 'b'
            (New-SaltEvent Presence -Minions @()).Data.present.Count | Should -Be 0
            $change = New-SaltEvent PresenceChange -Joined c -Lost a
            $change.Joined | Should -Be 'c'
            $change.Lost | Should -Be 'a'
        }

        It 'puts the prefix of runners and wheel functions before the name' {
            (New-SaltEvent RunnerNew -Function manage.down).Function | Should -Be 'runner.manage.down'
            (New-SaltEvent RunnerReturn -Function runner.manage.down -Return web01).Data.return | Should -Be 'web01'
            (New-SaltEvent WheelReturn -ReturnCode 1).Succeeded | Should -BeFalse
        }

        It 'returns the steps of an orchestration as the states of the master' {
            $saltEvent = New-SaltEvent RunnerReturn -SucceededState one -FailedState deploy_web, @{ Id = 'cmd'; Function = 'salt.function'; Name = 'cmd.run'; Comment = 'no such command' }
            $saltEvent.Function | Should -Be 'runner.state.orchestrate'
            $saltEvent.Succeeded | Should -BeFalse
            $saltEvent.Data.return.retcode | Should -Be 1
            $saltEvent.Data.return.outputter | Should -Be 'highstate'
            @($saltEvent.Data.return.data.salt_master.PSObject.Properties.Name) |
                Should -Be 'salt_|-one_|-one_|-state', 'salt_|-deploy_web_|-deploy_web_|-state', 'salt_|-cmd_|-cmd.run_|-function'
            $saltEvent.FailedStates.Comment | Should -Be 'Run failed on minions: minion1', 'no such command'
            (New-SaltEvent RunnerReturn -SucceededState one).Succeeded | Should -BeTrue
        }

        It 'adds fields, or puts them in the place of its own' {
            $saltEvent = New-SaltEvent JobReturn -Data @{ schedule = 'hourly'; success = $false }
            $saltEvent.Data.schedule | Should -Be 'hourly'
            $saltEvent.Succeeded | Should -BeFalse
            $beacon = New-SaltEvent Beacon -MinionId web01 -Name load -Data ([ordered]@{ '1m' = 0.5; '5m' = 0.25 })
            $beacon.Tag | Should -Be 'salt/beacon/web01/load/'
            @($beacon.Data.PSObject.Properties.Name) | Should -Be '1m', '5m', 'id', '_stamp'
            (New-SaltEvent FireMaster -Name a/b -Data @{ x = 1 }).Data.data.x | Should -Be 1
        }

        It 'takes the name of a family in any case' {
            (New-SaltEvent jobreturn).PSObject.TypeNames[0] | Should -Be 'SaltEvents.SaltEvent#JobReturn'
        }
    }

    Context 'by tag' {
        It 'takes a tag and a payload <How>' -TestCases @(
            @{ How = 'by name'; Command = { New-SaltEvent -Tag my/tag -Data @{ n = 1 } } }
            @{ How = 'by place'; Command = { New-SaltEvent my/tag @{ n = 1 } } }
            @{ How = 'from the pipeline'; Command = { [pscustomobject]@{ n = 1 } | New-SaltEvent my/tag } }
            @{ How = 'of another event'; Command = { New-SaltEvent my/other @{ n = 1 } | New-SaltEvent my/tag } }
        ) {
            $saltEvent = & $Command
            $saltEvent.Tag | Should -Be 'my/tag'
            $saltEvent.Data.n | Should -Be 1
            $saltEvent.Timestamp | Should -BeOfType datetime
        }

        It 'takes a tag that is the name of a family' {
            $saltEvent = New-SaltEvent -Tag key -Data 'text'
            $saltEvent.Tag | Should -BeExactly 'key'
            $saltEvent.Data.data | Should -Be 'text'
        }

        It 'keeps a time that the payload has' {
            (New-SaltEvent my/tag @{ _stamp = '2020-01-02T03:04:05' }).Timestamp.Year | Should -Be 2020
            (New-SaltEvent my/tag @{ _stamp = '2020-01-02T03:04:05' } -Timestamp 2022-06-01).Timestamp.Year | Should -Be 2022
            (New-SaltEvent my/tag -Timestamp '2019-05-06T00:00:00Z').Data._stamp | Should -Be '2019-05-06T00:00:00'
        }
    }

    It 'goes through a bus as it was made' {
        $bus = Start-SaltEventBus
        $session = New-SaltEventSession -Bus $bus
        $made = New-SaltEvent JobReturn -MinionId web01 -FailedState nginx_running -Timestamp '2026-11-27T10:00:00Z'
        $made | Send-SaltEvent -Bus $bus -KeepTimestamp
        $got = Get-SaltEvent -Session $session -Wait 30
        $got.Tag | Should -Be $made.Tag
        ($got.Data | ConvertTo-Json -Depth 9) | Should -Be ($made.Data | ConvertTo-Json -Depth 9)
        Remove-SaltEventSession $session
        Stop-SaltEventBus $bus
    }

    Context 'errors' {
        It 'lists what a family takes where it is given something else' {
            $problem = Get-ErrorOf { New-SaltEvent MinionStart -FailedState a }
            $problem.FullyQualifiedErrorId | Should -Be 'ParametersDisagree,SaltEvents.Cmdlets.NewSaltEventCommand'
            "$problem" | Should -Be '-FailedState cannot be used for an event of the family MinionStart. It accepts -MinionId, -Message, -Data, -Timestamp.'
            "$(Get-ErrorOf { New-SaltEvent a/b -MinionId c })" | Should -Match '^-MinionId cannot be used for an event of the tag a/b'
        }

        It 'lists the families where there is none of that name' {
            "$(Get-ErrorOf { New-SaltEvent JobRetrn })" | Should -Match '"JobRetrn" is not a family of events.*JobReturn, JobNew'
        }

        It 'refuses a payload in place of the family' {
            "$(Get-ErrorOf { New-SaltEvent @{ a = 1 } })" | Should -BeLike "*must be the name of a family of events or a tag, such as JobReturn or 'my/tag'. A payload comes after it: *"
        }

        It 'loses no state beside -Return' {
            "$(Get-ErrorOf { New-SaltEvent JobReturn -FailedState nginx -Return 5 })" | Should -Be '-Return cannot be used with -FailedState and -SucceededState: the states are what is returned. Omit one of them.'
            "$(Get-ErrorOf { New-SaltEvent RunnerReturn -SucceededState one -Return 5 })" | Should -BeLike '-Return cannot be used with*'
        }

        It 'refuses the id of a minion that no master accepts, in -<Name>' -TestCases @(
            @{ Name = 'MinionId'; With = @{ Family = 'JobReturn'; MinionId = 'web01', 'a/b' } }
            @{ Name = 'Minions'; With = @{ Family = 'JobNew'; Minions = 'a/b' } }
            @{ Name = 'Joined'; With = @{ Family = 'PresenceChange'; Joined = 'a/b' } }
        ) {
            $problem = Get-ErrorOf { New-SaltEvent @With }
            "$problem" | Should -BeLike "*'$Name'. `"a/b`" is not the id of a minion. Give an id without a slash*"
        }

        It 'takes a state from any kind of dictionary' {
            $state = [System.Collections.Generic.Dictionary[string, object]]::new()
            $state['id'], $state['Duration'] = 'nginx', '1.5'
            $failed = (New-SaltEvent JobReturn -FailedState $state).FailedStates
            $failed.Id | Should -Be 'nginx'
            $failed.Duration | Should -Be 1.5
        }

        It 'names an invalid state' {
            $twice = [hashtable]::new()
            $twice['Id'] = $twice['id'] = 'x'
            foreach ($state in 5, @{ Name = 'x' }, @{ Id = 'x'; Result = $false }, $twice, @{ Id = 'x'; Duration = 'long' }, @{ Id = 'x'; Duration = '1,5' }) {
                (Get-ErrorOf { New-SaltEvent JobReturn -FailedState $state }).FullyQualifiedErrorId | Should -Be 'InvalidState,SaltEvents.Cmdlets.NewSaltEventCommand'
            }
        }

        It 'loses no state that is given twice' {
            $problem = Get-ErrorOf { New-SaltEvent JobReturn -FailedState a, a }
            $problem.FullyQualifiedErrorId | Should -Be 'DuplicateState,SaltEvents.Cmdlets.NewSaltEventCommand'
            "$problem" | Should -BeLike '2 states have the key test_|-a_|-a_|-fail_without_changes, but a return has each key only once.*'
            (Get-ErrorOf { New-SaltEvent JobReturn -FailedState 'pkg_|-a_|-b_|-latest' -SucceededState 'pkg_|-a_|-b_|-latest' }).FullyQualifiedErrorId | Should -BeLike 'DuplicateState,*'
            # One id may have states of several functions.
            @((New-SaltEvent JobReturn -FailedState @{ Id = 'a'; Function = 'pkg.installed' }, @{ Id = 'a'; Function = 'service.running' }).FailedStates).Count | Should -Be 2
        }

        It 'continues after a payload that no bus can carry' {
            $events = @{ a = { } }, @{ a = 1 } | New-SaltEvent my/tag -ErrorVariable problems -ErrorAction SilentlyContinue
            @($events).Count | Should -Be 1
            $problems[0].FullyQualifiedErrorId | Should -Be 'UnsupportedValue,SaltEvents.Cmdlets.NewSaltEventCommand'
            "$($problems[0])" | Should -Not -Match 'sent|Send'
            (Get-ErrorOf { New-SaltEvent -Tag '' -ErrorAction Stop }).FullyQualifiedErrorId | Should -Be 'EmptyTag,SaltEvents.Cmdlets.NewSaltEventCommand'
        }
    }

    It 'completes the names of families' {
        (TabExpansion2 'New-SaltEvent minions').CompletionMatches.CompletionText | Should -Be 'MinionStart'
        (TabExpansion2 'New-SaltEvent -Family Presence').CompletionMatches.CompletionText | Should -Be 'Presence', 'PresenceChange'
    }
}
