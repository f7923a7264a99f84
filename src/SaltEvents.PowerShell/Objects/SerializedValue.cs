using System;
using System.Collections;
using System.Collections.Generic;
using System.Collections.Specialized;
using System.Linq;
using System.Management.Automation;
using SaltEvents.Core.Compat;
using SaltEvents.Core.Events;
using SaltEvents.Core.Framing;
using SaltEvents.Payload;
using SaltEvents.Payload.Lazy;

namespace SaltEvents.Objects;

/// <summary>
/// A value of an event for PowerShell's serializer. It writes 50 levels and reads 49, whatever depth is set, so that one
/// event with deeper nesting would make everything after it unreadable. The event's bytes are also serialized, completely.
/// </summary>
internal static class SerializedValue
{
    /// <summary>How many levels of a payload are serialized; the others are left to what is around the event.</summary>
    public const int MaxDepth = 32;

    /// <summary>The placeholder for the levels below.</summary>
    public const string TooDeep = "(nested deeper than 32 levels)";

    public static object? From(SaltEvent saltEvent, object? value) => value switch
    {
        string text => Text(text),
        SaltConstant => Limit(value, 1),
        PSObject or (Array and not byte[]) or IDictionary when !saltEvent.IsSerializable => Limit(value, 1),
        _ => value,
    };

    /// <summary>A value of a payload for an object that is made of several events, whole unless it is nested too deeply.</summary>
    public static object? From(object? value) => value switch
    {
        LazyNode node when !IsSerializable(node.Packed.Span) => Limit(node.Data, 1),
        SaltConstant => Limit(value, 1),
        string text => Text(text),
        _ => LazyNode.DataOf(value),
    };

    /// <summary>A text that the serializer can write.</summary>
    public static string Text(string text) => TextSupport.ToXml(text);

    /// <summary>
    /// Whether it writes msgpack as it is: nested no deeper than that, with no such text, and with nothing inside a constant, which is
    /// msgpack in an extension.
    /// </summary>
    public static bool IsSerializable(ReadOnlySpan<byte> packed) =>
        MessagePackToken.IsOneValue(packed, MaxDepth)
        && packed.IndexOf("\uFFFE"u8) < 0
        && packed.IndexOf("\uFFFF"u8) < 0
        && !MessagePackToken.HasExtension(packed, SaltTime.ConstantExtension);

    // An object that a script has put in several places is copied once for each level, however many they are.
    private static object? Limit(object? value, int depth) => Limit(value, depth, []);

    private static object? Limit(object? value, int depth, Dictionary<(object Value, int Depth), object> copies)
    {
        value = value is PSObject { BaseObject: not PSCustomObject and var inner } ? inner : value;
        if (value is not (PSObject or IDictionary or (Array and not byte[])))
        {
            return LimitOther(value, depth, copies);
        }

        if (depth > MaxDepth)
        {
            return TooDeep;
        }

        var key = (value, depth);
        if (!copies.TryGetValue(key, out var copy))
        {
            copies[key] = copy = Copy(value, depth + 1, copies);
        }

        return copy;
    }

    private static object Copy(object value, int depth, Dictionary<(object Value, int Depth), object> copies)
    {
        switch (value)
        {
            case PSObject map:
                var copy = PayloadObjects.NewObject(map.Properties.Count());
                foreach (var property in map.Properties.Where(p => p.IsGettable && copy.Properties[Text(p.Name)] is null))
                {
                    copy.Properties.Add(new PSNoteProperty(Text(property.Name), Limit(property.Value, depth, copies)), preValidated: true);
                }

                return copy;
            case IDictionary dictionary:
                var ordered = new OrderedDictionary();
                foreach (DictionaryEntry entry in dictionary)
                {
                    ordered[entry.Key is string key ? Text(key) : entry.Key] = Limit(entry.Value, depth, copies);
                }

                return ordered;
            default:
                return ((Array)value).Cast<object?>().Select(item => Limit(item, depth, copies)).ToArray();
        }
    }

    private static object? LimitOther(object? value, int depth, Dictionary<(object Value, int Depth), object> copies) => value switch
    {
        SaltFailedState state => new SaltFailedState(state, part => Limit(part, depth + 1, copies)),
        SaltConstant constant => new SaltConstant(Limit(constant.Name, depth + 1, copies), Limit(constant.Value, depth + 1, copies)),
        string text => Text(text),
        _ => value,
    };
}
