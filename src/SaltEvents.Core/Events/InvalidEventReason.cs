namespace SaltEvents.Core.Events;

/// <summary>Why an event cannot be fired.</summary>
public enum InvalidEventReason
{
    /// <summary>The tag is empty.</summary>
    EmptyTag,

    /// <summary>The tag has a blank line in it, which ends a tag on the wire, or a line feed at its end, which makes one.</summary>
    TagHasBlankLine,

    /// <summary>The form of tags that the bus uses cannot carry it: see <see cref="SaltTagForm"/>.</summary>
    TagDoesNotFit,

    /// <summary>The payload is not a map; Salt refuses it since 0.17.</summary>
    PayloadIsNoMap,

    /// <summary>A value in the payload has a type that the bus cannot carry.</summary>
    UnsupportedValue,

    /// <summary>The payload contains itself or is nested too deep.</summary>
    TooDeep,

    /// <summary>The payload has more values or bytes than a bus could take.</summary>
    TooLarge,

    /// <summary>A value in the payload is a secret and must not be published.</summary>
    Secret,

    /// <summary>A value in the payload was masked when the event was exported, so that it is not known.</summary>
    Masked,
}
