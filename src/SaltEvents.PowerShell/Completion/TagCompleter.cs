using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Language;
using SaltEvents.Objects;

namespace SaltEvents.Completion;

/// <summary>
/// Completes -Tag. To fire: the tags that were sent and seen in this session, and Salt's own that have no variable part. To
/// listen: the forms of Salt's tags, and the tags of this session.
/// </summary>
public sealed class TagCompleter : ValueCompleter
{
    // Tags that differ in case are different tags.
    private protected override StringComparison Comparison => StringComparison.Ordinal;

    private protected override IEnumerable<(string Value, string About)> Offer(string command, string typed)
    {
        var recent = SeenEvents.Current;
        var sent = recent.SentTags.Select(tag => (Value: tag, About: "sent in this session: " + tag));
        var seen = recent.Seen.Select(e => (Value: e.Tag, About: "seen in this session: " + e.Tag));
        var forms = TagFamilies.Patterns.Select(p => (Value: p.Pattern, About: p.Family + ": " + p.Pattern));
        return Fires(command)
            ? sent.Concat(seen).Concat(forms.Where(f => f.Value.IndexOf('*') < 0))
            : forms.Concat(seen.Concat(sent).Select(tag => (WildcardPattern.Escape(tag.Value), tag.About)));
    }

    // A tag is text, whatever characters it has.
    private protected override string Quote(string value) => "'" + CodeGeneration.EscapeSingleQuotedStringContent(value) + "'";

    private static bool Fires(string command) =>
        command.StartsWith("Send-", StringComparison.OrdinalIgnoreCase)
        || command.Equals("New-SaltEvent", StringComparison.OrdinalIgnoreCase);
}
