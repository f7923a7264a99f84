using System;
using System.Collections.ObjectModel;
using System.Linq;
using System.Management.Automation;

namespace SaltEvents;

/// <summary>
/// Shows an event's properties to PowerShell when it asks for them: Tag, Timestamp and Data, then the family's, then the
/// payload's top-level fields. Named in SaltEvents.Types.ps1xml.
/// </summary>
public sealed class SaltEventAdapter : PSPropertyAdapter
{
    /// <summary>The property that is serialized with an event: its bytes.</summary>
    internal const string WireBody = "WireBody";

    private const string TypeName = "SaltEvents.SaltEvent";
    private static readonly string[] Own = [nameof(SaltEvent.Tag), nameof(SaltEvent.Timestamp), nameof(SaltEvent.Data)];

    // These have to be asked for by name: they say what Data says, and ConvertTo-Json refuses keys that are no text.
    private static readonly string[] Unlisted = [nameof(SaltEvent.Raw), WireBody];

    /// <inheritdoc/>
    public override Collection<string> GetTypeNameHierarchy(object baseObject)
    {
        var names = new Collection<string> { TypeName, typeof(object).FullName! };
        if (((SaltEvent)baseObject).Family.Name is { Length: > 0 } family)
        {
            names.Insert(0, TypeName + "#" + family);
        }

        return names;
    }

    /// <inheritdoc/>
    public override Collection<PSAdaptedProperty> GetProperties(object baseObject)
    {
        var saltEvent = (SaltEvent)baseObject;
        var names = Own.Concat(saltEvent.Family.Properties.Select(p => p.Name)).Concat(saltEvent.GetFieldNames())
            .Distinct(StringComparer.OrdinalIgnoreCase).Except(Unlisted, StringComparer.OrdinalIgnoreCase);
        return new Collection<PSAdaptedProperty>(names.Select(n => new PSAdaptedProperty(n, null)).ToList());
    }

    /// <inheritdoc/>
    public override PSAdaptedProperty? GetProperty(object baseObject, string propertyName)
    {
        var saltEvent = (SaltEvent)baseObject;
        return IsOwn(propertyName) || FamilyPropertyOf(saltEvent, propertyName) is not null || saltEvent.TryGetField(propertyName, out _)
            ? new PSAdaptedProperty(propertyName, null)
            : null;
    }

    /// <inheritdoc/>
    public override object? GetPropertyValue(PSAdaptedProperty adaptedProperty)
    {
        var saltEvent = (SaltEvent)adaptedProperty.BaseObject;
        var name = adaptedProperty.Name;
        if (IsOwn(name))
        {
            return OwnValue(saltEvent, name);
        }

        return FamilyPropertyOf(saltEvent, name) is { } property
            ? property.GetValue(saltEvent)
            : saltEvent.TryGetField(name, out var value) ? value : null;
    }

    /// <inheritdoc/>
    public override string GetPropertyTypeName(PSAdaptedProperty adaptedProperty) =>
        GetPropertyValue(adaptedProperty)?.GetType().FullName ?? typeof(object).FullName!;

    /// <inheritdoc/>
    public override bool IsGettable(PSAdaptedProperty adaptedProperty) => true;

    /// <inheritdoc/>
    public override bool IsSettable(PSAdaptedProperty adaptedProperty) => false;

    /// <inheritdoc/>
    public override void SetPropertyValue(PSAdaptedProperty adaptedProperty, object value) =>
        throw new SetValueException("An event that was received cannot be changed. Change a copy of its Data, or its Raw dictionary.");

    private static bool IsOwn(string name) =>
        Own.Concat(Unlisted).Contains(name, StringComparer.OrdinalIgnoreCase);

    private static object? OwnValue(SaltEvent saltEvent, string name) => name.ToUpperInvariant() switch
    {
        "TAG" => saltEvent.Tag,
        "TIMESTAMP" => saltEvent.Timestamp,
        "DATA" => saltEvent.Data,
        "WIREBODY" => saltEvent.GetWireBody(),
        _ => saltEvent.Raw,
    };

    private static Output.FamilyProperty? FamilyPropertyOf(SaltEvent saltEvent, string name) =>
        saltEvent.Family.Properties.FirstOrDefault(p => p.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
}
