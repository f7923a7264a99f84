using System;
using System.Management.Automation;
using SaltEvents.Base;
using SaltEvents.Core.Events;
using SaltEvents.Input;

namespace SaltEvents.Cmdlets;

/// <summary>Fires events on the master, through a minion's bus.</summary>
[Cmdlet(VerbsCommunications.Send, "SaltMasterEvent", DefaultParameterSetName = "InputObject", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
[OutputType(typeof(SaltEvent))]
public sealed class SendSaltMasterEventCommand : SendCommand
{
    private protected override SaltNode? RequiredNode => SaltNode.Minion;

    private protected override byte[] Encode(string tag, SaltEvent? source, object? payload, out bool trimmed)
    {
        var map = PayloadBuilder.Build(source ?? payload); // the event itself, also where its input was deserialized
        if (source is not null && !KeepTimestamp)
        {
            // The master stamps what arrives; the time of the first firing would stand beside it.
            map.Remove(EventCodec.StampKey);
        }

        return MasterEnvelope.Encode(tag, map, DateTime.UtcNow, ClientOptions.MaxEventBytes, out trimmed);
    }
}
