namespace SaltEvents.Core.Configuration;

/// <summary>Why no one bus can be chosen in a directory.</summary>
public enum BusSelectionReason
{
    /// <summary>The buses of several minions lie there.</summary>
    Ambiguous,

    /// <summary>The directory has the bus of the other kind of node.</summary>
    WrongNode,
}
