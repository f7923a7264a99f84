using System;
using System.Collections.Generic;

namespace SaltEvents.Core.Nats;

/// <summary>Which of the stored events to read, and from where on. By default: of all sites, those published from now on.</summary>
public sealed record NatsReadOptions
{
    /// <summary>The sites: names or patterns; all if it is empty.</summary>
    public IReadOnlyCollection<string> Sites { get; init; } = [];

    /// <summary>Events published at this time (UTC) or later; null if that does not matter.</summary>
    public DateTime? Since { get; init; }

    /// <summary>The number of last events, of those that the server filters; null if that does not matter.</summary>
    public long? Last { get; init; }

    /// <summary>The name whose position the server keeps; null for none. The other options determine where a new name starts.</summary>
    public string? Durable { get; init; }
}
