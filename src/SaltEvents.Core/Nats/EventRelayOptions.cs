using System;
using System.Collections.Generic;
using SaltEvents.Core.Client;
using SaltEvents.Core.Compat;
using SaltEvents.Core.Events;

namespace SaltEvents.Core.Nats;

/// <summary>What a relay publishes, and what it fires. Immutable; change a copy with <c>with</c>.</summary>
public sealed record EventRelayOptions
{
    /// <summary>How long a stream that the relay makes keeps events: 7 days.</summary>
    public static readonly TimeSpan DefaultMaxAge = TimeSpan.FromDays(7);

    /// <summary>The name of the site: ASCII letters, digits, - and _.</summary>
    public required string Site { get; init; }

    /// <summary>The events to publish. Default all.</summary>
    public TagFilter Filter { get; init; } = TagFilter.All;

    /// <summary>Tags of events that it fires for others; null fires none.</summary>
    public TagFilter? Accepts { get; init; }

    /// <summary>How long the stream keeps events. Null leaves a stream unchanged, and creates one with <see cref="DefaultMaxAge"/>.</summary>
    public TimeSpan? MaxAge { get; init; }

    /// <summary>How many bytes the stream keeps at most, if the relay creates the stream; null for no limit.</summary>
    public long? MaxBytes { get; init; }

    /// <summary>On how many servers the stream is kept, if the relay creates it; null for three in a cluster, otherwise one.</summary>
    public int? Replicas { get; init; }

    /// <summary>Whether events with secrets are also published.</summary>
    public bool IncludesSecrets { get; init; }

    /// <summary>How many events wait for the server at most. Default 100,000.</summary>
    public int QueueSize { get; init => field = Require.Positive(value); } = 100_000;

    /// <summary>How to listen and fire on the bus.</summary>
    public EventBusClientOptions Bus { get; init; } = EventBusClientOptions.Default;

    /// <summary>Whether the whole payload of an event is secret, by its tag.</summary>
    public Func<string, bool> IsSecretTag { get; init; } = _ => false;

    /// <summary>How long the server may take to acknowledge an event before it is published again. Default 5 s.</summary>
    internal TimeSpan AckTimeout { get; init; } = TimeSpan.FromSeconds(5);
}
