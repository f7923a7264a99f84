using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;
using SaltEvents.Core.Compat;
using SaltEvents.Core.Events;

namespace SaltEvents.Core.Recording;

/// <summary>Which fields of payloads hold secrets, and what stands for a secret in a recording.</summary>
public static class SecretFields
{
    // What other events of a job contain as well.
    private static readonly HashSet<string> Harmless = new(StringComparer.Ordinal)
    {
        EventCodec.StampKey,
        "jid",
        "fun",
        "tgt",
        "tgt_type",
        "user",
        "minions",
    };

    // What a map calls the name of a field that its "value" belongs to.
    private static readonly string[] NameKeys = ["name", "key", "header"];

    /// <summary>Whether a field of that name holds a secret.</summary>
    public static bool Contains(string name) => SecretNames.Contains(name);

    /// <summary>
    /// Whether the field is the value of a map that names another field, such as { name: X-Auth-Token, value: ... }, and that one is secret.
    /// </summary>
    /// <param name="field">The field's name.</param>
    /// <param name="find">Gives the value of another field of the same map.</param>
    public static bool IsSecretValue(string field, Func<string, object?> find) =>
        (field.Equals("value", StringComparison.OrdinalIgnoreCase) || field.Equals("values", StringComparison.OrdinalIgnoreCase))
        && NameKeys.Any(key => TextOf(find(key)) is { } name && Contains(name));

    /// <summary>
    /// Which of the items of a list are fields that hold a secret: arguments such as "password=..." among any others, and in a list of
    /// nothing else pairs of a name and a value and lines such as "Cookie: ..."; null if there are none.
    /// </summary>
    /// <param name="items">The items.</param>
    /// <param name="toList">Gives the items of a list in it; null for anything else.</param>
    public static bool[]? FindSecretItems(IList items, Func<object?, IList?> toList)
    {
        bool[]? arguments = null;
        bool[]? fields = null;
        var areFields = true;
        for (var i = 0; i < items.Count; i++)
        {
            var name = areFields ? NameOf(items[i], toList) : null;
            areFields &= name is not null;
            Mark(ref fields, name, i, items.Count);
            Mark(ref arguments, ArgumentName(items[i]), i, items.Count);
        }

        return areFields ? fields ?? arguments : arguments;
    }

    /// <summary>The value with every secret in it masked; the value itself if it has none.</summary>
    /// <param name="payload">A payload, or a value in one.</param>
    /// <param name="isSecret">Whether the payload as a whole is secret: all but the fields that say which job it is of.</param>
    public static object? Mask(object? payload, bool isSecret = false) => payload switch
    {
        PayloadMap map => MaskMap(map, isSecret),
        object?[] items => Changed(items, MaskItems(items, isSecret)),
        _ when isSecret => SaltConstant.Masked,
        SaltConstant constant when Mask(constant.Value) is var value && !ReferenceEquals(value, constant.Value) =>
            new SaltConstant(constant.Name, value),
        _ => payload,
    };

    /// <summary>
    /// Whether an event carries a secret: whether <see cref="Mask"/> would hide any of it. One that cannot be decoded counts as secret.
    /// </summary>
    /// <param name="saltEvent">The event.</param>
    /// <param name="isSecret">Whether its payload as a whole is secret.</param>
    internal static bool AppearIn(SaltEvent saltEvent, bool isSecret)
    {
        if (isSecret || !saltEvent.Fields.IsDecodable)
        {
            return true;
        }

        var payload = saltEvent.Fields.Decode();
        return !ReferenceEquals(payload, Mask(payload));
    }

    /// <summary>The place of the first masked value in a body, such as data.password; null if there is none.</summary>
    public static string? FindMasked(ReadOnlySpan<byte> body)
    {
        if (body.IndexOf("(secret)"u8) < 0)
        {
            return null;
        }

        try
        {
            return Find(EventCodec.Decode(body, takesEmptyTag: true).Fields.Decode(), string.Empty);
        }
        catch (EventFormatException)
        {
            return null;
        }
    }

    private static string? Find(object? value, string path) =>
        value switch
        {
            SaltConstant { IsMasked: true } => path,
            SaltConstant constant => Find(constant.Value, path),
            PayloadMap map => map.Select(e => Find(e.Value, path.Length == 0 ? $"{e.Key}" : $"{path}.{e.Key}"))
                .FirstOrDefault(p => p is not null),
            object?[] items => items.Select((item, index) => Find(item, $"{path}[{index}]")).FirstOrDefault(p => p is not null),
            _ => null,
        };

    private static object MaskMap(PayloadMap map, bool isSecret)
    {
        var masked = new PayloadMap(map.Count);
        var isChanged = false;
        foreach (var entry in map)
        {
            // An empty value is not a secret.
            var hides =
                entry.Value is not (null or "")
                && (isSecret ? entry.Key is not string shown || !Harmless.Contains(shown) : IsSecret(entry.Key, map));
            var value = hides ? SaltConstant.Masked : Mask(entry.Value);
            isChanged |= !ReferenceEquals(value, entry.Value);
            masked.Add(entry.Key, value);
        }

        return isChanged ? masked : map;
    }

    private static bool IsSecret(object? key, PayloadMap map) =>
        TextOf(key) is { } name && (Contains(name) || IsSecretValue(name, other => FindIgnoringCase(map, other)));

    private static object? FindIgnoringCase(PayloadMap map, string name) =>
        map.FirstOrDefault(e => name.Equals(TextOf(e.Key), StringComparison.OrdinalIgnoreCase)).Value;

    private static object?[] MaskItems(object?[] items, bool isSecret)
    {
        var secret = isSecret ? null : FindSecretItems(items, item => item as object?[]);
        return items.Select((item, i) => secret?[i] == true ? MaskItem(item) : Mask(item, isSecret)).ToArray();
    }

    private static object? MaskItem(object? item) => item switch
    {
        object?[] { Length: 2 } pair => pair[1] is null or "" ? pair : new[] { pair[0], SaltConstant.Masked },
        _ => SaltConstant.Masked,
    };

    private static string? NameOf(object? item, Func<object?, IList?> toList)
    {
        if (toList(item) is { Count: 2 } pair)
        {
            return TextOf(pair[0]);
        }

        var line = item as string;
        var colon = line?.IndexOf(':') ?? -1;
        return colon > 0 && line!.IndexOf(' ', 0, colon) < 0 ? line.Substring(0, colon) : null;
    }

    private static void Mark(ref bool[]? found, string? name, int index, int count)
    {
        if (name is not null && Contains(name))
        {
            (found ??= new bool[count])[index] = true;
        }
    }

    private static string? ArgumentName(object? item)
    {
        if (item is not string text || text.IndexOf('=') is var end && end <= 0)
        {
            return null;
        }

        return text.Take(end).All(c => char.IsLetterOrDigit(c) || c is '_' or '-') ? text.Substring(0, end) : null;
    }

    private static string? TextOf(object? value) => value switch
    {
        string text => text,
        byte[] bytes => TextSupport.Utf8(bytes),
        _ => null,
    };

    private static object?[] Changed(object?[] before, object?[] after)
    {
        for (var i = 0; i < before.Length; i++)
        {
            if (!ReferenceEquals(before[i], after[i]))
            {
                return after;
            }
        }

        return before;
    }
}
