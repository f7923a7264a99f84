using System;
using System.Collections;
using System.Globalization;
using System.Linq;
using System.Management.Automation;
using SaltEvents.Core.Events;

namespace SaltEvents.Objects;

/// <summary>
/// What a script has changed in the Data of an event that came from a remote session. Such an event is an object without code,
/// which cannot record an edit: its Data is compared with the event's bytes.
/// </summary>
internal static class SerializedEdits
{
    /// <summary>Applies the edits of the serialized Data to the event itself.</summary>
    public static void Apply(SaltEvent saltEvent, object? serialized)
    {
        if (saltEvent.Data is PSObject live && serialized is PSObject given)
        {
            Apply(live, given, 1);
        }
    }

    private static void Apply(PSObject live, PSObject given, int depth)
    {
        foreach (var property in given.Properties.Where(p => p.IsGettable))
        {
            var field = live.Properties[property.Name] ?? live.Properties.FirstOrDefault(p => SerializedValue.Text(p.Name) == property.Name);
            if (field is null)
            {
                live.Properties.Add(new PSNoteProperty(property.Name, property.Value));
            }
            else if (IsMap(field.Value) && IsMap(property.Value) && depth < SerializedValue.MaxDepth)
            {
                Apply((PSObject)field.Value, (PSObject)property.Value, depth + 1);
            }
            else if (!IsSame(field.Value, property.Value, depth + 1))
            {
                field.Value = property.Value;
            }
        }

        // The time of firing is set when the event is sent.
        foreach (
            var name in live
                .Properties.Select(p => p.Name)
                .Where(name => name != EventCodec.StampKey && given.Properties[SerializedValue.Text(name)] is null)
                .ToList()
        )
        {
            live.Properties.Remove(name);
        }
    }

    private static bool IsSame(object? live, object? given, int depth)
    {
        if (live is PSObject map && IsMap(map))
        {
            return IsTooDeep(given, depth)
                || (given is PSObject other && IsMap(other) && map.Properties.Count() == other.Properties.Count()
                    && map.Properties.All(p => other.Properties[SerializedValue.Text(p.Name)] is { } there && IsSame(p.Value, there.Value, depth + 1)));
        }

        if (live is byte[] bytes)
        {
            return Unwrap(given) is byte[] others && bytes.SequenceEqual(others);
        }

        if (live is Array items)
        {
            return IsTooDeep(given, depth)
                || (
                    Unwrap(given) is IList list
                    && items.Length == list.Count
                    && items.Cast<object?>().Zip(list.Cast<object?>(), (a, b) => IsSame(a, b, depth + 1)).All(same => same)
                );
        }

        // A constant and an extension arrive as objects without code, and cannot be edited.
        return Equals(Unwrap(live), Unwrap(given))
            || (live is string text && Equals(SerializedValue.Text(text), Unwrap(given)))
            || IsSameNumber(live, Unwrap(given))
            || (
                live is SaltConstant or SaltExtension
                && given is PSObject bag
                && bag.TypeNames.Contains("Deserialized." + live.GetType().FullName)
            );
    }

    private static bool IsSameNumber(object? live, object? given) =>
        live is sbyte or byte or short or ushort or int or uint or long or ulong
        && given is sbyte or byte or short or ushort or int or uint or long or ulong
        && Convert.ToDecimal(live, CultureInfo.InvariantCulture) == Convert.ToDecimal(given, CultureInfo.InvariantCulture);

    private static bool IsTooDeep(object? given, int depth) => depth > SerializedValue.MaxDepth && Unwrap(given) is SerializedValue.TooDeep;

    private static bool IsMap(object? value) => value is PSObject { BaseObject: PSCustomObject };

    private static object? Unwrap(object? value) => value is PSObject { BaseObject: not PSCustomObject and var inner } ? inner : value;
}
