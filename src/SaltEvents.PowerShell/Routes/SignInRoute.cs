using System;
using SaltEvents.Core.Events;
using SaltEvents.Core.Master;
using SaltEvents.Errors;
using SaltEvents.Execution;

namespace SaltEvents.Routes;

/// <summary>Sends to each of a minion's masters, signed in with the minion's keys. The minion's daemon need not run.</summary>
internal sealed class SignInRoute(CancellableCmdlet command, MinionChannel channel, SendOptions options) : IEventRoute
{
    public void Open()
    {
        // The first event signs in.
    }

    public void Send(OutgoingEvent outgoing)
    {
        var data = FireMasterRoute.BuildPayload(command, outgoing, options.KeepsTimestamp);
        if (
            !command.ShouldProcess(
                string.Join(", ", channel.Options.Masters),
                $"Fire event {outgoing.Tag} as the minion {channel.Options.MinionId}"
            )
        )
        {
            return;
        }

        foreach (var delivery in command.Run(token => channel.FireAsync(outgoing.Tag, data, token)))
        {
            Report(delivery);
        }
    }

    public void Complete()
    {
        // Each master has answered for each event.
    }

    public bool IsNonTerminating(Exception error) => error is InvalidEventException;

    public void Dispose() => channel.Dispose();

    private void Report(SaltMasterDelivery delivery)
    {
        if (delivery.Cause is { } error)
        {
            command.WriteError(ErrorRecords.From(error, delivery.Master));
        }
        else
        {
            command.WriteVerbose(
                $"The master at {delivery.Master} accepted the event {delivery.Tag} in protocol version {delivery.ProtocolVersion}."
            );
        }

        if (options.PassesThru)
        {
            command.WriteObject(delivery);
        }
    }
}
