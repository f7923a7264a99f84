using SaltEvents.Core.Events;

namespace SaltEvents.Tests;

internal static class PayloadExtensions
{
    /// <summary>A field's value; null where it is not there.</summary>
    public static object? TryGet(this PayloadView fields, string name) => fields.TryGetValue(name, out var value) ? value : null;
}
