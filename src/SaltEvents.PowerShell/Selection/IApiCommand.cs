using System;
using System.Management.Automation;
using System.Security;

namespace SaltEvents.Selection;

/// <summary>The parameters that name a salt-api and a user of it.</summary>
internal interface IApiCommand
{
    Uri? Uri { get; }

    PSCredential? Credential { get; }

    string Eauth { get; }

    SecureString? Token { get; }

    SwitchParameter SkipCertificateCheck { get; }

    SwitchParameter AllowUnencryptedAuthentication { get; }
}
