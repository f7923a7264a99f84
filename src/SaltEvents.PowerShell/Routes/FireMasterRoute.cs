using System.IO;
using System.Linq;
using SaltEvents.Core.Client;
using SaltEvents.Core.Events;
using SaltEvents.Core.Transport;
using SaltEvents.Errors;
using SaltEvents.Execution;
using SaltEvents.Selection;

namespace SaltEvents.Routes;

/// <summary>Sends to the master through a minion's bus: the minion forwards what fire_master events contain.</summary>
internal sealed class FireMasterRoute(CancellableCmdlet command, SelectedBus bus, EventBusClientOptions clientOptions, SendOptions options)
    : BusRoute(command, bus, clientOptions, options)
{
    /// <inheritdoc/>
    public override void Open()
    {
        base.Open();
        if (Form == SaltTagForm.Padded)
        {
            throw new CommandErrorException(ErrorRecords.MinionDoesNotForward());
        }

        if (Form == SaltTagForm.PaddedOrDelimited && Options.SaltVersion is null && !IsKnownToForward)
        {
            Command.WriteWarning(
                $"The bus at {Endpoint.PubText} may be that of a minion of Salt 0.17, which does not forward events to its master. Give the version of its Salt as -SaltVersion."
            );
        }
    }

    // The names of the sockets have ten digits of a hash since 2014.7, and forwarding came with 2014.1: what is between shows nothing.
    private bool IsKnownToForward =>
        SaltEventBus.Find(Endpoint) is not null
        || (Endpoint.Pub is UnixBusAddress unix && Path.GetFileName(unix.Path).Split('_').ElementAtOrDefault(2)?.Length == 10);

    /// <inheritdoc/>
    protected override byte[] Encode(OutgoingEvent outgoing, out bool isTrimmed) =>
        FireMasterEvent.Encode(outgoing.Tag, BuildPayload(Command, outgoing, Options.KeepsTimestamp), Now, MaxEventBytes, out isTrimmed);

    /// <summary>The payload of an event without the time of its first firing: the master stamps what arrives.</summary>
    internal static PayloadMap BuildPayload(CancellableCmdlet command, OutgoingEvent outgoing, bool keepsTimestamp)
    {
        var map = outgoing.BuildPayload(command.WriteWarning);
        if (outgoing.Source is not null && !keepsTimestamp)
        {
            map.Remove(EventCodec.StampKey);
        }

        return map;
    }
}
