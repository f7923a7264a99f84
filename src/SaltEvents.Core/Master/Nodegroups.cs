using System;
using System.Collections.Generic;
using System.Linq;

namespace SaltEvents.Core.Master;

/// <summary>
/// Node groups as compound targets: minions do not know the master's groups, so the asker expands them (salt/utils/minions.py,
/// nodegroup_comp, 3006.10).
/// </summary>
internal static class Nodegroups
{
    private static readonly string[] Operators = ["and", "or", "not", "(", ")"];

    /// <summary>The compound target of a group.</summary>
    /// <exception cref="MasterRequestException">The group does not exist, or it contains itself.</exception>
    public static string Expand(string name, IReadOnlyDictionary<string, IReadOnlyList<string>> groups) => Expand(name, groups, []);

    private static string Expand(string name, IReadOnlyDictionary<string, IReadOnlyList<string>> groups, string[] around)
    {
        if (!groups.TryGetValue(name, out var words))
        {
            throw new MasterRequestException(
                MasterRequestReason.NoMinionMatches,
                $"There is no node group {name} in the master's configuration (nodegroups). Nothing was published."
            );
        }

        if (around.Contains(name, StringComparer.Ordinal))
        {
            throw new MasterRequestException(
                MasterRequestReason.NoMinionMatches,
                $"The node group {name} in the master's configuration contains itself. Nothing was published."
            );
        }

        var expanded = words.Select(word =>
            word.StartsWith("N@", StringComparison.Ordinal) ? Expand(word.Substring(2), groups, [.. around, name]) : word
        );
        return "( " + string.Join(words.Any(w => Operators.Contains(w, StringComparer.Ordinal)) ? " " : " or ", expanded) + " )";
    }
}
