using System;
using System.Collections.Generic;
using System.Collections.ObjectModel;
using System.Management.Automation;
using SaltEvents.Output;

namespace SaltEvents;

/// <summary>
/// Shows an event's properties to PowerShell when it asks for them: Tag, Timestamp, Data and Family, then those of every
/// event and the family's, then the payload's top-level fields. Named in SaltEvents.Types.ps1xml.
/// </summary>
public sealed class SaltEventAdapter : PSPropertyAdapter
{
    /// <summary>The property that is serialized with an event: its bytes.</summary>
    internal const string WireBody = "WireBody";

    /// <inheritdoc/>
    public override Collection<string> GetTypeNameHierarchy(object baseObject) => ((SaltEvent)baseObject).TagFamily.TypeNames;

    /// <inheritdoc/>
    public override Collection<PSAdaptedProperty> GetProperties(object baseObject)
    {
        var saltEvent = (SaltEvent)baseObject;
        var family = saltEvent.TagFamily;
        var properties = new Collection<PSAdaptedProperty>();
        foreach (var property in family.Visible)
        {
            properties.Add(new PSAdaptedProperty(property.Name, property));
        }

        foreach (var property in FamilyProperty.Origin)
        {
            if (property.GetValue(saltEvent) is not null)
            {
                properties.Add(new PSAdaptedProperty(property.Name, property));
            }
        }

        foreach (var name in saltEvent.GetFieldNames())
        {
            if (family.Find(name) is null)
            {
                properties.Add(new PSAdaptedProperty(name, null));
            }
        }

        return properties;
    }

    /// <inheritdoc/>
    public override PSAdaptedProperty? GetProperty(object baseObject, string propertyName)
    {
        var saltEvent = (SaltEvent)baseObject;
        var property = saltEvent.TagFamily.Find(propertyName);
        return property is not null ? new PSAdaptedProperty(property.Name, property)
            : saltEvent.TryGetField(propertyName, out _) ? new PSAdaptedProperty(propertyName, null)
            : null;
    }

    /// <inheritdoc/>
    public override object? GetPropertyValue(PSAdaptedProperty adaptedProperty)
    {
        var saltEvent = (SaltEvent)adaptedProperty.BaseObject;
        return adaptedProperty.Tag is FamilyProperty property ? property.GetValue(saltEvent)
            : saltEvent.TryGetField(adaptedProperty.Name, out var value) ? value : null;
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
        throw new SetValueException($"The property {adaptedProperty.Name} of an event cannot be set. Set a field of its Data: $event.Data.{adaptedProperty.Name} = ...");
}
