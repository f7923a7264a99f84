using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace SaltEvents.Core.Api;

/// <summary>What a user may do, as salt-api reports at the sign-in: a list of texts and of maps of one key, or an empty map.</summary>
internal sealed class SaltApiRights
{
    private const string Runner = "runner";
    private static readonly TimeSpan MatchTime = TimeSpan.FromMilliseconds(100);
    private readonly (string Name, string[]? Functions)[] entries; // null functions: all of them

    private SaltApiRights((string Name, string[]? Functions)[] entries) => this.entries = entries;

    /// <summary>Each right in words, such as <c>@runner: event.send</c>.</summary>
    public IEnumerable<string> Names => entries.Select(e => e.Functions is null ? e.Name : $"{e.Name}: {string.Join(", ", e.Functions)}");

    /// <summary>Reads them.</summary>
    public static SaltApiRights From(JsonElement rights) => new(rights.ValueKind == JsonValueKind.Array
        ? rights.EnumerateArray().SelectMany(Entries).ToArray()
        : Entries(rights).ToArray());

    /// <summary>
    /// Whether a runner may be called. A text allows a whole module or all runners; a map allows functions, by regular
    /// expressions that match from the start (salt/utils/minions.py, spec_check and match_check, 3007.8). Conditions on arguments
    /// are not looked at.
    /// </summary>
    /// <param name="module">The module, such as event.</param>
    /// <param name="function">The function in it, such as send.</param>
    public bool AllowsRunner(string module, string function) => entries.Any(e => e.Name switch
    {
        "@" + Runner or "@" + Runner + "s" => e.Functions?.Any(f => IsMatch(f, $"{module}.{function}")) ?? true,
        _ when e.Name == "@" + module => e.Functions?.Any(f => IsMatch(f, function)) ?? true,
        _ => false,
    });

    private static IEnumerable<(string, string[]?)> Entries(JsonElement right) => right.ValueKind switch
    {
        JsonValueKind.String => [(right.GetString()!, null)],
        JsonValueKind.Object => right.EnumerateObject().Select(p => (p.Name, (string[]?)Functions(p.Value).ToArray())),
        _ => [],
    };

    private static IEnumerable<string> Functions(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => [value.GetString()!],
        JsonValueKind.Array => value.EnumerateArray().SelectMany(Functions),
        JsonValueKind.Object => value.EnumerateObject().Select(p => p.Name), // with conditions on its arguments
        _ => [],
    };

    private static bool IsMatch(string pattern, string function)
    {
        try
        {
            return Regex.IsMatch(function, $@"\A(?:{pattern})", RegexOptions.CultureInvariant, MatchTime);
        }
        catch (Exception e) when (e is ArgumentException or RegexMatchTimeoutException)
        {
            return false;
        }
    }
}
