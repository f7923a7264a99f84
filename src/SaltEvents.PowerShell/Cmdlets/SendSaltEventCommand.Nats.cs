using System.Management.Automation;
using SaltEvents.Base;
using SaltEvents.Errors;
using SaltEvents.Execution;
using SaltEvents.Routes;

namespace SaltEvents.Cmdlets;

/// <content>Firing over NATS, through a site's relay.</content>
public sealed partial class SendSaltEventCommand
{
    /// <summary>The site whose relay is to fire the event, over NATS.</summary>
    [Parameter(ParameterSetName = BusSets.Uri)]
    [Parameter(ParameterSetName = BusSets.Session)]
    [SiteName]
    public string? Site { get; set; }

    private bool IsOverNats => IsNats || Session is { Nats: not null };

    private NatsRoute OverNats()
    {
        ValidateNotGiven(
            "cannot be used over NATS: a relay fires on the bus of its master",
            nameof(Target),
            nameof(TargetType),
            nameof(Wait),
            nameof(KeepTimestamp),
            nameof(Framing),
            nameof(TagForm),
            nameof(SaltVersion),
            nameof(Stream)
        );
        if (Site is null)
        {
            ThrowTerminatingError(ErrorRecords.ParametersDisagree("-Site is missing. Give the site whose relay is to fire the event."));
        }

        var bus = SelectBus();
        return new NatsRoute(this, bus.Nats!, Site!, Timers.Limit(Timeout), ClientOptions.MaxEventBytes, PassThru)
        {
            OwnsBus = bus.Session is null,
        };
    }
}
