# What Salt's documentation of the event system does in Python and on the command line, each piece as a comment beside
# its form in PowerShell, which is run. Firing on a minion from the master is not here yet: it goes through the master's
# request server and not through an event bus.

BeforeDiscovery {
    $isUnix = $PSVersionTable.PSEdition -eq 'Core' -and -not $IsWindows
}

BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'SaltEvents.TestHelpers.psm1') -Force
}

AfterAll {
    Clear-SaltTest
}

Describe 'Salt''s documentation of the event system' {
    BeforeAll {
        $master = Start-SaltEventBus Master
        $minion = Start-SaltEventBus Minion -MinionId 'web01' -Master $master
        # In place of /var/run/salt/master and /var/run/salt/minion: -SockDir, or the ports where there are no Unix sockets.
        $masterBus = Get-BusAddress $master
        $minionBus = Get-BusAddress $minion
        $onMaster = New-SaltEventSession @masterBus
        $onMinion = New-SaltEventSession @minionBus
    }

    Context 'listening' {
        It 'listens once' {
            $later = Start-WhenHeard $master -Listeners 2 { Send-SaltEvent 'salt/auth' @{ act = 'accept'; id = 'web01' } }

            # event = salt.utils.event.MasterEvent('/var/run/salt/master')
            # data = event.get_event()
            $data = Get-SaltEvent @masterBus -DataOnly

            $null = Receive-Background $later
            $data.act | Should -Be 'accept'
        }

        It 'listens with a tag and a wait' {
            $later = Start-WhenHeard $master -Listeners 2 { Send-SaltEvent 'other' @{ }; Send-SaltEvent 'auth' @{ act = 'accept'; id = 'web01' } }

            # event = salt.utils.event.MasterEvent('/var/run/salt/master')
            # data = event.get_event(wait=10, tag='auth')
            $saltEvent = Get-SaltEvent @masterBus -Tag auth -Wait 10

            $null = Receive-Background $later
            $saltEvent.Tag | Should -Be 'auth'
            $saltEvent.Data.id | Should -Be 'web01'
        }

        It 'returns nothing if nothing arrives within the wait, as get_event gives None' {
            # data = event.get_event(wait=0.2, tag='auth')      # None
            $data = Get-SaltEvent @masterBus -Tag auth -Wait 0.2 -DataOnly

            $data | Should -Be $null
        }

        It 'distinguishes the tag and the data' {
            $later = Start-WhenHeard $master -Listeners 2 { Send-SaltEvent 'a/tag' @{ text = 'x' } }

            # evt = event.get_event(full=True); evt['tag'], evt['data']
            $evt = Get-SaltEvent @masterBus -Wait 10
            $evt.Tag, $evt.Data.text | Should -Be 'a/tag', 'x'

            $null = Receive-Background $later
        }

        It 'listens forever' {
            $later = Start-WhenHeard $master -Listeners 2 { 1..3 | ForEach-Object { Send-SaltEvent "auth/$_" @{ n = $_ } } }
            $seen = New-Object System.Collections.ArrayList

            # for data in event.iter_events(tag='auth'):
            #     print(data)
            Watch-SaltEvent @masterBus -Tag auth -DataOnly | ForEach-Object {
                $null = $seen.Add($_.n)
                $_
            } | Select-Object -First 3 | Out-Null

            $null = Receive-Background $later
            $seen | Should -Be 1, 2, 3
        }

        It 'matches tags with wildcards, as fnmatch' {
            $later = Start-WhenHeard $master -Listeners 2 {
                'salt/job/20260101000000000000/new', 'salt/job/20260101000000000000/ret/web01' | ForEach-Object { Send-SaltEvent $_ @{ } }
            }

            # if fnmatch.fnmatch(evt['tag'], 'salt/job/*/ret/*'): ...
            $return = Get-SaltEvent 'salt/job/*/ret/*' @masterBus -Wait 10

            $null = Receive-Background $later
            $return.MinionId | Should -Be 'web01'
        }

        AfterEach {
            $null = Watch-SaltEvent -Session $onMaster -Timeout 0
        }
    }

    Context 'firing' {
        It 'fires locally, on the minion''s own bus' {
            # salt-call event.fire '{"data":"message to be sent in the event"}' 'tag'
            Send-SaltEvent 'tag' @{ data = 'message to be sent in the event' } @minionBus

            $heard = Get-SaltEvent -Session $onMinion -Wait 10
            $heard.Tag | Should -Be 'tag'
            $heard.Data.data | Should -Be 'message to be sent in the event'
        }

        It 'fires to the master' {
            # salt-call event.fire_master '{"data": "message for the master"}' 'tag'
            Send-SaltMasterEvent 'tag' @{ data = 'message for the master' } @minionBus

            $heard = Get-SaltEvent -Session $onMaster -Tag 'tag' -Wait 10
            $heard.Data.data.data | Should -Be 'message for the master'
            $heard.Data.id | Should -Be 'web01'
            (Get-SaltEvent -Session $onMinion -Wait 10).Tag | Should -Be 'fire_master'
        }

        It 'takes the payload as JSON, as the command line does' {
            # salt-call event.fire '{"data":"message to be sent in the event"}' 'tag'
            '{"data":"message to be sent in the event"}' | ConvertFrom-Json | Send-SaltEvent 'tag' @minionBus

            (Get-SaltEvent -Session $onMinion -Wait 10).Data.data | Should -Be 'message to be sent in the event'
        }

        It 'fires from code, with a string (before 0.17)' {
            # event = salt.utils.event.SaltEvent('master', '/var/run/salt/master')
            # event.fire_event('Message to be sent', 'tag')
            Send-SaltEvent 'tag' 'Message to be sent' @masterBus

            # Salt takes only dictionaries since: the string goes under the key "data".
            (Get-SaltEvent -Session $onMaster -Wait 10).Data.data | Should -Be 'Message to be sent'
        }

        It 'fires from code, with a string, on the bus of a Salt before 0.17' {
            $old = Start-SaltEventBus -Transport ZeroMq -PubPort 0
            $onOld = New-SaltEventSession -Bus $old
            # event = salt.utils.event.SaltEvent('master', '/var/run/salt/master')
            # event.fire_event('Message to be sent', 'tag')
            Send-SaltEvent 'tag' 'Message to be sent' -PubPort $old.PubPort -PullPort $old.PullPort -SaltVersion 0.16.4

            (Get-SaltEvent -Session $onOld -Wait 10).Data | Should -Be 'Message to be sent'
            Remove-SaltEventSession $onOld
            Stop-SaltEventBus $old
        }

        It 'fires from code, with a dictionary' {
            # event = salt.utils.event.SaltEvent('master', '/var/run/salt/master')
            # event.fire_event({'message': 'Message to be sent'}, 'tag')
            Send-SaltEvent 'tag' @{ message = 'Message to be sent' } @masterBus

            (Get-SaltEvent -Session $onMaster -Wait 10).Data.message | Should -Be 'Message to be sent'
        }

        It 'fires from code to the master, on the minion' {
            # caller = salt.client.Caller()
            # caller.cmd('event.fire_master', {'message': 'done'}, 'myco/done')
            Send-SaltMasterEvent 'myco/done' @{ message = 'done' } @minionBus

            (Get-SaltEvent -Session $onMaster -Tag 'myco/done' -Wait 10).Data.data.message | Should -Be 'done'
            $null = Get-SaltEvent -Session $onMinion -Wait 10
        }
    }

    Context 'a third party' {
        It 'listens and fires on the master''s side' {
            # listener: event = salt.utils.event.SaltEvent('master', '/var/run/salt/master'); event.get_event(tag='third')
            $listener = Start-Background -ArgumentList $masterBus { param($there) Get-SaltEvent -Node Master @there -Tag third -Wait 30 }
            Wait-Until { $master.Subscribers -eq 2 }

            # program: event = salt.utils.event.SaltEvent('master', '/var/run/salt/master'); event.fire_event({'n': 1}, 'third/party')
            Send-SaltEvent 'third/party' @{ n = 1 } -Node Master @masterBus

            (Receive-Background $listener).Data.n | Should -Be 1
        }

        It 'listens and fires on the minion''s side' {
            # listener: event = salt.utils.event.SaltEvent('minion', '/var/run/salt/minion', opts=minion_opts); event.get_event(tag='third')
            $listener = Start-Background -ArgumentList $minionBus { param($there) Get-SaltEvent -Node Minion @there -Tag third -Wait 30 }
            Wait-Until { $minion.Subscribers -eq 2 }

            # program: event = salt.utils.event.SaltEvent('minion', '/var/run/salt/minion', opts=minion_opts); event.fire_event({'n': 2}, 'third/party')
            Send-SaltEvent 'third/party' @{ n = 2 } -Node Minion @minionBus

            (Receive-Background $listener).Data.n | Should -Be 2
        }

        It 'keeps the two sides apart: what is fired on the minion is not on the master' {
            $before = $master.EventsIn
            Send-SaltEvent 'third/local' @{ n = 3 } @minionBus
            (Get-SaltEvent 'third/local' -Session $onMinion -Wait 10).Data.n | Should -Be 3
            $master.EventsIn | Should -Be $before
        }

        It 'says what lies in the directory where node and directory disagree (skipped where there are no Unix sockets)' -Skip:(-not $isUnix) {
            # event = salt.utils.event.SaltEvent('master', '/var/run/salt/minion')
            $problem = Get-ErrorOf { Get-SaltEvent -Node Master @minionBus }

            $problem.FullyQualifiedErrorId | Should -Be 'WrongNode,SaltEvents.Cmdlets.GetSaltEventCommand'
            "$problem" | Should -Match ([regex]::Escape($minion.SockDir))
            "$problem" | Should -Match 'is a minion''s, not a master''s'
            "$problem" | Should -Match '-Node Minion'
            (Get-ErrorOf { Send-SaltEvent 'tag' 'x' -Node Master @minionBus }).FullyQualifiedErrorId |
                Should -Be 'WrongNode,SaltEvents.Cmdlets.SendSaltEventCommand'
        }

        It 'needs no -Node where the address says it' {
            # event = salt.utils.event.SaltEvent('minion', '/var/run/salt/minion')
            Send-SaltEvent 'third/short' @{ n = 4 } @minionBus

            (Get-SaltEvent 'third/short' -Session $onMinion -Wait 10).Data.n | Should -Be 4
        }
    }
}
