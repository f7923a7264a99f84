namespace SaltEvents.Core.Metrics;

/// <summary>What an event is for the metrics.</summary>
public enum EventKind
{
    /// <summary>It counts as an event and no more.</summary>
    Other,

    /// <summary>A job, or a runner, has started.</summary>
    New,

    /// <summary>A minion, or a runner, has returned.</summary>
    Return,

    /// <summary>A minion's status beacon, by which one sees that it lives.</summary>
    Heartbeat,
}
