using System;
using System.Collections;
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

    private static object? Limit(object? value, int depth)
    {
        switch (value is PSObject { BaseObject: not PSCustomObject and var inner } ? inner : value)
        {
            case PSObject or IDictionary or (Array and not byte[]) when depth > MaxDepth:
                return TooDeep;
            case PSObject map:
                var copy = PayloadObjects.NewObject(map.Properties.Count());
                foreach (var property in map.Properties.Where(p => p.IsGettable && copy.Properties[Text(p.Name)] is null))
                {
                    copy.Properties.Add(new PSNoteProperty(Text(property.Name), Limit(property.Value, depth + 1)), preValidated: true);
                }

                return copy;
            case IDictionary dictionary:
                var ordered = new OrderedDictionary();
                foreach (DictionaryEntry entry in dictionary)
                {
                    ordered[entry.Key is string key ? Text(key) : entry.Key] = Limit(entry.Value, depth + 1);
                }

                return ordered;
            case Array items and not byte[]:
                return items.Cast<object?>().Select(item => Limit(item, depth + 1)).ToArray();
            case SaltFailedState state:
                return new SaltFailedState(state, part => Limit(part, depth + 1));
            case SaltConstant constant:
                return new SaltConstant(Limit(constant.Name, depth + 1), Limit(constant.Value, depth + 1));
            case string text:
                return Text(text);
            default:
                return value;
        }
    }
}
