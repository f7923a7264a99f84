using System;
using System.Management.Automation;
using SaltEvents.Base;
using SaltEvents.Core.Client;
using SaltEvents.Errors;

namespace SaltEvents.Cmdlets;

/// <summary>Streams events to the pipeline as they arrive, until it is stopped.</summary>
[Cmdlet(VerbsCommon.Watch, "SaltEvent")]
[OutputType(typeof(SaltEvent))]
public sealed class WatchSaltEventCommand : ListenCommand
{
    /// <summary>Ends after so many events.</summary>
    [Parameter]
    [ValidateRange(1, long.MaxValue)]
    public long Count { get; set; } = long.MaxValue;

    /// <summary>Ends after this time: seconds (fractions too), or a TimeSpan. 0 takes what a session has kept. Without it, for ever.</summary>
    [Parameter]
    [Seconds]
    public TimeSpan? Timeout { get; set; }

    /// <summary>How many events wait for the pipeline at most.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int QueueSize { get; set; } = EventBusClientOptions.Default.QueueSize;

    /// <summary>What happens when they are more. Block is for an embedded bus: a reader that stalls harms a real one.</summary>
    [Parameter]
    [ValidateSet(nameof(SaltOverflow.DropOldest), nameof(SaltOverflow.DropNewest), nameof(SaltOverflow.Block))]
    public SaltOverflow Overflow { get; set; } = SaltOverflow.DropOldest;

    private protected override EventBusClientOptions ClientOptions =>
        base.ClientOptions with { QueueSize = QueueSize, Overflow = (Core.Events.OverflowPolicy)Overflow };

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (Session is SaltEventSession && (IsGiven(nameof(QueueSize)) || IsGiven(nameof(Overflow))))
        {
            ThrowTerminatingError(ErrorRecords.ParametersDisagree("A session has its own queue: give -QueueSize and -Overflow to New-SaltEventSession, not with -Session."));
        }

        var source = OpenSource();
        if (Timeout == TimeSpan.Zero)
        {
            WriteArrived(source, Count);
        }
        else
        {
            WriteEvents(source, Timeout is { } time ? Deadline.After(time) : Deadline.Never, Count);
        }
    }
}
