namespace SaltEvents.Core.Framing;

/// <summary>The limits for data from a socket.</summary>
public static class FrameLimits
{
    /// <summary>The default limit of one frame: 64 MiB. Salt sends what cannot be trimmed above its own 1 MiB.</summary>
    public const int DefaultMaxFrameBytes = 64 * 1024 * 1024;

    /// <summary>
    /// The greatest limit of one frame that can be set: 1 GiB, with which a frame and what is read after it fit in one array.
    /// </summary>
    public const int GreatestMaxFrameBytes = 1024 * 1024 * 1024;

    /// <summary>How deep arrays and maps of a payload may be nested. Salt's own reader (msgpack for Python) stops at 1024.</summary>
    public const int MaxPayloadDepth = 512;

    /// <summary>
    /// How many values a payload that is sent may have, keys and values of maps and items of arrays: 4 Mi. The same object in several
    /// places counts in each, so that a few objects can make more than any bus could take.
    /// </summary>
    public const int MaxPayloadValues = 4 * 1024 * 1024;
}
