using System;
using System.Globalization;
using System.Linq;
using System.Management.Automation;
using System.Text;
using SaltEvents.Core.Events;

namespace SaltEvents.Output;

/// <summary>Decoded payload values as PowerShell sees them: maps as objects (Data), or as dictionaries (Raw).</summary>
internal static class PayloadObjects
{
    // Names that PowerShell keeps for itself: a property of that name cannot be added.
    private static readonly string[] Reserved = ["PSObject", "PSBase", "PSAdapted", "PSExtended", "PSTypeNames"];

    /// <summary>Maps become objects. Of keys that differ only in case the first counts, as do keys that read alike as text.</summary>
    public static object? ToData(object? value) => value switch
    {
        PayloadMap map => ToObject(map),
        object?[] items => items.Select(ToData).ToArray(),
        _ => ToShared(value),
    };

    /// <summary>Maps become dictionaries with their keys as they were.</summary>
    public static object? ToRaw(object? value)
    {
        if (value is not PayloadMap map)
        {
            return value is object?[] items ? items.Select(ToRaw).ToArray() : ToShared(value);
        }

        var dictionary = new SaltDictionary();
        foreach (var entry in map)
        {
            dictionary.AddRaw(ToRaw(entry.Key), ToRaw(entry.Value));
        }

        return dictionary;
    }

    /// <summary>A key as a property name; null where it can be none.</summary>
    public static string? NameOf(object? key)
    {
        var name = key is byte[] bytes ? Encoding.UTF8.GetString(bytes) : Convert.ToString(key, CultureInfo.InvariantCulture);
        return string.IsNullOrEmpty(name) || Reserved.Contains(name, StringComparer.OrdinalIgnoreCase) ? null : name;
    }

    private static PSObject ToObject(PayloadMap map)
    {
        var result = new PSObject();
        foreach (var entry in map)
        {
            if (NameOf(entry.Key) is { } name && result.Properties[name] is null)
            {
                result.Properties.Add(new PSNoteProperty(name, ToData(entry.Value)), preValidated: true);
            }
        }

        return result;
    }

    // No type of a private assembly may reach a script.
    private static object? ToShared(object? value) => value switch
    {
        PayloadConstant constant => new SaltConstant(ToRaw(constant.Name), ToRaw(constant.Value)),
        PayloadExtension extension => new SaltExtension(extension.Code, extension.Data),
        _ => value,
    };
}
