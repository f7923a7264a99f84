#nullable enable
using System.Collections.Generic;

namespace SaltEvents.Tests;

/// <summary>A request that a stand-in for salt-api has read.</summary>
public sealed record FakeApiRequest(string Method, string Path, IReadOnlyDictionary<string, string> Headers, string Body)
{
    public string? Token => Headers.TryGetValue("X-Auth-Token", out var token) ? token : null;
}
