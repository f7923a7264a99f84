namespace SaltEvents.Base;

/// <summary>The names of the parameter sets. Each is a way to name the bus.</summary>
internal static class BusSets
{
    /// <summary>No name: the default bus, or the bus of a node.</summary>
    public const string Node = "Node";

    public const string SockDir = "SockDir";

    public const string Ports = "Ports";

    public const string ConfigPath = "ConfigPath";

    public const string Session = "Session";

    public const string Bus = "Bus";

    /// <summary>-Uri, in place of a bus on this computer.</summary>
    public const string Uri = "Uri";
}
