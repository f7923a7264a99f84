namespace SaltEvents.Core.Nats.JetStream;

/// <summary>A relay's answer to a request to fire an event. The names are on the wire.</summary>
internal enum FireResult
{
    /// <summary>No answer that is known.</summary>
    None,

    Fired,
    NotAccepted,
    Malformed,
    Failed,

    /// <summary>The bus went away; the event may have been fired.</summary>
    Unknown,
}
