using System;
using System.Collections.Generic;
using SaltEvents.Payload.Lazy;

namespace SaltEvents.Objects;

/// <summary>A property of an event that is not a field of its payload.</summary>
internal sealed class FamilyProperty(string name, Func<SaltEvent, object?> get)
{
    /// <summary>The event's own properties.</summary>
    public static IReadOnlyList<FamilyProperty> Own { get; } =
        [new("Tag", e => e.Tag), new("Timestamp", e => e.Timestamp), new("Data", e => e.Data), new("Family", e => e.Family)];

    /// <summary>
    /// What every event has, so that a script in strict mode can read it on any event. If a family has no such property, it is
    /// what the payload says under that name, or empty.
    /// </summary>
    public static IReadOnlyList<FamilyProperty> Always { get; } =
    [
        Field("JobId", "JobId"),
        Field("MinionId", "MinionId"),
        Field("Function", "Function"),
        Field("Succeeded", "Succeeded"),
        new("FailedStates", e => e.TryGetField("FailedStates", out var value) && value is not null ? value : Array.Empty<SaltFailedState>()),
    ];

    /// <summary>Where an event came from, if not from this master. Listed only if it has a value.</summary>
    public static IReadOnlyList<FamilyProperty> Origin { get; } =
    [
        new("Site", e => e.Site ?? Field("Site", "Site").GetValue(e)),
        new("Syndic", e => e.Syndic ?? Field("Syndic", "Syndic").GetValue(e)),
        new("Peer", e => e.Peer ?? Field("Peer", "Peer").GetValue(e)),
    ];

    /// <summary>
    /// Properties that are only shown by name. Raw and WireBody repeat Data, and ConvertTo-Json refuses keys that are not
    /// text. The others are the columns of the table: a view is much faster with properties than with script blocks.
    /// </summary>
    public static IReadOnlyList<FamilyProperty> Unlisted { get; } =
    [
        new("Raw", e => e.Raw),
        new(SaltEventAdapter.WireBody, e => ((IWireEvent)e).WireBody),
        new("SaltEvent time", e => e.GetLocalTime()),
        new("SaltEvent tag", e => EventSummary.ShortTag(e.Tag)),
        new("SaltEvent content", EventSummary.Colored),
    ];

    public string Name { get; } = name;

    /// <summary>The name that PowerShell sees, which may differ from the one that it asked for if that shows the purpose.</summary>
    public string ShownName { get; private init; } = name;

    /// <summary>
    /// The same for PowerShell's serializer, which has the name from SaltEvents.Types.ps1xml: nested no deeper than what is read
    /// again, whatever a sender has put into the event.
    /// </summary>
    public FamilyProperty Serialized(bool evenEmpty = true) =>
        new("Serialized." + Name, e => SerializedValue.From(e, get(e))) { ShownName = Name, ExistsWhenEmpty = evenEmpty };

    /// <summary>The top-level field of the payload that it shows; null if it shows something else.</summary>
    public string? FieldName { get; private init; }

    /// <summary>Whether an event has the property even if it is empty.</summary>
    public bool ExistsWhenEmpty { get; private init; } = true;

    public object? GetValue(SaltEvent saltEvent) => get(saltEvent);

    /// <summary>A property that shows a top-level field of the payload.</summary>
    public static FamilyProperty Field(string name, string field) =>
        new(name, e => e.TryGetField(field, out var value) ? value : null) { FieldName = field };

    /// <summary>A property that shows what a minion's event wraps under "data".</summary>
    public static FamilyProperty Wrapped(string name, params string[] path) =>
        new(name, e =>
        {
            var value = e.Map?.TryGetValue("data");
            foreach (var step in path)
            {
                value = (value as LazyMap)?.TryGetValue(step);
            }

            return LazyNode.DataOf(value);
        });
}
