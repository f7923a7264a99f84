using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using SaltEvents.Objects;

namespace SaltEvents.Completion;

/// <summary>
/// Completes -Id with the numbers of what is open: of sessions and of relays for commands about them, of buses for the others.
/// </summary>
public sealed class TargetIdCompleter : ValueCompleter
{
    private protected override IEnumerable<(string Value, string About)> Offer(string command, string typed)
    {
        var open = command.EndsWith("Session", StringComparison.OrdinalIgnoreCase)
            ? OpenTargets.Current.Open<SaltEventSession>().Cast<SaltEventTarget>()
            : command.EndsWith("Relay", StringComparison.OrdinalIgnoreCase) ? OpenTargets.Current.Open<SaltEventRelay>()
            : OpenTargets.Current.Open<SaltEventBus>();
        return open.Select(t => (t.Id.ToString(CultureInfo.InvariantCulture), $"{t.Id}: {t}"));
    }
}
