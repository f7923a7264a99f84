using System.Globalization;

namespace SaltEvents.Core.Compat;

/// <summary>Numbers of things in messages: "1 event", "2 events".</summary>
internal static class Counted
{
    /// <summary>A number with its noun, which takes an s for more than one.</summary>
    public static string Of(long count, string noun) =>
        count.ToString(CultureInfo.InvariantCulture) + " " + noun + (count == 1 ? string.Empty : "s");

    /// <summary>The same as a subject: "1 event was", "2 events were".</summary>
    public static string Were(long count, string noun) => Of(count, noun) + (count == 1 ? " was" : " were");
}
