using System;
using SaltEvents.Core.Events;
using SaltEvents.Payload;

namespace SaltEvents.Routes;

/// <summary>An event to send.</summary>
/// <param name="Tag">Its tag.</param>
/// <param name="Source">The event that was given; null if something else was.</param>
/// <param name="Input">What was given; null for a payload without fields.</param>
internal readonly record struct OutgoingEvent(string Tag, SaltEvent? Source, object? Input)
{
    /// <summary>The payload: that of the event, also if its input was deserialized; without fields if nothing was given.</summary>
    /// <param name="warn">Takes warnings about properties that could not be read and are left out.</param>
    /// <exception cref="InvalidEventException">It holds what the bus cannot carry, a secret, or itself.</exception>
    public PayloadMap BuildPayload(Action<string> warn) => (Source ?? Input) is { } content ? PayloadBuilder.Build(content, warn) : [];
}
