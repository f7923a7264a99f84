using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Security;
using SaltEvents.Core.Events;
using SaltEvents.Core.Framing;

namespace SaltEvents.Input;

/// <summary>
/// What a script gives as a payload, turned into what the bus carries. Every error names the place of the value in the
/// payload. What has no natural form on the bus has one documented form (see <see cref="PayloadScalars"/>).
/// </summary>
internal sealed class PayloadBuilder
{
    private const string Wrapper = "data";

    // The containers around the present value: the same one again is a cycle.
    private readonly List<object> around = [];

    /// <summary>A payload: a map as it is; anything else, a string above all, under the key "data", as Salt's own event.fire takes a message.</summary>
    /// <exception cref="InvalidEventException">It holds what the bus cannot carry, a secret, or itself.</exception>
    public static PayloadMap Build(object? value) => new PayloadBuilder().Convert(value, string.Empty) switch
    {
        PayloadMap map => map,
        var other => new PayloadMap { { Wrapper, other } },
    };

    private object? Convert(object? value, string path)
    {
        var wrapped = value as PSObject;
        var plain = wrapped?.BaseObject ?? value;
        switch (plain)
        {
            case PSCredential or SecureString or System.Net.NetworkCredential:
                throw new InvalidEventException(
                    InvalidEventReason.Secret,
                    $"{Place(path)} is a {plain.GetType().Name}: every listener on the bus could read it. Nothing was sent. Send a name by which the receiver finds the secret, or convert it to text yourself.");
            case SaltEvent saltEvent:
                return Within(saltEvent, path, () => Convert(saltEvent.Raw, path));
            case byte[] or string:
                return plain;
            case IDictionary dictionary:
                return Within(dictionary, path, () => ConvertDictionary(dictionary, path));
            case IEnumerable items and not System.Xml.XmlNode:
                return Within(items, path, () => items.Cast<object?>().Select((item, index) => Convert(item, $"{path}[{index}]")).ToArray());
            case PSCustomObject:
                return Within(wrapped!, path, () => ConvertObject(wrapped!, path));
        }

        return PayloadScalars.TryConvert(plain, out var scalar) ? scalar : throw new InvalidEventException(
            InvalidEventReason.UnsupportedValue,
            $"{Place(path)} is a {plain!.GetType()}, which the event bus cannot carry. Nothing was sent. Choose what to send of it, for example: $object | Select-Object Name, Id | Send-SaltEvent 'my/tag'");
    }

    private PayloadMap ConvertDictionary(IDictionary dictionary, string path)
    {
        var map = new PayloadMap();
        var entries = dictionary.GetEnumerator();
        while (entries.MoveNext())
        {
            var name = Join(path, entries.Key);
            map.Add(ConvertKey(entries.Key, name), Convert(entries.Value, name));
        }

        return map;
    }

    private PayloadMap ConvertObject(PSObject wrapped, string path)
    {
        var map = new PayloadMap();
        foreach (var property in wrapped.Properties.Where(p => p.IsGettable))
        {
            var name = Join(path, property.Name);
            map.Add(property.Name, Convert(Read(property, name), name));
        }

        return map;
    }

    private static object? Read(PSPropertyInfo property, string path)
    {
        try
        {
            return property.Value;
        }
        catch (GetValueException e)
        {
            throw new InvalidEventException(InvalidEventReason.UnsupportedValue, $"{Place(path)} cannot be read: {e.Message} Nothing was sent.", e);
        }
    }

    private static object? ConvertKey(object? key, string path)
    {
        var plain = key is PSObject wrapped ? wrapped.BaseObject : key;
        return plain is byte[] or string || PayloadScalars.TryConvert(plain, out plain) ? plain : throw new InvalidEventException(
            InvalidEventReason.UnsupportedValue, $"The key {path} is a {key!.GetType()}, which no key on the event bus can be. Nothing was sent.");
    }

    private T Within<T>(object container, string path, Func<T> convert)
    {
        if (around.Any(c => ReferenceEquals(c, container)))
        {
            throw new InvalidEventException(InvalidEventReason.TooDeep, $"{Place(path)} contains itself. Nothing was sent.");
        }

        if (around.Count >= FrameLimits.MaxPayloadDepth)
        {
            throw new InvalidEventException(InvalidEventReason.TooDeep, $"The payload is nested deeper than {FrameLimits.MaxPayloadDepth} levels. Nothing was sent.");
        }

        around.Add(container);
        try
        {
            return convert();
        }
        finally
        {
            around.RemoveAt(around.Count - 1);
        }
    }

    private static string Join(string path, object? key) => path.Length == 0 ? $"{key}" : $"{path}.{key}";

    private static string Place(string path) => path.Length == 0 ? "The payload" : $"The payload's {path}";
}
