namespace SaltEvents.Core.Transport;

/// <summary>What is behind an address.</summary>
public enum BusPresence
{
    /// <summary>It was not looked at.</summary>
    Unknown,

    /// <summary>Something listens, and this account may connect.</summary>
    Listening,

    /// <summary>Nothing listens: no socket file, one left over, or a closed port.</summary>
    NotRunning,

    /// <summary>This account may not connect.</summary>
    Denied,

    /// <summary>It cannot be reached, or did not answer in time.</summary>
    NoAnswer,
}
