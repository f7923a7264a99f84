namespace SaltEvents.Core.Framing;

/// <summary>The two byte-stream dialects of Salt's event bus.</summary>
public enum FrameFormat
{
    /// <summary>
    /// A bare msgpack map (Salt 2016.3 to 3006.25, 3007.0 to 3007.14, 3008.0 and 3008.1; what all of 3007 and 3008 publish).
    /// </summary>
    Map,

    /// <summary>A 4-byte big-endian length before the map (Salt 3006.26 and later; what 3007.15, 3008.2 and later ones take).</summary>
    LengthPrefixed,
}
