namespace SaltEvents.Core.Framing;

/// <summary>The two byte-stream dialects of Salt's event bus.</summary>
public enum FrameFormat
{
    /// <summary>A bare msgpack map (Salt 2016.3 to 3006.25, 3007; what 3008 publishes).</summary>
    Map,

    /// <summary>A 4-byte big-endian length before the map (Salt 3006.26 and later; what 3008 takes).</summary>
    LengthPrefixed,
}
