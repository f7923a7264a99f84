using System;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Runspaces;
using System.Threading;
using System.Threading.Tasks;
using SaltEvents.Core.Client;
using SaltEvents.Core.Compat;
using SaltEvents.Core.Events;
using SaltEvents.Objects;

namespace SaltEvents;

/// <summary>
/// What Register-SaltEvent subscribes to: the SourceObject of the subscriber that Get-EventSubscriber gives. PowerShell takes its
/// handler away when the subscriber is unregistered, and that closes the connection.
/// </summary>
public sealed partial class SaltEventRegistration : SaltEventTarget
{
    private readonly IEventSource source;
    private readonly DropCounter losses;
    private readonly MatchOverrun[] overruns;
    private readonly IDisposable[] owned;
    private readonly PSEventManager manager;
    private readonly RegistrationQueue queue;
    private readonly PSObject? messageData;
    private readonly ScriptBlock? until;
    private readonly SaltEventSession? session;
    private readonly Runspace runspace = Runspace.DefaultRunspace;
    private readonly CancellationTokenSource stop = new();
    private readonly string longerQueue;
    private readonly long droppedBefore; // what a session had lost
    private bool isInScript;
    private int closed;
    private long received;

    internal SaltEventRegistration(
        OpenedSource opened,
        PSEventManager manager,
        string sourceIdentifier,
        ScriptBlock? action,
        ScriptBlock? until,
        PSObject? messageData,
        int limit
    )
        : base(OpenTargets.NextId(), opened.Endpoint, opened.Node)
    {
        (source, losses, overruns, owned) = (opened.Source, opened.Losses, opened.Overruns, opened.Owned);
        this.manager = manager;
        this.messageData = messageData;
        SourceIdentifier = sourceIdentifier;
        Action = action;
        this.until = until;
        session = opened.Session;
        longerQueue = opened.DescribeLongerQueue(isSetHere: true);
        droppedBefore = source.Dropped;
        // One script at a time: PowerShell waits without end if one ends its own subscription while others of it wait to run.
        queue = new RegistrationQueue(manager, sourceIdentifier, HasUntil || action is not null, action is null ? limit : 0);
    }

    /// <summary>Never raised: PowerShell gets the events in their order, which it does not keep for raised ones.</summary>
    [Hidden]
    public event EventHandler? EventArrived
    {
        add { }
        remove
        {
            Close();
            Unsubscribe(s => s.SupportEvent && s.SourceIdentifier == UntilIdentifier);
            if (isInScript)
            {
                Report(null); // PowerShell waits without end for a report that waits for the end of this script
            }
            else
            {
                EndReports();
            }
        }
    }

    /// <summary>The name of the subscription.</summary>
    public string SourceIdentifier { get; }

    /// <summary>Open; Closed once it was unregistered, or after the event of -Until; or Ended, if the bus went away for good.</summary>
    public string State => closed != 0 ? "Closed" : HasEnded ? "Ended" : "Open";

    /// <summary>Events that were given to PowerShell.</summary>
    public long Received => Interlocked.Read(ref received);

    /// <summary>Events that were dropped because they arrived faster than they were read.</summary>
    public long Dropped => source.Dropped - droppedBefore;

    /// <summary>Events that wait to be given to PowerShell.</summary>
    public int Queued => source.Queued;

    /// <summary>What runs for each event.</summary>
    [Hidden]
    public ScriptBlock? Action { get; }

    internal override bool IsOpen => closed == 0;

    /// <summary>The name under which the subscription reports about itself.</summary>
    internal string StatusIdentifier => SourceIdentifier + ".Status";

    /// <summary>The name under which events come to -Until before they come to Get-Event.</summary>
    internal string UntilIdentifier => SourceIdentifier + ".Until";

    /// <summary>Whether an event may end the subscription.</summary>
    internal bool HasUntil => until is not null || session?.HasUntil == true;

    private bool HasEnded { get; set; }

    /// <summary>Whether the last event has arrived.</summary>
    [Hidden]
    public bool IsOver { get; private set; }

    /// <summary>Called before the action: whether it is to run.</summary>
    [Hidden]
    public bool Begin() => isInScript = !IsOver;

    /// <summary>Called for the last report: nothing comes any more.</summary>
    [Hidden]
    public void EndReports() => Unsubscribe(s => s.SupportEvent && s.SourceIdentifier == StatusIdentifier);

    /// <summary>Called when the action has run: asks -Until about the event. Its result is a warning to write.</summary>
    [Hidden]
    public string? Complete(SaltEventArrivedEventArgs arrived)
    {
        try
        {
            var isLast = until is not null && UntilBlock.IsTrue(until, arrived.SaltEvent);
            IsOver |= session?.EndAfter(arrived.SaltEvent) == true || isLast;
            if (isLast)
            {
                Close();
            }

            return null;
        }
        catch (RuntimeException e)
        {
            return DescribeFailure("-Until", arrived, e.Message);
        }
        finally
        {
            isInScript = false;
            if (!TryGiveNext())
            {
                queue.Release();
            }
        }
    }

    /// <summary>
    /// A warning that a script block failed. What it threw may repeat what came from the bus, so it is masked as a whole.
    /// </summary>
    [Hidden]
    public string DescribeFailure(string what, SaltEventArrivedEventArgs arrived, string reason) =>
        DisplayText.OneLine($"{SourceIdentifier}: {what} failed for the event {arrived}: {reason}");

    /// <summary>Gives an event to Get-Event, unless one before it was the last.</summary>
    [Hidden]
    public string? Deliver(SaltEventArrivedEventArgs arrived)
    {
        if (!Begin())
        {
            return null;
        }

        Generate(SourceIdentifier, arrived);
        return Complete(arrived);
    }

    /// <inheritdoc/>
    public override string ToString() => $"Subscription {SourceIdentifier} on {PubAddress}";

    internal void Start() => _ = Task.Run(PumpAsync);

    private protected override void End()
    {
        if (Interlocked.Exchange(ref closed, 1) != 0)
        {
            return;
        }

        stop.Cancel();
        // Not here: the engine calls this with its locks held, and the reader may wait for these.
        _ = Task.Run(() => Array.ForEach(owned, o => o.Dispose()));
        // Another thread might have to wait for the engine.
        if (Runspace.DefaultRunspace?.InstanceId == runspace.InstanceId)
        {
            Unsubscribe(s => ReferenceEquals(s.SourceObject, this));
        }
    }

    private void Unsubscribe(Func<PSEventSubscriber, bool> which)
    {
        foreach (var subscriber in manager.Subscribers.Where(which).ToArray())
        {
            manager.UnsubscribeEvent(subscriber);
        }
    }
}
