using System.Collections.Generic;
using System.Linq;

namespace SaltEvents.Completion;

/// <summary>Completes -Eauth with Salt's own modules that check users (salt/auth, 3007.8), the usual ones first.</summary>
public sealed class EauthCompleter : ValueCompleter
{
    private static readonly string[] Modules =
    [
        "pam",
        "ldap",
        "file",
        "auto",
        "django",
        "keystone",
        "mysql",
        "pki",
        "rest",
        "sharedsecret",
        "yubico",
    ];

    private protected override IEnumerable<(string Value, string About)> Offer(string command, string typed) =>
        Modules.Select(m => (m, $"{m}: a key of external_auth in the master's configuration"));
}
