using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Security;
using SaltEvents.Completion;
using SaltEvents.Core.Api;
using SaltEvents.Errors;
using SaltEvents.Execution;
using SaltEvents.Selection;

namespace SaltEvents.Base;

/// <summary>The base of the cmdlets that can use a master's salt-api in place of a bus on this computer.</summary>
public abstract class RemoteBusCommand : BusCommand, IUriParameters
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
    public virtual Uri[]? Uri { get; set; }

    /// <summary>The user of salt-api and the password. The token for them is kept in this process and renewed.</summary>
    [Parameter(ParameterSetName = BusSets.Uri)]
    [Credential]
    [ValidateNotNull]
    public virtual PSCredential? Credential { get; set; }

    /// <summary>How Salt checks the user: a key of external_auth in the master's configuration.</summary>
    [Parameter(ParameterSetName = BusSets.Uri)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(EauthCompleter))]
    public virtual string Eauth { get; set; } = "pam";

    /// <summary>A token of salt-api in place of -Credential: a SecureString, or text. It is not renewed.</summary>
    [Parameter(ParameterSetName = BusSets.Uri)]
    [SecretText]
    [ValidateNotNull]
    public virtual SecureString? Token { get; set; }

    /// <summary>A file with the seed of an nkey, for NATS in place of -Credential.</summary>
    [Parameter(ParameterSetName = BusSets.Uri)]
    [ValidateNotNullOrEmpty]
    public virtual string? NKeyFile { get; set; }

    /// <summary>A credentials file of nsc, with a JWT and the seed of its nkey, for NATS in place of -Credential.</summary>
    [Parameter(ParameterSetName = BusSets.Uri)]
    [ValidateNotNullOrEmpty]
    public virtual string? CredentialFile { get; set; }

    /// <summary>The stream of the events, over NATS.</summary>
    [Parameter(ParameterSetName = BusSets.Uri)]
    [SiteName]
    public virtual string Stream { get; set; } = "SALT";

    /// <summary>Accepts any certificate of the server.</summary>
    [Parameter(ParameterSetName = BusSets.Uri)]
    public virtual SwitchParameter SkipCertificateCheck { get; set; }

    /// <summary>Allows a plain http address of another computer: everybody on the path can read password, token and events.</summary>
    [Parameter(ParameterSetName = BusSets.Uri)]
    public virtual SwitchParameter AllowUnencryptedAuthentication { get; set; }

    string? IUriParameters.NKeyFile => PathOf(NKeyFile);

    string? IUriParameters.CredentialFile => PathOf(CredentialFile);

    /// <summary>Whether -Uri names NATS servers.</summary>
    private protected bool IsNats => NatsSelector.IsNats(this);

    // Error records show it, also where the address is refused because it has a password in it.
    private protected override object? ErrorTarget => Uri is null ? base.ErrorTarget : string.Join(",", Uri.Select(u => new ApiAddress(u)));

    private protected override bool AcceptsRemote => true;

    private protected override BusRequest Request =>
        Uri is null
            ? base.Request
            : base.Request with
            {
                Remote = this,
                RemoteTimeout = IsGiven(nameof(ConnectTimeout)) ? Timers.Limit(ConnectTimeout) : null,
            };

    private protected override IEnumerable<(string Name, object? Value)> Names => base.Names.Append((nameof(Uri), Uri));

    private protected override void ForgetNames()
    {
        base.ForgetNames();
        Uri = null;
    }

    private protected override SelectedBus SelectBus()
    {
        if (Uri is not null)
        {
            ValidateUriParameters();
        }

        return base.SelectBus();
    }

    private void ValidateUriParameters()
    {
        var (others, rule) = IsNats
            ? (new[] { nameof(Eauth) }, "is how Salt checks a user of salt-api; NATS has its own users")
            : (
                ["Site", "Since", "Last", "Durable", nameof(Stream), nameof(NKeyFile), nameof(CredentialFile)],
                "can only be used with nats://: a salt-api has one master and stores no events"
            );
        if (others.FirstOrDefault(IsGivenByCaller) is { } given)
        {
            ThrowTerminatingError(ErrorRecords.ParametersDisagree($"-{given} {rule}. Omit it."));
        }
    }
}
