using System;
using System.Management.Automation;
using SaltEvents.Base;
using SaltEvents.Core.Configuration;
using SaltEvents.Core.Events;
using SaltEvents.Core.Master;
using SaltEvents.Core.Transport;
using SaltEvents.Errors;
using SaltEvents.Execution;
using SaltEvents.Objects;
using SaltEvents.Selection;

namespace SaltEvents.Cmdlets;

/// <summary>Fires events on the master: through a minion's bus, or with -Direct as the minion without its daemon.</summary>
[Cmdlet(VerbsCommunications.Send, "SaltMasterEvent", DefaultParameterSetName = BusSets.Node, SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
[OutputType(typeof(SaltEvent), typeof(SaltMasterDelivery))]
public sealed class SendSaltMasterEventCommand : SendCommand
{
    private MinionChannel? channel;

    /// <summary>Signs in to each of the minion's masters with the minion's keys, and fires there. The minion's daemon need not run.</summary>
    [Parameter(ParameterSetName = BusSets.Node)]
    [Parameter(ParameterSetName = BusSets.ConfigPath)]
    [Parameter(ParameterSetName = BusSets.Bus)]
    public SwitchParameter Direct { get; set; }

    /// <summary>With -Direct: how long a master may take for one answer: seconds (fractions too), or a TimeSpan. -1 or Infinite has no limit.</summary>
    [Parameter(ParameterSetName = BusSets.Node)]
    [Parameter(ParameterSetName = BusSets.ConfigPath)]
    [Parameter(ParameterSetName = BusSets.Bus)]
    [WaitTime(NeedsTime = true)]
    public Seconds Timeout { get; set; } = new(5);

    private protected override BusRequest Request => base.Request with { RequiredNode = SaltNode.Minion };

    private protected override void OpenRoad()
    {
        if (!Direct)
        {
            RefuseParameters("can only be used with -Direct", nameof(Timeout));
            RefuseBefore2014(SaltVersion is null ? TagForm == SaltTagForm.Padded : !SaltRelease.ForwardsToMaster(SaltVersion));
            base.OpenRoad();
            RefuseBefore2014(Form == SaltTagForm.Padded); // found out
            return;
        }

        RefuseParameters("cannot be used with -Direct", nameof(Framing), nameof(Transport), nameof(TagForm), nameof(SaltVersion), nameof(ConnectTimeout));
        if (Bus is not null and not SaltEventFoundBus)
        {
            RefuseParameters("cannot be used with -Direct", nameof(Bus));
        }

        var configuration = Guard(() => NodeConfiguration.Find(Request, SaltNode.Minion, WriteWarning));
        var options = Guard(() => Options(configuration)) with { Timeout = Timers.Limit(Timeout) };
        WriteVerbose($"Firing as the minion {options.MinionId} ({configuration?.File ?? "Salt's defaults"}) at {string.Join(", ", options.Masters)}.");
        channel = Guard(() => MinionChannel.Open(options));
    }

    private protected override void Fire(string tag, SaltEvent? source, object? input)
    {
        if (channel is null)
        {
            base.Fire(tag, source, input);
            return;
        }

        var data = Payload(source, input);
        if (ShouldProcess(string.Join(", ", channel.Options.Masters), $"Fire event {tag} as the minion {channel.Options.MinionId}"))
        {
            foreach (var delivery in Run(token => channel.FireAsync(tag, data, token)))
            {
                Tell(tag, delivery);
            }
        }
    }

    private protected override byte[] Encode(string tag, SaltEvent? source, object? payload, out bool trimmed) =>
        FireMasterEvent.Encode(tag, Payload(source, payload), Now, ClientOptions.MaxEventBytes, out trimmed);

    private protected override string HintFor(Exception error) => base.HintFor(error) + (!Direct && error is BusNotFoundException
        ? " Where no minion's daemon runs, -Direct signs in to the master with the minion's keys."
        : string.Empty);

    private protected override bool IsNonTerminating(Exception error) => (channel is not null && error is InvalidEventException) || base.IsNonTerminating(error);

    private protected override void DisposeOwned()
    {
        base.DisposeOwned();
        channel?.Dispose();
    }

    // It would be on the minion's bus, and go no further.
    private void RefuseBefore2014(bool isBefore)
    {
        if (isBefore)
        {
            ThrowTerminatingError(ErrorRecords.ParametersDisagree(
                "A minion of Salt before 2014.1 sends no events from its bus on to its master: the event would not arrive. Fire it on the minion's own bus with Send-SaltEvent, or on the master's bus on the master's host."));
        }
    }

    private MinionChannelOptions Options(SaltConfiguration? configuration) =>
        configuration is not null ? ChannelSettings.OfMinion(configuration, MinionBus)
        : MinionBus is not null ? new MinionChannelOptions(MinionBus)
        : throw new CommandErrorException(ErrorRecords.Of(
            "ConfigurationNotFound", ErrorCategory.ObjectNotFound, $"There is no configuration of a minion in {SaltPlaces.Configuration}, so that its id and masters are not known. Give its directory with -ConfigPath, or its id with -MinionBus."));

    private PayloadMap Payload(SaltEvent? source, object? payload)
    {
        var map = BuildPayload(source ?? payload); // the event itself, also where its input was deserialized
        if (source is not null && !KeepTimestamp)
        {
            // The master stamps what arrives; the time of the first firing would stand beside it.
            map.Remove(EventCodec.StampKey);
        }

        return map;
    }

    private void Tell(string tag, SaltMasterDelivery delivery)
    {
        if (delivery.Cause is { } error)
        {
            WriteError(ErrorRecords.From(error, delivery.Master));
        }
        else
        {
            WriteVerbose($"The master at {delivery.Master} has taken the event {tag} in protocol version {delivery.ProtocolVersion}.");
        }

        if (PassThru)
        {
            WriteObject(delivery);
        }
    }
}
