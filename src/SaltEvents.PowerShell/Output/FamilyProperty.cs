using System;

namespace SaltEvents.Output;

/// <summary>A property that events of a family have.</summary>
internal sealed class FamilyProperty(string name, Func<SaltEvent, object?> get)
{
    public string Name { get; } = name;

    public object? GetValue(SaltEvent saltEvent) => get(saltEvent);

    /// <summary>A property that shows a top-level field of the payload.</summary>
    public static FamilyProperty Field(string name, string field) =>
        new(name, e => e.TryGetField(field, out var value) ? value : null);

    /// <summary>A property that shows what a minion's event wraps under "data".</summary>
    public static FamilyProperty Wrapped(string name, params string[] path) =>
        new(name, e =>
        {
            e.TryGetField("data", out var value);
            foreach (var step in path)
            {
                value = (value as System.Management.Automation.PSObject)?.Properties[step]?.Value;
            }

            return value;
        });
}
