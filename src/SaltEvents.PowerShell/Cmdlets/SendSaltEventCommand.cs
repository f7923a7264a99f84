using System.Management.Automation;
using SaltEvents.Base;
using SaltEvents.Core.Events;
using SaltEvents.Input;

namespace SaltEvents.Cmdlets;

/// <summary>Fires events on a bus.</summary>
[Cmdlet(VerbsCommunications.Send, "SaltEvent", DefaultParameterSetName = "InputObject", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
[OutputType(typeof(SaltEvent))]
public sealed class SendSaltEventCommand : SendCommand
{
    private protected override byte[] Encode(string tag, SaltEvent? source, object? payload)
    {
        if (source is not null)
        {
            return source.Encode(tag, StampFor(source.Timestamp is not null));
        }

        var map = PayloadBuilder.Build(payload);
        return EventCodec.Encode(tag, map, StampFor(map.TryGetValue(EventCodec.StampKey, out _)), ClientOptions.MaxEventBytes);
    }
}
