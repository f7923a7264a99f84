using System.Linq;
using System.Management.Automation;
using System.Text.RegularExpressions;

namespace SaltEvents.Base;

/// <summary>Detects a message and a tag in the order of Salt's own event.fire: the message first.</summary>
internal static class SaltOrder
{
    private static readonly Regex LooksLikeTag = new(@"^[\w.-]+(/[\w.:@=-]+)+$", RegexOptions.CultureInvariant);

    /// <summary>Whether the tag has blanks, or is JSON, and the data looks like a tag.</summary>
    public static bool IsLikely(string tag, object? data) =>
        (tag.Any(char.IsWhiteSpace) || tag.StartsWith("{", System.StringComparison.Ordinal))
        && (data is PSObject wrapped ? wrapped.BaseObject : data) is string text && LooksLikeTag.IsMatch(text);
}
