using System;
using System.Collections.Generic;
using System.Linq;

namespace SaltEvents.Core.Recording;

/// <summary>The names that Salt, salt-api and senders use for keys, tokens and passwords.</summary>
internal static class SecretNames
{
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
        "eauth",
        "pub",
        "apikey",
    };

    // In a name of several words the last one decides: X-Auth-Token, client_secret, Set-Cookie. salt-api puts the
    // headers of a request into its event, with a token that works.
    private static readonly HashSet<string> LastWords = new(StringComparer.OrdinalIgnoreCase)
    {
        "token",
        "password",
        "passwd",
        "passphrase",
        "secret",
        "cookie",
        "authorization",
    };

    // Or the last two: private_key, X-API-Key.
    private static readonly string[] KeyKinds = ["private", "api", "access", "auth", "secret"];

    /// <summary>Whether a field of that name holds a secret, whatever surrounds it.</summary>
    public static bool Contains(string name)
    {
        var words = SplitWords(name);
        var last = words.LastIndexOf('_') + 1;
        return Names.Contains(words) || LastWords.Contains(words.Substring(last)) || LastWords.Contains(LastCapitalized(words)) || IsKey(words);
    }

    private static bool IsKey(string words) =>
        words.EndsWith("_key", StringComparison.OrdinalIgnoreCase)
        && KeyKinds.Contains(words.Substring(0, words.Length - 4).Split('_').Last(), StringComparer.OrdinalIgnoreCase);

    // Token, from authToken.
    private static string LastCapitalized(string words)
    {
        var start = words.Length - 1;
        while (start > 0 && !char.IsUpper(words[start]))
        {
            start--;
        }

        return start > 0 && char.IsLower(words[start - 1]) ? words.Substring(start) : string.Empty;
    }

    // The words with _ between them, without what surrounds the name. A name of another kind, such as a path, has no other words.
    private static string SplitWords(string name)
    {
        var (start, end) = (0, name.Length);
        while (start < end && IsAround(name[start]))
        {
            start++;
        }

        while (end > start && IsAround(name[end - 1]))
        {
            end--;
        }

        return name.Substring(start, end - start).Replace('-', '_');
    }

    private static bool IsAround(char c) =>
        !char.IsLetterOrDigit(c) && (c is '_' or '-' or ':' or '"' or '\'' || char.IsWhiteSpace(c) || char.IsControl(c));
}
