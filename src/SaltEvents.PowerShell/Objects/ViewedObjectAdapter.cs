using System;
using System.Collections.Generic;
using System.Collections.ObjectModel;
using System.Linq;
using System.Management.Automation;
using System.Reflection;
using SaltEvents.Objects;

namespace SaltEvents;

/// <summary>
/// The properties of jobs and states, and beside them what views show of them, which neither Get-Member nor completion lists. Named in
/// SaltEvents.Types.ps1xml, whose own members completion would offer.
/// </summary>
public sealed class ViewedObjectAdapter : PSPropertyAdapter
{
    private static readonly Dictionary<Type, (string Name, Func<object, object?> Get)[]> Views = new()
    {
        [typeof(SaltJob)] =
        [
            ("Job function", o => SaltJobView.GetFunction(PSObject.AsPSObject(o))),
            ("Job summary", o => SaltJobView.GetSummary(PSObject.AsPSObject(o))),
        ],
        [typeof(SaltStateResult)] = Texts<SaltStateResult>(
            ("State minion", s => s.MinionId),
            ("State id", s => s.Id),
            ("State function", s => s.Function),
            ("State succeeded", s => s.Succeeded),
            ("State comment", s => s.Comment)
        ),
        [typeof(SaltFailedState)] = Texts<SaltFailedState>(
            ("State id", s => s.Id),
            ("State function", s => s.Function),
            ("State name", s => s.Name),
            ("State comment", s => s.Comment)
        ),
    };

    private static readonly Dictionary<Type, PropertyInfo[]> Own = Views.Keys.ToDictionary(t => t, t => t.GetProperties());

    private static (string Name, Func<object, object?> Get)[] Texts<T>(params (string Name, Func<T, object?> Get)[] columns) =>
        [.. columns.Select((string, Func<object, object?>) (c) => (c.Name, o => TerminalText.OneLine(c.Get((T)o))))];

    /// <inheritdoc/>
    public override Collection<PSAdaptedProperty> GetProperties(object baseObject) =>
        new(Own[baseObject.GetType()].Select(p => new PSAdaptedProperty(p.Name, p)).ToList());

    /// <inheritdoc/>
    public override PSAdaptedProperty? GetProperty(object baseObject, string propertyName)
    {
        var type = baseObject.GetType();
        if (Array.Find(Own[type], p => p.Name.Equals(propertyName, StringComparison.OrdinalIgnoreCase)) is { } own)
        {
            return new PSAdaptedProperty(own.Name, own);
        }

        var (name, get) = Array.Find(Views[type], v => v.Name.Equals(propertyName, StringComparison.OrdinalIgnoreCase));
        return name is null ? null : new PSAdaptedProperty(name, get);
    }

    /// <inheritdoc/>
    public override object? GetPropertyValue(PSAdaptedProperty adaptedProperty) =>
        adaptedProperty.Tag is Func<object, object?> get
            ? get(adaptedProperty.BaseObject)
            : ((PropertyInfo)adaptedProperty.Tag).GetValue(adaptedProperty.BaseObject);

    /// <inheritdoc/>
    public override string GetPropertyTypeName(PSAdaptedProperty adaptedProperty) =>
        (adaptedProperty.Tag is PropertyInfo own ? own.PropertyType : typeof(string)).FullName!;

    /// <inheritdoc/>
    public override bool IsGettable(PSAdaptedProperty adaptedProperty) => true;

    /// <inheritdoc/>
    public override bool IsSettable(PSAdaptedProperty adaptedProperty) => false;

    /// <inheritdoc/>
    public override void SetPropertyValue(PSAdaptedProperty adaptedProperty, object value) =>
        throw new SetValueException($"The property {adaptedProperty.Name} cannot be set.");
}
