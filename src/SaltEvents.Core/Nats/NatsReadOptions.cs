using System;
using System.Collections.Generic;

namespace SaltEvents.Core.Nats;

/// <summary>Which of the stored events to read, and from where on. By default: of all sites, those published from now on.</summary>
public sealed record NatsReadOptions
{
    /// <summary>The sites: names or patterns; all where it is empty.</summary>
    public IReadOnlyCollection<string> Sites { get; init; } = [];

    /// <summary>Events published at this time (UTC) or later; null where that does not matter.</summary>
    public DateTime? Since { get; init; }

    /// <summary>The last so many events of those that the server filters; null where that does not matter.</summary>
    public long? Last { get; init; }

    /// <summary>The name whose position the server keeps; null for none. The other options say where a new name starts.</summary>
    public string? Durable { get; init; }
}
