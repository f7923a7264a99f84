using System;
using System.Linq;
using System.Management.Automation;
using System.Threading;
using SaltEvents.Base;
using SaltEvents.Errors;
using SaltEvents.Objects;

namespace SaltEvents.Cmdlets;

/// <summary>
/// Subscribes to events through PowerShell's own eventing: an action runs for each in the background of the session, or
/// they wait for Get-Event and Wait-Event. Unregister-Event ends it.
/// </summary>
[Cmdlet(VerbsLifecycle.Register, "SaltEvent", DefaultParameterSetName = BusSets.Node)]
[OutputType(typeof(PSEventJob))]
public sealed class RegisterSaltEventCommand : StreamCommand
{
    // An action that throws would end PowerShell's job for it, and with it the subscription.
    private const string Wrapper = """
        do {
            $private:registration = $EventSubscriber.SourceObject
            if (-not $private:registration.Begin()) { break }
            try { . $ExecutionContext.SessionState.Module.NewBoundScriptBlock($EventSubscriber.SourceObject.Action) @args }
            catch {
                Microsoft.PowerShell.Utility\Write-Warning $private:registration.DescribeFailure('the action', $EventArgs, "$_") -WarningAction Continue
                Microsoft.PowerShell.Utility\Write-Error -ErrorRecord $_ -ErrorAction SilentlyContinue # for Receive-Job
            }
            finally {
                $private:problem = $private:registration.Complete($EventArgs)
                if ($private:problem) { Microsoft.PowerShell.Utility\Write-Warning $private:problem -WarningAction Continue }
            }
        } while ($false)
        """;

    private const string UntilAction = """
        $private:problem = $Event.SourceArgs[0].Deliver($Event.SourceArgs[1])
        if ($private:problem) { Microsoft.PowerShell.Utility\Write-Warning $private:problem -WarningAction Continue }
        """;

    private const string StatusAction = """
        if ($Event.MessageData) { Microsoft.PowerShell.Utility\Write-Warning $Event.MessageData -WarningAction Continue }
        else { $Event.Sender.EndReports() }
        """;

    /// <summary>
    /// What runs for each event, with $Event, $EventArgs, $EventSubscriber and $Sender. Without it, the events wait in the queue of
    /// Get-Event.
    /// </summary>
    [Parameter(Position = 1)]
    [ValidateNotNull]
    public ScriptBlock? Action { get; set; }

    /// <summary>The name of the subscription; one is made if it is not given.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? SourceIdentifier { get; set; }

    /// <summary>Anything, which the action has as $Event.MessageData.</summary>
    [Parameter]
    public PSObject? MessageData { get; set; }

    /// <summary>Ends the subscription after so many events.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int MaxTriggerCount { get; set; }

    /// <summary>Sends the events on to the PowerShell that has the remote session, and keeps none here.</summary>
    [Parameter]
    public SwitchParameter Forward { get; set; }

    /// <summary>Hides the subscription from Get-EventSubscriber and its job from Get-Job, unless -Force is given there.</summary>
    [Parameter]
    public SwitchParameter SupportEvent { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var name = SourceIdentifier ?? Guid.NewGuid().ToString();
        if (Action is not null && Forward)
        {
            ThrowTerminatingError(
                ErrorRecords.ParametersDisagree(
                    "-Forward and -Action cannot be used together: the events are sent to another PowerShell, where an action can run. Omit one of them."
                )
            );
        }

        if (Events.GetEventSubscribers(name).Any())
        {
            ThrowTerminatingError(ErrorRecords.SubscriberExists(name));
        }

        var registration = new SaltEventRegistration(
            OpenSource(CancellationToken.None),
            Events,
            name,
            Action,
            Until,
            MessageData,
            Forward ? int.MaxValue : QueueSize
        );
        SubscribeSupport(registration.StatusIdentifier, StatusAction);
        if (Action is null && registration.HasUntil)
        {
            SubscribeSupport(registration.UntilIdentifier, UntilAction);
        }

        var subscriber = Events.SubscribeEvent(
            registration,
            nameof(SaltEventRegistration.EventArrived),
            name,
            MessageData,
            Action is null ? null : Wrap(Action),
            SupportEvent,
            Forward,
            MaxTriggerCount
        );
        HandOver();
        OpenTargets.Current.Add(registration);
        registration.Start();
        if (subscriber.Action is not null && !SupportEvent)
        {
            WriteObject(subscriber.Action);
        }
    }

    private void SubscribeSupport(string identifier, string action) =>
        Events.SubscribeEvent(null, null, identifier, null, ScriptBlock.Create(action), supportEvent: true, forwardEvent: false);

    // The first line shows in Get-Job.
    private static ScriptBlock Wrap(ScriptBlock action) =>
        ScriptBlock.Create(
            $"# {string.Join(" ", action.ToString().Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries)).Trim()}\n{Wrapper}"
        );
}
