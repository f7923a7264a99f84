# Pings minions and returns the job: which minions returned, and which are missing. A minion that does not return in time causes an error.
[CmdletBinding()]
param(
    [string] $Target = '*',
    [double] $Timeout = 60
)

Wait-SaltJob -Timeout $Timeout -Trigger { salt "$Target" test.ping --async }
