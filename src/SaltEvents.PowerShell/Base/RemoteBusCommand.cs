using System;
using System.Management.Automation;
using System.Security;
using SaltEvents.Core.Client;
using SaltEvents.Core.Events;
using SaltEvents.Errors;
using SaltEvents.Execution;
using SaltEvents.Selection;

namespace SaltEvents.Base;

/// <summary>What the cmdlets share that can use a master's salt-api in place of a bus on this computer.</summary>
public abstract class RemoteBusCommand : BusCommand, IApiCommand
{
    private protected RemoteBusCommand()
    {
    }

    /// <summary>The master's salt-api, such as https://master:8000, in place of a bus on this computer.</summary>
    [Parameter(Mandatory = true, ParameterSetName = BusSets.Uri)]
    [ValidateNotNull]
    public Uri? Uri { get; set; }

    /// <summary>The user of salt-api and the password. The token for them is kept in this process and renewed.</summary>
    [Parameter(ParameterSetName = BusSets.Uri)]
    [Credential]
    [ValidateNotNull]
    public PSCredential? Credential { get; set; }

    /// <summary>How Salt checks the user: a key of external_auth in the master's configuration.</summary>
    [Parameter(ParameterSetName = BusSets.Uri)]
    [ValidateNotNullOrEmpty]
    public string Eauth { get; set; } = "pam";

    /// <summary>A token of salt-api in place of -Credential: a SecureString, or text. It is not renewed.</summary>
    [Parameter(ParameterSetName = BusSets.Uri)]
    [SecretText]
    [ValidateNotNull]
    public SecureString? Token { get; set; }

    /// <summary>Takes any certificate of the server.</summary>
    [Parameter(ParameterSetName = BusSets.Uri)]
    public SwitchParameter SkipCertificateCheck { get; set; }

    /// <summary>Allows a plain http address of another computer: everybody on the way can read password, token and events.</summary>
    [Parameter(ParameterSetName = BusSets.Uri)]
    public SwitchParameter AllowUnencryptedAuthentication { get; set; }

    /// <summary>What <see cref="Listen"/> has opened.</summary>
    private protected IDisposable[] Owned { get; private set; } = [];

    private protected override object? ErrorTarget => Uri ?? base.ErrorTarget;

    private protected override bool TakesApi => true;

    private protected override BusRequest Request => Uri is null ? base.Request : base.Request with { Api = this, ApiTimeout = IsGiven(nameof(ConnectTimeout)) ? Timers.Limit(ConnectTimeout) : null };

    /// <summary>Subscribes: from here on no matching event is missed.</summary>
    private protected IEventSubscription Listen(SelectedBus bus, TagFilter filter, EventBusClientOptions options)
    {
        if (bus.Api is { } api)
        {
            if (options.Overflow == SaltOverflow.Block)
            {
                ThrowTerminatingError(ErrorRecords.ParametersDisagree("-Overflow Block cannot be used with -Uri: salt-api cuts off a reader that makes it wait. Use DropOldest or DropNewest, with a longer queue (-QueueSize)."));
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

    /// <summary>What was opened outlives the command: its new owner closes it.</summary>
    private protected void HandOver() => Owned = [];

    private protected override void DisposeOwned()
    {
        foreach (var opened in Owned)
        {
            opened.Dispose();
        }

        Owned = [];
    }
}
