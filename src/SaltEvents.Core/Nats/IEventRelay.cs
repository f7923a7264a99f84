using System;
using System.Threading;
using System.Threading.Tasks;

namespace SaltEvents.Core.Nats;

/// <summary>A relay that runs.</summary>
public interface IEventRelay : IAsyncDisposable
{
    /// <summary>The counters of the moment they are read.</summary>
    EventRelayCounters Counters { get; }

    /// <summary>Whether it runs; false once it was stopped or its bus has gone for good.</summary>
    bool IsRunning { get; }

    /// <summary>What keeps it from relaying at present, or what ended it; null if nothing does.</summary>
    string? Problem { get; }

    /// <summary>Why an event was given up last; null where none was.</summary>
    string? LastDropped { get; }

    /// <summary>Ends it: reads no more of the bus, and publishes what waits, for so long at most.</summary>
    /// <param name="wait">How long to publish what waits.</param>
    /// <param name="token">Ends that early; the relay is still stopped.</param>
    /// <returns>How many events were given up.</returns>
    Task<long> StopAsync(TimeSpan wait, CancellationToken token = default);
}
