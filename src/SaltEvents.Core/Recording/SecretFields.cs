using System;
using System.Collections.Generic;
using System.Linq;
using SaltEvents.Core.Events;

namespace SaltEvents.Core.Recording;

/// <summary>Which fields of payloads hold secrets, and what stands for a secret in a recording.</summary>
public static class SecretFields
{
    // The names that Salt and senders use for keys, tokens and passwords.
    private static readonly HashSet<string> Names = new(StringComparer.OrdinalIgnoreCase)
    {
        "aes",
        "session",
        "token",
        "tok",
        "sig",
        "key",
        "password",
        "passwd",
        "secret",
        "private_key",
        "eauth",
        "pub",
        "api_key",
        "apikey",
        "x_api_key",
    };

    // In a name of several words the last one decides: X-Auth-Token, client_secret, Set-Cookie. salt-api puts the
    // headers of a request into its event, with a token that works.
    private static readonly HashSet<string> LastWords = new(StringComparer.OrdinalIgnoreCase)
    {
        "token",
        "password",
        "passwd",
        "secret",
        "cookie",
        "authorization",
    };

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

    /// <summary>Whether a field of that name holds a secret.</summary>
    public static bool Contains(string name)
    {
        var words = name.Replace('-', '_');
        return Names.Contains(words) || LastWords.Contains(words.Substring(words.LastIndexOf('_') + 1));
    }

    /// <summary>The value with every secret in it masked; the value itself if it has none.</summary>
    /// <param name="payload">A payload, or a value in one.</param>
    /// <param name="isSecret">Whether the payload as a whole is secret: all but the fields that say which job it is of.</param>
    public static object? Mask(object? payload, bool isSecret = false) => payload switch
    {
        PayloadMap map => MaskMap(map, isSecret),
        object?[] items => Changed(items, items.Select(item => Mask(item, isSecret)).ToArray()),
        _ when isSecret => SaltConstant.Masked,
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
                && (isSecret ? entry.Key is not string shown || !Harmless.Contains(shown) : entry.Key is string name && Contains(name));
            var value = hides ? SaltConstant.Masked : Mask(entry.Value);
            isChanged |= !ReferenceEquals(value, entry.Value);
            masked.Add(entry.Key, value);
        }

        return isChanged ? masked : map;
    }

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
