using System;
using System.Management.Automation;
using System.Threading;
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
    private IDisposable[] owned = [];

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
        var source = OpenSource(StopToken);
        return new EventWriter(this, source.Source, source.Losses, source.Overruns, dataOnly, includeStatus);
    }

    /// <summary>The same, to be read by other means. It is closed with the command, unless <see cref="HandOver"/> is called.</summary>
    /// <param name="token">Ends a comparison of tags that takes long.</param>
    private protected OpenedSource OpenSource(CancellationToken token)
    {
        var filter = ParseTags(MatchType);
        var bus = SelectBus();
        filter = (ConfiguredFilter(bus) ?? filter).Until(token);
        if (bus.Session is { } session)
        {
            if (!session.Filter.Overlaps(filter))
            {
                WriteWarning($"No event can match -Tag {filter}: the session keeps events of {session.Filter} only. Read it with another tag, or open a session for this one.");
            }

            return new OpenedSource(bus, session.Matching(filter), session.Losses, [session.Filter.Overrun, filter.Overrun], []);
        }

        var options = OptionsFor(bus);
        RequirePort(bus.Endpoint.Pub, nameof(PubPort), "to listen");
        var client = new EventBusClient(bus.Endpoint, options);
        owned = [client];
        var subscription = Run(stop => client.SubscribeAsync(filter, stop));
        owned = [subscription, client];
        return new OpenedSource(bus, subscription, new LossReport(subscription, options), [filter.Overrun], owned);
    }

    /// <summary>What was opened outlives the command: its new owner closes it.</summary>
    private protected void HandOver() => owned = [];

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
        foreach (var opened in owned)
        {
            opened.Dispose();
        }
    }
}
