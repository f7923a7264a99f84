using System.Threading;
using System.Threading.Tasks;
using SaltEvents.Core.Events;

namespace SaltEvents.Core.Client;

/// <summary>A source of events: a subscription, or the events that a session has kept.</summary>
public interface IEventSource
{
    /// <summary>How many events wait to be read, whether or not they match.</summary>
    int Queued { get; }

    /// <summary>How many events the full queue dropped.</summary>
    long Dropped { get; }

    /// <summary>How many frames were not events.</summary>
    long Malformed { get; }

    /// <summary>What the last of them looked like; null if there were none.</summary>
    string? LastMalformed { get; }

    /// <summary>
    /// Takes the next change of the connection, if it comes before the next event. Only with
    /// <see cref="EventBusClientOptions.ReportsStatus"/>, and then it must be called before <see cref="TryRead"/>.
    /// </summary>
    bool TryReadStatus(out StreamStatus? status);

    /// <summary>Takes the next event that has already arrived; false if there is none, or a change of the connection comes first.</summary>
    bool TryRead(out SaltEvent? saltEvent);

    /// <summary>Returns true when an event or a change of the connection can be read, and false when none can come any more.</summary>
    ValueTask<bool> WaitToReadAsync(CancellationToken token = default);

    /// <summary>Throws the error that ended the source, unless its owner ended it.</summary>
    void ThrowIfBroken();
}
