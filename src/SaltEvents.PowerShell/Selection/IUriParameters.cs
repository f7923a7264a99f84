using System;
using System.Management.Automation;
using System.Security;

namespace SaltEvents.Selection;

/// <summary>The parameters that name a salt-api, or NATS servers, and a user there.</summary>
internal interface IUriParameters
{
    Uri[]? Uri { get; }

    PSCredential? Credential { get; }

    string Eauth { get; }

    SecureString? Token { get; }

    string? NKeyFile { get; }

    string? CredentialFile { get; }

    string Stream { get; }

    SwitchParameter SkipCertificateCheck { get; }

    SwitchParameter AllowUnencryptedAuthentication { get; }
}
