namespace SaltEvents;

/// <summary>What happens to an event for which a bounded queue has no room.</summary>
public enum SaltOverflow
{
    /// <summary>The oldest event in the queue is dropped and counted.</summary>
    DropOldest,

    /// <summary>The event that arrives is dropped and counted.</summary>
    DropNewest,

    /// <summary>Nothing more is read until there is room. Only for an embedded bus: it stalls a real one.</summary>
    Block,

    /// <summary>The subscriber is disconnected. For an embedded bus.</summary>
    Disconnect,
}
