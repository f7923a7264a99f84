using System;
using System.Management.Automation;
using System.Security;
using System.Text;
using System.Text.Json;
using SaltEvents.Base;
using SaltEvents.Completion;
using SaltEvents.Selection;

namespace SaltEvents.Cmdlets;

/// <content>The parameters of -Uri.</content>
public sealed partial class SendSaltEventCommand : IApiCommand
{
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
}
