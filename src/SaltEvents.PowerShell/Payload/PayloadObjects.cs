using System;
using System.Globalization;
using System.Linq;
using System.Linq.Expressions;
using System.Management.Automation;
using System.Text;
using SaltEvents.Core.Events;

namespace SaltEvents.Payload;

/// <summary>Names and values of a payload as PowerShell represents them.</summary>
internal static class PayloadObjects
{
    // Names that PowerShell keeps for itself: a property of that name cannot be added.
    private static readonly string[] Reserved = ["PSObject", "PSBase", "PSAdapted", "PSExtended", "PSTypeNames"];

    /// <summary>An empty custom object, with room for so many properties (PowerShell 7).</summary>
    public static Func<int, PSObject> NewObject { get; } = FindConstructor();

    /// <summary>A key as a property name; null if it can be none.</summary>
    public static string? NameOf(object? key) =>
        ToName(
            key switch
            {
                byte[] bytes => Encoding.UTF8.GetString(bytes),
                DateTime time => SaltTime.FormatText(time),
                _ => Convert.ToString(key, CultureInfo.InvariantCulture),
            }
        );

    /// <summary>A text as a property name; null if it can be none.</summary>
    public static string? ToName(string? name) =>
        string.IsNullOrEmpty(name) || (name![0] is 'P' or 'p' && Reserved.Contains(name, StringComparer.OrdinalIgnoreCase)) ? null : name;

    /// <summary>A decoded key as it was; maps become dictionaries.</summary>
    public static object? ToRaw(object? value)
    {
        if (value is not PayloadMap map)
        {
            return value is object?[] items ? items.Select(ToRaw).ToArray() : ToShared(value);
        }

        var dictionary = new SaltDictionary();
        foreach (var entry in map)
        {
            dictionary[ToRaw(entry.Key)!] = ToRaw(entry.Value);
        }

        return dictionary;
    }

    /// <summary>A scalar as a script gets it: the maps in a constant become dictionaries.</summary>
    public static object? ToShared(object? value) =>
        value is SaltConstant constant ? new SaltConstant(ToRaw(constant.Name), ToRaw(constant.Value)) : value;

    private static Func<int, PSObject> FindConstructor()
    {
        if (typeof(PSObject).GetConstructor([typeof(int)]) is not { } constructor)
        {
            return _ => new PSObject();
        }

        var capacity = Expression.Parameter(typeof(int));
        return Expression.Lambda<Func<int, PSObject>>(Expression.New(constructor, capacity), capacity).Compile();
    }
}
