using SaltEvents.Core.Framing;

namespace SaltEvents;

/// <summary>How a ZeroMQ bus marks the end of a tag; it depends on the version of Salt.</summary>
public enum SaltTagForm
{
    /// <summary>Padded to 20 bytes, and never longer; the payload may be a string and has no time: Salt 0.9.10 to 0.16.</summary>
    Padded = TagForm.Padded,

    /// <summary>Padded to 20 bytes, or a longer tag with a blank line after it: Salt 0.17 to 2014.7.</summary>
    PaddedOrDelimited = TagForm.PaddedOrDelimited,

    /// <summary>A blank line after it: Salt 2015.5 to 2015.8.</summary>
    Delimited = TagForm.Delimited,
}
