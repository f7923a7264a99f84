namespace SaltEvents;

/// <summary>What a bus speaks, as far as it has shown.</summary>
public enum SaltEventDialect
{
    /// <summary>It sent nothing.</summary>
    NoneSeen,

    /// <summary>Bare msgpack maps (Salt 2016.3 to 3006.25, 3007, 3008).</summary>
    Map,

    /// <summary>Maps with a length before them (Salt 3006.26 and later 3006 releases).</summary>
    LengthPrefixed,

    /// <summary>ZeroMQ (Salt before 2016.3).</summary>
    ZeroMQ,

    /// <summary>Something else: not a Salt bus.</summary>
    NotASaltBus,

    /// <summary>JSON, over salt-api.</summary>
    Json,
}
