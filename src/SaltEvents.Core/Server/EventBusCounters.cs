namespace SaltEvents.Core.Server;

/// <summary>What a bus has done since it was started.</summary>
public sealed record EventBusCounters
{
    /// <summary>Events taken from senders.</summary>
    public long EventsIn { get; init; }

    /// <summary>Bytes read from senders.</summary>
    public long BytesIn { get; init; }

    /// <summary>Events handed to subscribers' sockets, counted per subscriber.</summary>
    public long EventsOut { get; init; }

    /// <summary>Bytes handed to subscribers' sockets.</summary>
    public long BytesOut { get; init; }

    /// <summary>Events that a subscriber did not get because its queue was full.</summary>
    public long Dropped { get; init; }

    /// <summary>Frames that were no event, and frames cut off by their sender's end.</summary>
    public long Malformed { get; init; }

    /// <summary>Subscribers connected now.</summary>
    public int Subscribers { get; init; }

    /// <summary>Senders connected now.</summary>
    public int Senders { get; init; }

    /// <summary>
    /// Connections that were refused because there were too many: see <see cref="EventBusServerOptions.MaxConnections"/>.
    /// </summary>
    public long Refused { get; init; }

    /// <summary>Events sent on to the master.</summary>
    public long Forwarded { get; init; }

    /// <summary>Events that wait for the master; those of one <c>fire_master</c> event count as one until it is their turn.</summary>
    public int ForwardQueued { get; init; }

    /// <summary>
    /// Events for the master that were dropped: the queue was full, or what they hold is not an event, or a minion may not fire it.
    /// </summary>
    public long ForwardDropped { get; init; }

    /// <summary>Events that were sent to a master that went away before it had read them.</summary>
    public long ForwardUnconfirmed { get; init; }
}
