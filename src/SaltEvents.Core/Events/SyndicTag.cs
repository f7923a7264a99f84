using System;

namespace SaltEvents.Core.Events;

/// <summary>
/// The tag of a copy that a syndic sends to its master of masters, in addition to the event under its own tag:
/// syndic/&lt;id&gt;/&lt;tag&gt;
/// (salt/minion.py, SyndicManager, 3006.16). An event that passed several syndics has several such prefixes, the last one first.
/// </summary>
internal static class SyndicTag
{
    private const string Prefix = "syndic/";

    /// <summary>The tag of the event itself, and the syndic nearest to this master; null if it is not a copy.</summary>
    public static (string Tag, string? Syndic) Split(string tag)
    {
        string? syndic = null;
        while (
            tag.StartsWith(Prefix, StringComparison.Ordinal)
            && tag.IndexOf('/', Prefix.Length) is var end
            && end > Prefix.Length
            && end + 1 < tag.Length
        )
        {
            syndic ??= tag.Substring(Prefix.Length, end - Prefix.Length);
            tag = tag.Substring(end + 1);
        }

        return (tag, syndic);
    }
}
