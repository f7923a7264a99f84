using System;
using System.Management.Automation;
using SaltEvents.Core.Client;
using SaltEvents.Core.Events;
using SaltEvents.Input;

namespace SaltEvents.Base;

/// <summary>What the cmdlets that listen share: which events.</summary>
public abstract class SubscribeCommand : BusCommand
{
    private EventBusClient? client;
    private EventSubscription? subscription;

    private protected SubscribeCommand()
    {
    }

    /// <summary>
    /// The tags of which an event must match any; every event where it is not given. Without wildcards a tag is a prefix,
    /// as in Salt; with *, ? or [ it must match the whole tag. Case-sensitive.
    /// </summary>
    [Parameter(Position = 0)]
    [SupportsWildcards]
    [AllowEmptyString]
    [ArgumentCompleter(typeof(TagCompleter))]
    [ValidateNotNull]
    public string[] Tag { get; set; } = [];

    /// <summary>How the tags are compared, as Salt's event_match_type.</summary>
    [Parameter]
    public SaltTagMatch MatchType { get; set; }

    /// <summary>Opens what the parameters name: from here on no matching event is missed.</summary>
    private protected EventWriter OpenEvents(bool dataOnly, bool includeStatus = false)
    {
        var filter = ParseTags(MatchType);
        var bus = SelectBus();
        filter = ConfiguredFilter(bus) ?? filter;
        if (bus.Session is { } session)
        {
            return new EventWriter(this, session.Matching(filter), session.Losses, dataOnly, includeStatus);
        }

        var options = OptionsFor(bus);
        RequirePort(bus.Endpoint.Pub, nameof(PubPort), "to listen");
        client = new EventBusClient(bus.Endpoint, options);
        subscription = Run(token => client.SubscribeAsync(filter, token));
        return new EventWriter(this, subscription, new LossReport(subscription, options), dataOnly, includeStatus);
    }

    /// <summary>How to subscribe on that bus.</summary>
    private protected virtual EventBusClientOptions OptionsFor(SelectedBus bus) => ClientOptions;

    /// <summary>The filter as Salt's event_match_type says, where its configuration chose the bus and has one, and no -MatchType was given.</summary>
    private protected TagFilter? ConfiguredFilter(SelectedBus bus) =>
        !IsGiven(nameof(MatchType)) && bus.Configuration?.EventMatchType is { Origin.IsDefault: false } type ? ParseTags((SaltTagMatch)type.Value) : null;

    /// <summary>The filter for -Tag.</summary>
    private protected TagFilter ParseTags(SaltTagMatch match)
    {
        try
        {
            return new TagFilter(Tag, (TagMatch)match);
        }
        catch (ArgumentException e)
        {
            ThrowTerminatingError(new ErrorRecord(e, "InvalidTagPattern", ErrorCategory.InvalidArgument, Tag)
            {
                ErrorDetails = new ErrorDetails($"-Tag is no valid pattern for -MatchType {MatchType}: {e.Message}"),
            });
            throw;
        }
    }

    private protected override void CloseOwn()
    {
        subscription?.Dispose();
        client?.Dispose();
    }
}
