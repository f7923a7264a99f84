using System;
using System.Management.Automation;
using SaltEvents.Core.Client;
using SaltEvents.Core.Jobs;
using SaltEvents.Core.Nats;

namespace SaltEvents.Base;

/// <summary>The base of the cmdlets that follow jobs: the events of all jobs, and their queue.</summary>
public abstract class JobCommand : ListenCommand
{
    private protected JobCommand()
    {
    }

    /// <summary>How many events can wait to be read.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int QueueSize { get; set; } = EventBusClientOptions.Default.QueueSize;

    /// <summary>
    /// Reads the events stored since then first, over NATS: how long ago, such as 30m, 1h or 7d, or a date. Otherwise the command starts
    /// with those from now on.
    /// </summary>
    [Parameter(ParameterSetName = BusSets.Uri)]
    [Since]
    public DateTime? Since { get; set; }

    private protected override NatsReadOptions ReadOptions => base.ReadOptions with { Since = Since?.ToUniversalTime() };

    /// <summary>Opens what the parameters name: from here on no event of a job is missed.</summary>
    private protected EventWriter OpenJobEvents()
    {
        DisposeOwned(); // of the previous session or bus from the pipeline
        var bus = SelectBus();
        if (bus.Node == SaltNode.Minion)
        {
            WriteWarning(
                $"The bus at {bus.Endpoint.Pub} is a minion's, which has no events of the master's jobs. Run the command on the master's host, with -Node Master if a minion runs there too."
            );
        }

        var filter = JobTag.Filter.Until(StopToken);
        var options = ClientOptions with
        {
            Format = SaltEventBus.FormatAt(bus.Endpoint),
            QueueSize = QueueSize,
            ReportsStatus = true,
            // A bus that this process runs ends on purpose.
            Reconnect = bus.Own is null,
        };
        return new EventWriter(
            this,
            OpenSource(
                bus,
                filter,
                options,
                ("The session has no events of jobs", "Open one with -Tag 'salt/job/', 'salt/run/', 'salt/batch/'.")
            )
        );
    }
}
