using System;
using System.Collections;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Management.Automation;
using System.Text;
using SaltEvents.Core.Recording;
using SaltEvents.Output.Lazy;

namespace SaltEvents.Output;

/// <summary>An event's payload in one line, for tables.</summary>
internal static class EventSummary
{
    private const int MaxLength = 200;
    private const string Hidden = "(secret)";

    // What the tag or another column says already, and what says nothing to a reader.
    private static readonly string[] Skipped = ["_stamp", "cmd", "pretag", "tag", "jid"];

    public static string Of(SaltEvent saltEvent)
    {
        if (saltEvent.TagFamily.IsSecret)
        {
            return Hidden;
        }

        var text = new StringBuilder();
        if (saltEvent.TagFamily.Headline is { } headline)
        {
            AppendHeadline(text, headline(saltEvent));
            return Fit(text);
        }

        object? data = saltEvent.Map;
        // What a minion sends is wrapped; its sender's id is worth showing.
        if (data is LazyMap wrapper && wrapper.TryGetValue("cmd") is "_minion_event")
        {
            text.Append("id=").Append(LazyNode.DataOf(wrapper.TryGetValue("id"))).Append(' ');
            data = wrapper.TryGetValue("data");
        }

        Append(text, data ?? saltEvent.Data, top: true);
        return Fit(text);
    }

    /// <summary>
    /// A tag in 40 characters. "salt/job/&lt;jid&gt;/ret/web01" is 39 long; a longer tag is cut in its middle, since who it is
    /// about stands at its end.
    /// </summary>
    public static string ShortTag(string tag)
    {
        const int width = 40, start = 9, end = 28;
        var line = Masked(tag);
        return line.Length > width ? line.Substring(0, start) + "..." + line.Substring(line.Length - end) : line;
    }

    private static string Fit(StringBuilder text)
    {
        var line = Masked(text.ToString()).Trim();
        return line.Length > MaxLength ? line.Substring(0, MaxLength - 3) + "..." : line;
    }

    // What could change the terminal, or the order of its text, must not reach it from the bus.
    private static string Masked(string text) => text.All(IsVisible) ? text : new string(text.Select(c => IsVisible(c) ? c : ' ').ToArray());

    private static bool IsVisible(char c) => CharUnicodeInfo.GetUnicodeCategory(c)
        is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);

    private static void AppendHeadline(StringBuilder text, IEnumerable<object?> values)
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
                Append(text, value, top: false);
            }
        }
    }

    private static void Append(StringBuilder text, object? value, bool top)
    {
        if (text.Length > MaxLength)
        {
            return;
        }

        switch (value)
        {
            case null:
                text.Append("null");
                break;
            case string words:
                text.Append(words, 0, Math.Min(words.Length, MaxLength));
                break;
            case bool flag:
                text.Append(flag ? "true" : "false");
                break;
            case byte[] bytes:
                text.AppendFormat(CultureInfo.InvariantCulture, "({0} bytes)", bytes.Length);
                break;
            case LazyMap map:
                AppendMap(text, map.Fields, top);
                break;
            case LazyBytes bytes:
                Append(text, bytes.Data, top);
                break;
            case LazyList list:
                Append(text, list.Items, top);
                break;
            case PSObject map:
                AppendMap(text, map.Properties.Select(p => (p.Name, (object?)p.Value)), top);
                break;
            case IList items:
                text.Append('[');
                for (var i = 0; i < items.Count && text.Length <= MaxLength; i++)
                {
                    text.Append(i > 0 ? "," : string.Empty);
                    Append(text, items[i], top: false);
                }

                text.Append(']');
                break;
            default:
                text.Append(Convert.ToString(value, CultureInfo.InvariantCulture));
                break;
        }
    }

    private static void AppendMap(StringBuilder text, IEnumerable<(string Name, object? Value)> fields, bool top)
    {
        text.Append(top ? string.Empty : "{");
        var first = true;
        foreach (var (name, value) in fields)
        {
            if (text.Length > MaxLength)
            {
                break;
            }

            if (top && Skipped.Contains(name))
            {
                continue;
            }

            text.Append(first ? string.Empty : top ? " " : ",").Append(name).Append('=');
            if (SecretFields.Contains(name))
            {
                text.Append(Hidden);
            }
            else
            {
                Append(text, value, top: false);
            }

            first = false;
        }

        text.Append(top ? string.Empty : "}");
    }
}
