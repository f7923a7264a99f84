namespace SaltEvents.Core.Client;

/// <summary>The state of a subscription's connection.</summary>
public enum StreamState
{
    /// <summary>It is open: from here on no event is missed.</summary>
    Connected,

    /// <summary>The bus has gone; events fired from here on are missed.</summary>
    Disconnected,

    /// <summary>It is open again.</summary>
    Reconnected,

    /// <summary>Events were lost because they arrived faster than they were read.</summary>
    Dropped,

    /// <summary>Events are missing at this place although the connection has stayed open.</summary>
    Gap,
}
