namespace SaltEvents;

/// <summary>How a bus reads and writes events on its sockets, which depends on the version of Salt.</summary>
public enum SaltFraming
{
    /// <summary>Firing: found out, once for each bus. A bus: takes both.</summary>
    Auto,

    /// <summary>
    /// A bare msgpack map: Salt 2016.3 to 3006.25, 3007.0 to 3007.14, 3008.0 and 3008.1; what all of 3007 and 3008 publish.
    /// </summary>
    Map,

    /// <summary>A length before the map: Salt 3006.26 and later; what 3007.15, 3008.2 and later ones take.</summary>
    LengthPrefixed,
}
