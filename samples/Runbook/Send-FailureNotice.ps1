# Posts a message for every job return that failed, until it is stopped.
[CmdletBinding()]
param(
    [Parameter(Mandatory)]
    [uri] $Webhook
)

Watch-SaltEvent 'salt/job/*/ret/*' | Where-Object Succeeded -eq $false | ForEach-Object {
    $message = @{ text = "$($_.Function) failed on $($_.MinionId): $($_.FailedStates -join ', ')" }
    $null = Invoke-RestMethod $Webhook -Method Post -ContentType application/json -Body (ConvertTo-Json $message)
}
