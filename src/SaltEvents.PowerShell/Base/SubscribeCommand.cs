using System;
using System.Management.Automation;
using SaltEvents.Completion;
using SaltEvents.Core.Client;
using SaltEvents.Core.Configuration;
using SaltEvents.Core.Events;
using SaltEvents.Errors;
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
    /// as in Salt; with *, ? or [...] it must match the whole tag. A backtick takes a wildcard literally. Case-sensitive.
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
        filter = (ConfiguredFilter(bus) ?? filter).Until(StopToken);
        if (bus.Session is { } session)
        {
            if (!session.Filter.Overlaps(filter))
            {
                WriteWarning($"No event can match -Tag {filter}: the session keeps events of {session.Filter} only. Read it with another tag, or open a session for this one.");
            }

            return new EventWriter(this, session.Matching(filter), session.Losses, [session.Filter.Overrun, filter.Overrun], dataOnly, includeStatus);
        }

        var options = OptionsFor(bus);
        RequirePort(bus.Endpoint.Pub, nameof(PubPort), "to listen");
        client = new EventBusClient(bus.Endpoint, options);
        subscription = Run(token => client.SubscribeAsync(filter, token));
        return new EventWriter(this, subscription, new LossReport(subscription, options), [filter.Overrun], dataOnly, includeStatus);
    }

    /// <summary>How to subscribe on that bus.</summary>
    private protected virtual EventBusClientOptions OptionsFor(SelectedBus bus) => ClientOptions;

    /// <summary>The filter as Salt's event_match_type says, where its configuration chose the bus and has one, and no -MatchType was given.</summary>
    private protected TagFilter? ConfiguredFilter(SelectedBus bus)
    {
        if (Tag.Length == 0 || IsGiven(nameof(MatchType)))
        {
            return null;
        }

        try
        {
            return bus.Configuration?.EventMatchType is { Origin.IsDefault: false } type ? ParseTags((SaltTagMatch)type.Value) : null;
        }
        catch (SaltConfigurationException e)
        {
            WriteWarning($"{e.Message} Tags are compared as if it were not set.");
            return null;
        }
    }

    /// <summary>The filter for -Tag.</summary>
    private protected TagFilter ParseTags(SaltTagMatch match)
    {
        try
        {
            return new TagFilter(Tag, (TagMatch)match);
        }
        catch (ArgumentException e)
        {
            ThrowTerminatingError(ErrorRecords.InvalidPattern(e, Tag, match));
            throw;
        }
    }

    private protected override void CloseOwn()
    {
        subscription?.Dispose();
        client?.Dispose();
    }
}
