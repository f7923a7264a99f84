using System.Management.Automation;
using SaltEvents.Base;
using SaltEvents.Core.Client;
using SaltEvents.Core.Events;
using SaltEvents.Objects;
using SaltEvents.Selection;

namespace SaltEvents.Cmdlets;

/// <summary>Subscribes once and keeps what arrives between two calls of Get-SaltEvent or Watch-SaltEvent.</summary>
[Cmdlet(
    VerbsCommon.New,
    "SaltEventSession",
    DefaultParameterSetName = BusSets.Node,
    SupportsShouldProcess = true,
    ConfirmImpact = ConfirmImpact.Low
)]
[OutputType(typeof(SaltEventSession))]
public sealed class NewSaltEventSessionCommand : StreamCommand
{
    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var filter = ParseTags(Tag, MatchType);
        var bus = SelectBus();
        filter = Narrow(bus, filter);
        RequirePort(bus.Endpoint.Pub, nameof(PubPort), "to listen");
        if (!ShouldProcess(bus.Endpoint.PubText, $"Open a session for {filter}"))
        {
            return;
        }

        if (bus.Api is not null || bus.Nats is not null)
        {
            OpenRemote(bus, filter);
            return;
        }

        var options = OptionsFor(bus) with { TagForm = SaltEventBus.TagFormAt(bus.Endpoint) }; // to fire through it
        var opened = Run(token => EventSession.OpenAsync(bus.Endpoint, filter, options, token));
        var session = new SaltEventSession(OpenTargets.NextId(), bus.Node, opened, Tag, filter, options, Until);
        OpenTargets.Current.Add(session);
        WriteObject(session);
    }

    // The session's own queue is the one that counts; what it takes from the stream it takes at once.
    private void OpenRemote(SelectedBus bus, TagFilter filter)
    {
        var options = OptionsFor(bus);
        var opened = EventSession.From(bus.Endpoint, Listen(bus, filter, options));
        HandOver();
        var session = new SaltEventSession(OpenTargets.NextId(), bus.Node, opened, Tag, filter, options, Until, bus.Api, bus.Nats);
        OpenTargets.Current.Add(session);
        WriteObject(session);
    }
}
