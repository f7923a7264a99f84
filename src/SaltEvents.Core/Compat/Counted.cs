using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace SaltEvents.Core.Compat;

/// <summary>Numbers of things in messages: "1 event", "2 events".</summary>
internal static class Counted
{
    private const int MaxNames = 20; // a site has thousands of minions, and a terminal few lines

    /// <summary>A number with its noun, which takes an s for more than one.</summary>
    public static string Of(long count, string noun) =>
        count.ToString(CultureInfo.InvariantCulture) + " " + noun + (count == 1 ? string.Empty : "s");

    /// <summary>The same as a subject: "1 event was", "2 events were".</summary>
    public static string Were(long count, string noun) => Of(count, noun) + (count == 1 ? " was" : " were");

    /// <summary>Names, the first ones if there are many: "a, b, c", "a, b, c and 2 more".</summary>
    public static string List(IReadOnlyCollection<string> names) =>
        names.Count <= MaxNames
            ? string.Join(", ", names)
            : string.Join(", ", names.Take(MaxNames)) + $" and {(names.Count - MaxNames).ToString(CultureInfo.InvariantCulture)} more";
}
