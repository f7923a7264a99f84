# Restarts the salt-minion service of minions and waits until each has started again. A minion that does not start causes an error.
[CmdletBinding()]
param(
    [Parameter(Mandatory)]
    [string[]] $MinionId,

    [double] $Timeout = 120
)

Wait-SaltEvent 'salt/minion/*/start' -MinionId $MinionId -Timeout $Timeout -Trigger {
    salt -L ($MinionId -join ',') service.restart salt-minion --async
}
