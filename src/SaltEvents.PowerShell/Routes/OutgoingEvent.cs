namespace SaltEvents.Routes;

/// <summary>An event to send.</summary>
/// <param name="Tag">Its tag.</param>
/// <param name="Source">The event that was given; null if something else was.</param>
/// <param name="Input">What was given; null for a payload without fields.</param>
internal readonly record struct OutgoingEvent(string Tag, SaltEvent? Source, object? Input)
{
    /// <summary>What the payload is made of: the event itself, also if its input was deserialized.</summary>
    public object? Content => Source ?? Input;
}
