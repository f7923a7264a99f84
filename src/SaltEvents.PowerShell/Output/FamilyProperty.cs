using System;
using System.Collections.Generic;
using SaltEvents.Output.Lazy;

namespace SaltEvents.Output;

/// <summary>A property of an event that is no field of its payload.</summary>
internal sealed class FamilyProperty(string name, Func<SaltEvent, object?> get)
{
    /// <summary>The event's own properties.</summary>
    public static IReadOnlyList<FamilyProperty> Own { get; } =
        [new("Tag", e => e.Tag), new("Timestamp", e => e.Timestamp), new("Data", e => e.Data), new("Family", e => e.Family)];

    /// <summary>
    /// What every event has, so that a script in strict mode can ask any of them. Where a family has no such property, it is
    /// what the payload says under that name, or empty.
    /// </summary>
    public static IReadOnlyList<FamilyProperty> Always { get; } =
        [Field("JobId", "JobId"), Field("MinionId", "MinionId"), Field("Function", "Function"), Field("Succeeded", "Succeeded")];

    /// <summary>Where an event came from, that is not of this master. Listed where there is something to say.</summary>
    public static IReadOnlyList<FamilyProperty> Origin { get; } =
        [new("Syndic", e => e.Syndic ?? Field("Syndic", "Syndic").GetValue(e)), new("Peer", e => e.Peer ?? Field("Peer", "Peer").GetValue(e))];

    /// <summary>What has to be asked for by name: it says what Data says, and ConvertTo-Json refuses keys that are no text.</summary>
    public static IReadOnlyList<FamilyProperty> Unlisted { get; } =
        [new("Raw", e => e.Raw), new(SaltEventAdapter.WireBody, e => e.GetWireBody())];

    public string Name { get; } = name;

    public object? GetValue(SaltEvent saltEvent) => get(saltEvent);

    /// <summary>A property that shows a top-level field of the payload.</summary>
    public static FamilyProperty Field(string name, string field) =>
        new(name, e => e.TryGetField(field, out var value) ? value : null);

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
