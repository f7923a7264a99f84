# Pings minions and returns the job: who returned, and who is missing. A missing minion is an error.
[CmdletBinding()]
param(
    [string] $Target = '*',
    [double] $Timeout = 60
)

Wait-SaltJob -Timeout $Timeout -Trigger { salt "$Target" test.ping --async }
