using System.Collections.Generic;
using System.Linq;
using SaltEvents.Core.Api;

namespace SaltEvents.Completion;

/// <summary>Completes -Uri with the addresses of salt-api that this process has used.</summary>
public sealed class ApiUriCompleter : ValueCompleter
{
    private protected override IEnumerable<(string Value, string About)> Offer(string command, string typed) =>
        SaltApiPool.Addresses.Select(a => (a, a));
}
