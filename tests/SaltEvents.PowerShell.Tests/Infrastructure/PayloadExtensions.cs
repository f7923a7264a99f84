using SaltEvents.Core.Events;

namespace SaltEvents.Tests;

internal static class PayloadExtensions
{
    /// <summary>A field's value; null where it is not there.</summary>
    public static object? TryGet(this PayloadView fields, string name) => fields.TryGetValue(name, out var value) ? value : null;

    /// <summary>A map of these fields.</summary>
    public static PayloadMap Map(params (object? Key, object? Value)[] entries)
    {
        var map = new PayloadMap();
        foreach (var (key, value) in entries)
        {
            map.Add(key, value);
        }

        return map;
    }
}
