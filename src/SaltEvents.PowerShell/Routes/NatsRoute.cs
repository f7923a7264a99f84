using System;
using SaltEvents.Core.Events;
using SaltEvents.Core.Nats;
using SaltEvents.Errors;
using SaltEvents.Execution;

namespace SaltEvents.Routes;

/// <summary>Over NATS: a site's relay fires the event on its bus, and its answer says whether it did.</summary>
/// <param name="command">The command.</param>
/// <param name="nats">The servers.</param>
/// <param name="site">The site.</param>
/// <param name="timeout">How long the relay may take to answer.</param>
/// <param name="maxEventBytes">Salt's max_event_size.</param>
/// <param name="passesThru">Whether each event is written to the pipeline.</param>
internal sealed class NatsRoute(CancellableCmdlet command, INatsBus nats, string site, TimeSpan timeout, int maxEventBytes, bool passesThru)
    : IEventRoute
{
    /// <summary>Whether the connection ends with the command.</summary>
    public bool OwnsBus { get; init; }

    public void Open() => command.Run(token => nats.ConnectAsync(token));

    public void Send(OutgoingEvent outgoing)
    {
        var isTrimmed = false;
        var body = outgoing.Source is { } source
            ? source.Encode(outgoing.Tag, DateTime.UtcNow)
            : EventCodec.Encode(outgoing.Tag, outgoing.BuildPayload(command.WriteWarning), DateTime.UtcNow, maxEventBytes, out isTrimmed);
        if (!command.ShouldProcess($"site {site}, {nats.Options.ServerList}", $"Fire event {outgoing.Tag}"))
        {
            return;
        }

        try
        {
            command.Run(token => nats.FireAsync(site, body, timeout, token));
            if (passesThru)
            {
                command.WriteObject(new SaltEvent(EventCodec.Decode(body, takesEmptyTag: false, site)));
            }

            if (isTrimmed)
            {
                command.WriteWarning(
                    $"The event {outgoing.Tag} was larger than Salt accepts (max_event_size, {maxEventBytes} bytes): its largest values were replaced by VALUE_TRIMMED, as Salt does."
                );
            }
        }
        catch (NatsBusException e)
        {
            command.WriteError(ErrorRecords.From(e, outgoing.Input));
        }
    }

    public void Complete()
    {
        // The relay has answered for each event.
    }

    public bool IsNonTerminating(Exception error) =>
        error
            is InvalidEventException
                or NatsBusException
                {
                    Reason: NatsBusReason.RelayNotFound
                        or NatsBusReason.TagNotAccepted
                        or NatsBusReason.NotFired
                        or NatsBusReason.DeliveryUnknown
                        or NatsBusReason.TooLarge
                        or NatsBusReason.NotAuthorized
                };

    public void Dispose()
    {
        if (OwnsBus)
        {
            nats.Dispose();
        }
    }
}
