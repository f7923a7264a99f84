using System;
using System.Collections.Generic;
using System.Collections.ObjectModel;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Runspaces;
using SaltEvents.Objects;

namespace SaltEvents;

/// <summary>
/// Shows an event's properties to PowerShell when it asks for them: Tag, Timestamp, Data and Family, then those of every
/// event and the family's, then the payload's top-level fields, unless there are very many. Named in SaltEvents.Types.ps1xml.
/// </summary>
public sealed class SaltEventAdapter : PSPropertyAdapter
{
    /// <summary>The property that is serialized with an event: its bytes.</summary>
    internal const string WireBody = "WireBody";

    /// <summary>A property that no class has.</summary>
    private const string AdapterOnly = "Serialized.Tag";

    /// <summary>
    /// Of a payload with more fields only Data lists them: what lists every property, as ConvertTo-Json does, has them twice otherwise.
    /// </summary>
    private const int MaxListedFields = 1000;

    // The runspaces that have imported the module, and so know this adapter. Those of jobs and of ForEach-Object -Parallel end early.
    private static readonly List<WeakReference<Runspace>> Homes = [];

    /// <summary>
    /// Notes that the current runspace has imported the module. The module's script calls it: PowerShell makes the adapter on any of its
    /// threads, and one without a runspace cannot say for which it is.
    /// </summary>
    public static void AddRunspace()
    {
        var current = Runspace.DefaultRunspace;
        lock (Homes)
        {
            Homes.RemoveAll(h =>
                !h.TryGetTarget(out var home) || home == current || home.RunspaceStateInfo.State is RunspaceState.Closed or RunspaceState.Broken
            );
            Homes.Add(new WeakReference<Runspace>(current));
        }
    }

    /// <inheritdoc/>
    public override Collection<string> GetTypeNameHierarchy(object baseObject) => ((SaltEvent)baseObject).TagFamily.TypeNames;

    /// <inheritdoc/>
    public override Collection<PSAdaptedProperty> GetProperties(object baseObject) =>
        new(new DeferredList<PSAdaptedProperty>(List((SaltEvent)baseObject)));

    /// <inheritdoc/>
    public override PSAdaptedProperty? GetProperty(object baseObject, string propertyName)
    {
        var saltEvent = (SaltEvent)baseObject;
        var property = saltEvent.TagFamily.Find(propertyName);
        if (property is not null)
        {
            return property.ExistsWhenEmpty || property.GetValue(saltEvent) is not null
                ? new PSAdaptedProperty(property.ShownName, property)
                : null;
        }

        return saltEvent.TryGetField(propertyName, out _) ? new PSAdaptedProperty(propertyName, null) : null;
    }

    /// <inheritdoc/>
    public override object? GetPropertyValue(PSAdaptedProperty adaptedProperty)
    {
        if (adaptedProperty.Tag is PSPropertyInfo field)
        {
            return field.Value;
        }

        var saltEvent = (SaltEvent)adaptedProperty.BaseObject;
        return adaptedProperty.Tag is FamilyProperty property ? property.GetValue(saltEvent)
            : saltEvent.TryGetField(adaptedProperty.Name, out var value) ? value : null;
    }

    private static IEnumerable<PSAdaptedProperty> List(SaltEvent saltEvent)
    {
        var family = saltEvent.TagFamily;
        foreach (var property in family.Visible)
        {
            yield return new PSAdaptedProperty(property.Name, property);
        }

        foreach (var property in FamilyProperty.Origin)
        {
            if (property.GetValue(saltEvent) is not null)
            {
                yield return new PSAdaptedProperty(property.Name, property);
            }
        }

        if (saltEvent.Map?.Count > MaxListedFields)
        {
            yield break;
        }

        foreach (var field in saltEvent.GetFields())
        {
            if (family.Find(field.Name) is null)
            {
                yield return new PSAdaptedProperty(field.Name, field);
            }
        }
    }

    /// <summary>
    /// An event as an object with its properties. An event from a job is created on a thread without a runspace, and an object
    /// keeps forever the adapter that it first found: there it finds none.
    /// </summary>
    internal static PSObject Wrap(SaltEvent saltEvent) =>
        (Runspace.DefaultRunspace is null ? FindHomes().Select(home => WrapIn(home, saltEvent)).FirstOrDefault(w => w is not null) : null)
        ?? new PSObject(saltEvent);

    // Null if the runspace does not know the adapter, because it has removed the module or is closing.
    private static PSObject? WrapIn(Runspace home, SaltEvent saltEvent)
    {
        var wrapped = new PSObject(saltEvent);
        try
        {
            Runspace.DefaultRunspace = home;
            _ = wrapped.TypeNames;
            return wrapped.Properties[AdapterOnly] is null ? null : wrapped;
        }
        finally
        {
            Runspace.DefaultRunspace = null;
        }
    }

    private static Runspace[] FindHomes()
    {
        lock (Homes)
        {
            return [.. Homes.Where(IsOpen).Select(h => h.TryGetTarget(out var home) ? home : null).OfType<Runspace>()];
        }
    }

    private static bool IsOpen(WeakReference<Runspace> reference) =>
        reference.TryGetTarget(out var runspace) && runspace.RunspaceStateInfo.State == RunspaceState.Opened;

    /// <inheritdoc/>
    public override string GetPropertyTypeName(PSAdaptedProperty adaptedProperty) =>
        GetPropertyValue(adaptedProperty)?.GetType().FullName ?? typeof(object).FullName!;

    /// <inheritdoc/>
    public override bool IsGettable(PSAdaptedProperty adaptedProperty) => true;

    /// <inheritdoc/>
    public override bool IsSettable(PSAdaptedProperty adaptedProperty) => false;

    /// <inheritdoc/>
    public override void SetPropertyValue(PSAdaptedProperty adaptedProperty, object value) =>
        throw new SetValueException(
            $"The property {adaptedProperty.Name} of an event cannot be set. Set a field of its Data: $event.Data.{adaptedProperty.Name} = ..."
        );
}
