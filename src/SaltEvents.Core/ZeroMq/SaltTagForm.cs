namespace SaltEvents;

/// <summary>
/// How a ZeroMQ bus marks the end of a tag; it depends on the version of Salt (salt/utils/event.py, SaltEvent.fire_event and unpack).
/// </summary>
public enum SaltTagForm
{
    /// <summary>
    /// Padded with <c>|</c> to 20 bytes, and never longer; no <c>_stamp</c>, and the payload may be a string (0.9.10 to 0.16).
    /// </summary>
    Padded,

    /// <summary>Padded to 20 bytes; a longer tag has a blank line after it (0.17 to 2014.7).</summary>
    PaddedOrDelimited,

    /// <summary>A blank line after it, as on the byte stream since (2015.5 to 2015.8).</summary>
    Delimited,
}
