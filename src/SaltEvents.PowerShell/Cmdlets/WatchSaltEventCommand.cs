using System;
using System.Linq;
using System.Management.Automation;
using SaltEvents.Base;
using SaltEvents.Core.Nats;
using SaltEvents.Errors;

namespace SaltEvents.Cmdlets;

/// <summary>Streams events to the pipeline as they arrive, until it is stopped.</summary>
[Cmdlet(VerbsCommon.Watch, "SaltEvent", DefaultParameterSetName = BusSets.Node)]
[OutputType(typeof(SaltEvent), typeof(StreamStatus))]
public sealed class WatchSaltEventCommand : StreamCommand
{
    private static readonly string[] SessionOnlyParameters =
        [nameof(QueueSize), nameof(Overflow), nameof(NoReconnect), nameof(ReconnectTimeout), nameof(WaitForBus)];

    /// <summary>Ends after so many events.</summary>
    [Parameter]
    [ValidateRange(1, long.MaxValue)]
    public long Count { get; set; } = long.MaxValue;

    /// <summary>
    /// Ends after this time: seconds (fractions too), or a TimeSpan. 0 takes what a session has kept, and does not wait; -1 or Infinite, as
    /// when it is not given, has no end.
    /// </summary>
    [Parameter]
    [WaitTime]
    public Seconds Timeout { get; set; } = Seconds.Infinite;

    /// <summary>Returns only the payload, not the whole event.</summary>
    [Parameter]
    public SwitchParameter DataOnly { get; set; }

    /// <summary>Puts an object into the stream where the bus went away and came back, and where events were dropped.</summary>
    [Parameter]
    public SwitchParameter IncludeStatus { get; set; }

    /// <summary>
    /// A name for the position, over NATS: the server keeps it, and the next command with this name goes on after the events that this one
    /// has given.
    /// </summary>
    [Parameter(ParameterSetName = BusSets.Uri)]
    [SiteName]
    public string? Durable { get; set; }

    private protected override NatsReadOptions ReadOptions => base.ReadOptions with { Durable = Durable };

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (Session is not null && SessionOnlyParameters.FirstOrDefault(IsGivenByCaller) is { } given)
        {
            ThrowTerminatingError(
                ErrorRecords.ParametersDisagree(
                    $"-{given} cannot be used with -Session, which has its own queue and connection. Give it to New-SaltEventSession."
                )
            );
        }

        var events = OpenEvents(DataOnly, IncludeStatus);
        events.Write(Timeout, Count);
    }
}
