namespace SaltEvents.Core.Nats;

/// <summary>An event source whose events are stored elsewhere and are read from there.</summary>
public interface IStoredEvents
{
    /// <summary>Whether all events have been read that were stored when it was opened.</summary>
    bool IsCaughtUp { get; }

    /// <summary>Says that the events read so far are done with: the next reader under the durable name starts after them.</summary>
    void Acknowledge();
}
