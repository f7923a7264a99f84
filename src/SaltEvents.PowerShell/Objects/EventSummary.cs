using System.Collections.Generic;
using System.Linq;
using SaltEvents.Core.Compat;
using SaltEvents.Payload;
using SaltEvents.Payload.Lazy;

namespace SaltEvents.Objects;

/// <summary>An event's payload in one line, for tables.</summary>
internal static class EventSummary
{
    private const int MaxLength = 200;

    /// <summary>The payload with the colours of the terminal.</summary>
    public static string Colored(SaltEvent saltEvent) => TerminalStyle.Content(Format(saltEvent), () => saltEvent.Succeeded is false);

    public static string Format(SaltEvent saltEvent) =>
        saltEvent.Site is { } site ? $"[{DisplayText.OneLine(site)}] {FormatPayload(saltEvent)}" : FormatPayload(saltEvent);

    private static string FormatPayload(SaltEvent saltEvent)
    {
        if (saltEvent.TagFamily.IsSecret)
        {
            return PayloadText.Hidden;
        }

        var text = new PayloadText(MaxLength);
        if (saltEvent.TagFamily.Headline is { } headline)
        {
            AppendHeadline(text, headline(saltEvent));
            return Fit(text);
        }

        object? data = saltEvent.Map;
        // What a minion sends is wrapped; its sender's id is worth showing.
        if (data is LazyMap wrapper && wrapper.TryGetValue("cmd") is "_minion_event")
        {
            text.AppendField("id", wrapper.TryGetValue("id")).Append(" ");
            data = wrapper.TryGetValue("data");
        }

        return Fit(text.AppendPayload(data ?? saltEvent.Data));
    }

    /// <summary>Any value in one line.</summary>
    public static string Line(object? value) => Fit(new PayloadText(MaxLength).AppendValue(value));

    /// <summary>
    /// A tag in 40 columns. "salt/job/&lt;jid&gt;/ret/web01" is 39 long; a longer tag is cut in the middle, because the minion
    /// comes at its end.
    /// </summary>
    public static string ShortTag(string tag)
    {
        const int width = 40, start = 9, end = 28;
        var line = DisplayText.OneLine(tag);
        return DisplayText.Width(line) > width ? DisplayText.Start(line, start) + "..." + DisplayText.End(line, end) : line;
    }

    private static string Fit(PayloadText text)
    {
        var line = DisplayText.OneLine(text.ToString()).Trim();
        // Once more, because the cut may leave half of a character.
        return line.Length > MaxLength ? DisplayText.OneLine(line.Substring(0, MaxLength - 3)) + "..." : line;
    }

    private static void AppendHeadline(PayloadText text, IEnumerable<object?> values)
    {
        var parts = 0;
        foreach (var value in values.Where(v => v is not null))
        {
            text.Append(parts++ > 0 ? " " : string.Empty);
            if (value is bool succeeded && parts < 3)
            {
                text.Append(succeeded ? "ok" : "FAILED");
            }
            else
            {
                text.AppendValue(value);
            }
        }
    }
}
