namespace SaltEvents;

/// <summary>What happens to an event when a bounded queue is full.</summary>
public enum SaltOverflow
{
    /// <summary>The oldest event in the queue is dropped and counted.</summary>
    DropOldest,

    /// <summary>The event that arrives is dropped and counted.</summary>
    DropNewest,

    /// <summary>Nothing is read from the socket until there is room: on a real Salt bus this harms the others (salt#69988).</summary>
    Block,

    /// <summary>The subscriber is disconnected.</summary>
    Disconnect,
}
