using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Management.Automation;
using SaltEvents.Core.Events;
using SaltEvents.Objects;
using SaltEvents.Payload;

namespace SaltEvents;

/// <summary>
/// What the views of SaltEvents.Format.ps1xml show of an event, live or as a remote session gives it: nothing that controls the terminal,
/// and no secrets. Named in SaltEvents.Types.ps1xml too.
/// </summary>
public static class SaltEventView
{
    // More than a screen holds, so that a huge payload does not hold one up.
    private const int MaxLength = 20_000;

    /// <summary>The tag, cut if it is long.</summary>
    public static string GetTag(PSObject shown) => Find(shown) is { } saltEvent ? EventSummary.ShortTag(saltEvent.Tag) : string.Empty;

    /// <summary>The time on this computer's clock.</summary>
    public static string GetTime(PSObject shown) => Find(shown)?.GetLocalTime() ?? string.Empty;

    /// <summary>One line of what is in it.</summary>
    public static string GetContent(PSObject shown) => Find(shown) is { } saltEvent ? EventSummary.Colored(saltEvent) : string.Empty;

    /// <summary>Whether such an event has the property, of its family or for where it came from.</summary>
    public static bool HasProperty(PSObject shown, string name) =>
        Find(shown) is { } saltEvent && PropertiesOf(saltEvent).Any(p => p.Name == name);

    /// <summary>The value of that property.</summary>
    public static string GetProperty(PSObject shown, string name) =>
        Find(shown) is { } saltEvent && PropertiesOf(saltEvent).FirstOrDefault(p => p.Name == name) is { } property
            ? Colored(property, saltEvent)
            : string.Empty;

    /// <summary>The payload, a line for each field that no property shows.</summary>
    public static string GetData(PSObject shown)
    {
        if (Find(shown) is not { } saltEvent)
        {
            return string.Empty;
        }

        object? payload = saltEvent.Map ?? saltEvent.Data;
        var text =
            saltEvent.TagFamily.IsSecret ? PayloadText.Hidden
            : PayloadText.FieldsOf(payload) is { } fields
                ? TerminalText.Lines(PayloadLines.Format(fields.Where(f => !IsShown(saltEvent, f.Name, f.Value)), MaxLength))
            : TextOf(payload);
        return TerminalStyle.Content(text, () => false);
    }

    /// <summary>All of it, as Format-Custom shows it.</summary>
    public static string GetText(PSObject shown)
    {
        if (Find(shown) is not { } saltEvent)
        {
            return TerminalText.Lines(shown);
        }

        var properties = PropertiesOf(saltEvent).Select(p => (p.Name, TextOf(p.GetValue(saltEvent))));
        IEnumerable<(string Name, string Value)> lines =
        [
            (nameof(SaltEvent.Tag), TerminalText.OneLine(saltEvent.Tag)),
            (nameof(SaltEvent.Timestamp), TextOf(saltEvent.Timestamp)),
            .. properties,
            (nameof(SaltEvent.Data), GetData(shown)),
        ];
        return string.Join("\n", lines.Select(l => $"{l.Name}: {l.Value.Replace("\n", "\n  ")}"));
    }

    // A live event, or what a job or a remote session has made of one.
    private static SaltEvent? Find(PSObject shown) => EventInput.From(shown);

    private static IEnumerable<FamilyProperty> PropertiesOf(SaltEvent saltEvent) =>
        saltEvent.TagFamily.Properties.Concat(FamilyProperty.Origin.Where(p => p.GetValue(saltEvent) is not null));

    private static string Colored(FamilyProperty property, SaltEvent saltEvent)
    {
        var value = property.GetValue(saltEvent);
        return property.Name == nameof(SaltEvent.Succeeded) ? TerminalText.Outcome(value)
            : property == JobOutcome.FailedStates && value is object[] { Length: > 0 } ? TerminalStyle.Failure(TextOf(value))
            : TerminalStyle.Content(TextOf(value), () => false);
    }

    // Whether a property of the list says what the field says.
    private static bool IsShown(SaltEvent saltEvent, string field, object? value) => field switch
    {
        EventCodec.StampKey => saltEvent.Timestamp is not null,
        "jid" => Equals(value, saltEvent.JobId),
        "id" => Equals(value, saltEvent.MinionId),
        "fun" => Equals(value, saltEvent.Function),
        _ => saltEvent.TagFamily.Properties.Any(p => p.FieldName == field),
    };

    private static string TextOf(object? value) => value switch
    {
        null => string.Empty,
        DateTime time => time.ToString("o", CultureInfo.InvariantCulture),
        object?[] => "{" + string.Join(", ", PayloadText.ItemsOf(value)!.Cast<object?>().Select(TextOf)) + "}",
        string or bool => TerminalText.Lines(value),
        _ => TerminalText.Lines(PayloadLines.Format(value, MaxLength)),
    };
}
