using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Security;
using SaltEvents.Completion;
using SaltEvents.Core.Client;
using SaltEvents.Core.Events;
using SaltEvents.Core.Nats;
using SaltEvents.Errors;
using SaltEvents.Execution;
using SaltEvents.Objects;
using SaltEvents.Selection;

namespace SaltEvents.Base;

/// <summary>The base of the cmdlets that can use a master's salt-api in place of a bus on this computer.</summary>
public abstract class RemoteBusCommand : BusCommand, IApiCommand
{
    private protected RemoteBusCommand()
    {
    }

    /// <summary>
    /// The master's salt-api, such as https://master:8000; or the NATS servers of relays, such as nats://a,b,c; in place of a bus on this
    /// computer.
    /// </summary>
    [Parameter(Mandatory = true, ParameterSetName = BusSets.Uri)]
    [BusUri]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ApiUriCompleter))]
    public Uri[]? Uri { get; set; }

    /// <summary>The user of salt-api and the password. The token for them is kept in this process and renewed.</summary>
    [Parameter(ParameterSetName = BusSets.Uri)]
    [Credential]
    [ValidateNotNull]
    public PSCredential? Credential { get; set; }

    /// <summary>How Salt checks the user: a key of external_auth in the master's configuration.</summary>
    [Parameter(ParameterSetName = BusSets.Uri)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(EauthCompleter))]
    public string Eauth { get; set; } = "pam";

    /// <summary>A token of salt-api in place of -Credential: a SecureString, or text. It is not renewed.</summary>
    [Parameter(ParameterSetName = BusSets.Uri)]
    [SecretText]
    [ValidateNotNull]
    public SecureString? Token { get; set; }

    /// <summary>A file with the seed of an nkey, for NATS in place of -Credential.</summary>
    [Parameter(ParameterSetName = BusSets.Uri)]
    [ValidateNotNullOrEmpty]
    public string? NKeyFile { get; set; }

    /// <summary>A credentials file of nsc, with a JWT and the seed of its nkey, for NATS in place of -Credential.</summary>
    [Parameter(ParameterSetName = BusSets.Uri)]
    [ValidateNotNullOrEmpty]
    public string? CredentialFile { get; set; }

    /// <summary>The stream of the events, over NATS.</summary>
    [Parameter(ParameterSetName = BusSets.Uri)]
    [SiteName]
    public string Stream { get; set; } = "SALT";

    /// <summary>Accepts any certificate of the server.</summary>
    [Parameter(ParameterSetName = BusSets.Uri)]
    public SwitchParameter SkipCertificateCheck { get; set; }

    /// <summary>Allows a plain http address of another computer: everybody on the path can read password, token and events.</summary>
    [Parameter(ParameterSetName = BusSets.Uri)]
    public SwitchParameter AllowUnencryptedAuthentication { get; set; }

    /// <summary>What <see cref="Listen"/> has opened.</summary>
    private protected IDisposable[] Owned { get; private set; } = [];

    /// <summary>The sites whose events to read, with wildcards, over NATS; all if it is not given.</summary>
    [Parameter(ParameterSetName = BusSets.Uri)]
    [SupportsWildcards]
    [SiteName(TakesPatterns = true)]
    [ValidateNotNullOrEmpty]
    public string[]? Site { get; set; }

    string? IApiCommand.NKeyFile => PathOf(NKeyFile);

    string? IApiCommand.CredentialFile => PathOf(CredentialFile);

    /// <summary>Whether -Uri names NATS servers.</summary>
    private protected bool IsNats => NatsSelector.IsNats(this);

    /// <summary>Which stored events to read, over NATS.</summary>
    private protected virtual NatsReadOptions ReadOptions => new() { Sites = Site ?? [] };

    private protected override object? ErrorTarget => Uri is null ? base.ErrorTarget : string.Join(",", Uri.Select(u => u.OriginalString));

    private protected override bool TakesApi => true;

    private protected override BusRequest Request =>
        Uri is null
            ? base.Request
            : base.Request with
            {
                Api = this,
                ApiTimeout = IsGiven(nameof(ConnectTimeout)) ? Timers.Limit(ConnectTimeout) : null,
            };

    private protected override SelectedBus SelectBus()
    {
        if (Uri is not null)
        {
            ValidateUriParameters();
        }

        return base.SelectBus();
    }

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

    private void ValidateUriParameters()
    {
        var (others, rule) = IsNats
            ? (new[] { nameof(Eauth) }, "is how Salt checks a user of salt-api; NATS has its own users")
            : (
                ["Site", "Since", "Last", "Durable", nameof(Stream), nameof(NKeyFile), nameof(CredentialFile)],
                "can only be used with nats://: a salt-api has one master and stores no events"
            );
        if (others.FirstOrDefault(IsGiven) is { } given)
        {
            ThrowTerminatingError(ErrorRecords.ParametersDisagree($"-{given} {rule}. Omit it."));
        }
    }

    private protected override void DisposeOwned()
    {
        foreach (var opened in Owned)
        {
            opened.Dispose();
        }

        Owned = [];
    }
}
