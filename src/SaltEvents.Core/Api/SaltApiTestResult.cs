using System;
using System.Collections.Generic;
using SaltEvents.Core.Transport;

namespace SaltEvents.Core.Api;

/// <summary>What a test of a salt-api showed.</summary>
/// <param name="Steps">Every step, in its order; those behind one that failed were not tried.</param>
public sealed record SaltApiTestResult(IReadOnlyList<SaltApiTestStep> Steps)
{
    /// <summary>Why a step failed; null where none did.</summary>
    public SaltEventException? Problem { get; init; }

    /// <summary>Whether the event stream could be opened; null if it was not tried.</summary>
    public bool? CanRead { get; init; }

    /// <summary>Whether an event could be fired, or otherwise whether the user has permission to; null if that is not known.</summary>
    public bool? CanFire { get; init; }

    /// <summary>Whether an event has arrived.</summary>
    public bool HasEvents { get; init; }

    /// <summary>How long an event took over salt-api and back; null where none was fired or none came back.</summary>
    public TimeSpan? RoundTrip { get; init; }
}
