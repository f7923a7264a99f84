using System;
using System.Management.Automation;
using SaltEvents.Core.Client;
using SaltEvents.Core.Events;
using SaltEvents.Core.Nats;
using SaltEvents.Errors;
using SaltEvents.Objects;
using SaltEvents.Selection;

namespace SaltEvents.Base;

/// <summary>The base of the cmdlets that listen: on a bus of this computer, over a master's salt-api or over NATS.</summary>
public abstract class ListenCommand : RemoteBusCommand, IDynamicParameters
{
    private protected ListenCommand()
    {
    }

    /// <summary>The sites whose events to read, with wildcards, over NATS; all if it is not given.</summary>
    [Parameter(ParameterSetName = BusSets.Uri)]
    [SupportsWildcards]
    [SiteName(TakesPatterns = true)]
    [ValidateNotNullOrEmpty]
    public string[]? Site { get; set; }

    /// <summary>What <see cref="Listen"/> has opened.</summary>
    private protected IDisposable[] Owned { get; private set; } = [];

    /// <summary>Whether sessions and buses come through the pipeline.</summary>
    private protected virtual bool TakesTargetFromPipeline => true;

    /// <summary>Which stored events to read, over NATS.</summary>
    private protected virtual NatsReadOptions ReadOptions => new() { Sites = Site ?? [] };

    /// <summary>What takes a session or a bus from the pipeline if a default of $PSDefaultParameterValues names another bus.</summary>
    object? IDynamicParameters.GetDynamicParameters() => TakesTargetFromPipeline ? PipelineParameter : null;

    /// <summary>Reads the session, or subscribes: from here on no matching event is missed.</summary>
    /// <param name="bus">The bus.</param>
    /// <param name="filter">Which events to read.</param>
    /// <param name="options">How to subscribe, without a session.</param>
    /// <param name="unmatched">The warning if the session keeps no such event: what is missing, and what to do.</param>
    private protected OpenedSource OpenSource(
        SelectedBus bus,
        TagFilter filter,
        EventBusClientOptions options,
        (string Fact, string Cure) unmatched
    )
    {
        if (bus.Session is { } session)
        {
            if (!session.Filter.Overlaps(filter))
            {
                WriteWarning($"{unmatched.Fact}: it keeps only events of {session.Filter}. {unmatched.Cure}");
            }

            return new OpenedSource(
                bus.Endpoint,
                bus.Node,
                session,
                session.Matching(filter),
                session.Losses,
                [.. session.Filter.Overruns, .. filter.Overruns],
                []
            );
        }

        var subscription = Listen(bus, filter, options);
        return new OpenedSource(
            bus.Endpoint,
            bus.Node,
            null,
            subscription,
            new DropCounter(subscription, options),
            [.. filter.Overruns],
            Owned
        );
    }

    /// <summary>Subscribes: from here on no matching event is missed.</summary>
    private protected IEventSubscription Listen(SelectedBus bus, TagFilter filter, EventBusClientOptions options)
    {
        if (bus.Nats is { } nats)
        {
            Owned = [nats];
            var stored = Run(token => nats.SubscribeAsync(filter, StoredOptions(options), ReadOptions, token));
            Owned = [stored];
            return stored;
        }

        if (bus.Api is { } api)
        {
            if (options.Overflow == SaltOverflow.Block)
            {
                ThrowTerminatingError(
                    ErrorRecords.ParametersDisagree(
                        "-Overflow Block cannot be used with -Uri: salt-api disconnects a reader that makes it wait. Use DropOldest or DropNewest, with a longer queue (-QueueSize)."
                    )
                );
            }

            var shared = Run(token => api.SubscribeAsync(filter, options, token));
            Owned = [shared];
            return shared;
        }

        RequirePort(bus.Endpoint.Pub, nameof(PubPort), "to listen");
        var client = new EventBusClient(bus.Endpoint, options);
        Owned = [client];
        var subscription = Run(token => client.SubscribeAsync(filter, token));
        Owned = [subscription, client];
        return subscription;
    }

    /// <summary>The opened source outlives the command: its new owner closes it.</summary>
    private protected void HandOver() => Owned = [];

    // The server keeps the events: a reader need not drop any, and a lost connection does not end the command.
    private EventBusClientOptions StoredOptions(EventBusClientOptions options) => options with
    {
        Overflow = IsGiven("Overflow") ? options.Overflow : SaltOverflow.Block,
        Reconnect = !IsGiven("NoReconnect"),
        ReportsStatus = true,
    };

    private protected override void DisposeOwned()
    {
        foreach (var opened in Owned)
        {
            opened.Dispose();
        }

        Owned = [];
    }
}
