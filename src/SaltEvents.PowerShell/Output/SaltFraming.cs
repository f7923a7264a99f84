namespace SaltEvents;

/// <summary>How a bus takes and gives events on its sockets; it depends on the version of Salt.</summary>
public enum SaltFraming
{
    /// <summary>Firing: found out, once for each bus. A bus: takes both.</summary>
    Auto,

    /// <summary>A bare msgpack map: Salt 2016.3 to 3006.25 and 3007; what 3008 publishes.</summary>
    Map,

    /// <summary>A length before the map: Salt 3006.26 and later; what 3008 takes.</summary>
    LengthPrefixed,
}
