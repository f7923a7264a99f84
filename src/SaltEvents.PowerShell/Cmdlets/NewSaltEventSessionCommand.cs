using System.Management.Automation;
using SaltEvents.Base;
using SaltEvents.Core.Client;
using SaltEvents.Input;
using SaltEvents.State;

namespace SaltEvents.Cmdlets;

/// <summary>Subscribes once and keeps what arrives between two calls of Get-SaltEvent or Watch-SaltEvent.</summary>
[Cmdlet(VerbsCommon.New, "SaltEventSession")]
[OutputType(typeof(SaltEventSession))]
public sealed class NewSaltEventSessionCommand : BusCommand
{
    /// <summary>The tags to keep events of; every event where it is not given. See Get-SaltEvent.</summary>
    [Parameter(Position = 0)]
    [SupportsWildcards]
    [AllowEmptyString]
    [ArgumentCompleter(typeof(TagCompleter))]
    [ValidateNotNull]
    public string[] Tag { get; set; } = [];

    /// <summary>How the tags are compared, as Salt's event_match_type.</summary>
    [Parameter]
    public SaltTagMatch MatchType { get; set; }

    /// <summary>How many events are kept at most.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int QueueSize { get; set; } = EventBusClientOptions.Default.QueueSize;

    /// <summary>What happens when they are more. Block is for an embedded bus: a reader that stalls harms a real one.</summary>
    [Parameter]
    [ValidateSet(nameof(SaltOverflow.DropOldest), nameof(SaltOverflow.DropNewest), nameof(SaltOverflow.Block))]
    public SaltOverflow Overflow { get; set; } = SaltOverflow.DropOldest;

    private protected override EventBusClientOptions ClientOptions =>
        base.ClientOptions with { QueueSize = QueueSize, Overflow = (Core.Events.OverflowPolicy)Overflow };

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        var bus = SelectBus();
        RequirePort(bus.Endpoint.Pub, nameof(PubPort), "to listen");
        var filter = ParseTags(Tag, MatchType);
        var opened = Run(token => EventSession.OpenAsync(bus.Endpoint, filter, ClientOptions, token));
        var session = new SaltEventSession(OpenTargets.NextId(), bus.Node, opened, Tag, QueueSize);
        OpenTargets.Current.Add(session);
        WriteObject(session);
    }
}
