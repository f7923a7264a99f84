using System.Collections.Generic;
using System.Linq;
using SaltEvents.Objects;

namespace SaltEvents.Completion;

/// <summary>Completes the id of a minion with those that events of this session were about.</summary>
public sealed class MinionIdCompleter : ValueCompleter
{
    private protected override IEnumerable<(string Value, string About)> Offer(string command, string typed) =>
        SeenEvents.Current.Seen.Select(e => e.MinionId).OfType<string>().Select(id => (id, "seen in this session: " + id));
}
