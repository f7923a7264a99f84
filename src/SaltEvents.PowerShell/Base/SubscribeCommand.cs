using System;
using System.Linq;
using System.Management.Automation;
using System.Threading;
using SaltEvents.Completion;
using SaltEvents.Core.Client;
using SaltEvents.Core.Configuration;
using SaltEvents.Core.Events;
using SaltEvents.Core.Nats;
using SaltEvents.Errors;
using SaltEvents.Objects;
using SaltEvents.Selection;

namespace SaltEvents.Base;

/// <summary>The base of the cmdlets that listen: which events to read.</summary>
public abstract class SubscribeCommand : ListenCommand
{
    private bool isMatchTypeBroken;

    private protected SubscribeCommand()
    {
    }

    /// <summary>
    /// The tags, of which an event must match one; every event if it is not given. Without wildcards a tag is a prefix,
    /// as in Salt; with *, ? or [...] it must match the whole tag. A backtick takes a wildcard literally. Case-sensitive.
    /// </summary>
    [Parameter(Position = 0)]
    [SupportsWildcards]
    [AllowEmptyString]
    [TagText(TakesPatterns = true)]
    [ArgumentCompleter(typeof(TagCompleter))]
    [ValidateNotNull]
    public string[] Tag { get; set; } = [];

    /// <summary>How the tags are compared, as Salt's event_match_type.</summary>
    [Parameter]
    public SaltTagMatch MatchType { get; set; }

    /// <summary>The ids of the minions that an event must be about, with wildcards; case-sensitive.</summary>
    [Parameter]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(MinionIdCompleter))]
    [ValidateNotNullOrEmpty]
    public virtual string[]? MinionId { get; set; }

    /// <summary>The ids of the jobs that an event must belong to.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(JobIdCompleter))]
    [ValidateNotNullOrEmpty]
    public string[]? JobId { get; set; }

    /// <summary>The families that an event must belong to, such as JobReturn.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(FamilyCompleter))]
    [KnownFamily]
    [ValidateNotNullOrEmpty]
    public string[]? Family { get; set; }

    /// <summary>Tags that an event must not match, compared like those of -Tag.</summary>
    [Parameter]
    [SupportsWildcards]
    [TagText(TakesPatterns = true)]
    [ArgumentCompleter(typeof(TagCompleter))]
    [ValidateNotNullOrEmpty]
    public string[]? ExcludeTag { get; set; }

    /// <summary>Ends after the event for which this script block returns true; the event is $_.</summary>
    [Parameter]
    [ValidateNotNull]
    public ScriptBlock? Until { get; set; }

    /// <summary>
    /// Starts with the events stored since then, over NATS: how long ago, such as 30m, 1h or 7d, or a date. Otherwise with those from now
    /// on.
    /// </summary>
    [Parameter(ParameterSetName = BusSets.Uri)]
    [Since]
    public DateTime? Since { get; set; }

    /// <summary>Starts with this number of the most recent stored events, over NATS.</summary>
    [Parameter(ParameterSetName = BusSets.Uri)]
    [ValidateRange(1, long.MaxValue)]
    public long? Last { get; set; }

    private protected override NatsReadOptions ReadOptions => base.ReadOptions with
    {
        Since = Since?.ToUniversalTime(),
        Last = Last,
    };

    /// <summary>Opens what the parameters name: from here on no matching event is missed.</summary>
    private protected EventWriter OpenEvents(bool dataOnly, bool includeStatus = false) =>
        new(this, OpenSource(StopToken), dataOnly, includeStatus) { Until = Until };

    /// <summary>The same, to be read in another way. It is closed with the command, unless <see cref="HandOver"/> is called.</summary>
    /// <param name="token">Ends a comparison of tags that takes long.</param>
    private protected OpenedSource OpenSource(CancellationToken token)
    {
        if (Since is not null && Last is not null)
        {
            ThrowTerminatingError(
                ErrorRecords.ParametersDisagree(
                    "-Since and -Last cannot be used together: each specifies where to start. Omit one of them."
                )
            );
        }

        DisposeOwned(); // of the previous session or bus from the pipeline
        var filter = ParseTags(Tag, MatchType);
        var bus = SelectBus();
        filter = Narrow(bus, filter).Until(token);
        return OpenSource(
            bus,
            filter,
            OptionsFor(bus),
            ($"No event of the session can match -Tag {filter}", "Use another tag, or open a session for this one.")
        );
    }

    /// <summary>How to subscribe on that bus.</summary>
    private protected virtual EventBusClientOptions OptionsFor(SelectedBus bus) => ClientOptions;

    /// <summary>The filter for -Tag on that bus: compared as Salt's configuration says, if that chose the bus.</summary>
    private protected TagFilter FilterFor(SelectedBus bus, TagFilter given) =>
        Tag.Length > 0 && ConfiguredMatch(bus) is { } match ? ParseTags(Tag, match) : given;

    /// <summary>The same, with what the other parameters say of events.</summary>
    private protected TagFilter Narrow(SelectedBus bus, TagFilter given)
    {
        var condition = new EventCondition(MinionId ?? [], JobId ?? [], Family ?? []);
        return FilterFor(bus, given)
            .Except(ExcludeTag is null ? null : ParseTags(ExcludeTag, ConfiguredMatch(bus) ?? MatchType))
            .Where(condition.Test);
    }

    /// <summary>The filter for tags.</summary>
    private protected TagFilter ParseTags(string[] tags, SaltTagMatch match)
    {
        try
        {
            return new TagFilter(tags, match);
        }
        catch (ArgumentException e)
        {
            ThrowTerminatingError(ErrorRecords.InvalidPattern(e, tags, match));
            throw;
        }
    }

    // Salt's event_match_type, if its configuration chose the bus and has one, and no -MatchType was given.
    private SaltTagMatch? ConfiguredMatch(SelectedBus bus)
    {
        if (IsGiven(nameof(MatchType)) || isMatchTypeBroken)
        {
            return null;
        }

        try
        {
            return bus.Configuration?.EventMatchType is { Origin.IsDefault: false } type ? type.Value : null;
        }
        catch (SaltConfigurationException e)
        {
            isMatchTypeBroken = true; // one warning is enough
            WriteWarning($"{e.Message} Tags are compared as if it were not set.");
            return null;
        }
    }
}
