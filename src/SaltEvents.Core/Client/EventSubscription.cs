using System;
using System.Threading;
using System.Threading.Tasks;
using SaltEvents.Core.Connections;
using SaltEvents.Core.Events;
using SaltEvents.Core.Framing;
using SaltEvents.Core.Protocols;
using SaltEvents.Core.Transport;

namespace SaltEvents.Core.Client;

/// <summary>
/// One connection to a bus's pub socket. A background reader drains the socket always, whether or not anybody reads here,
/// into a bounded queue: a subscriber that leaves its socket full harms the bus. Safe for several readers.
/// </summary>
public sealed partial class EventSubscription : IEventSubscription
{
    private readonly BusEndpoint endpoint;
    private volatile FrameConnection? connection; // null once it has ended: a connection keeps its buffer
    private readonly TagFilter filter;
    private readonly EventBusClientOptions options;
    private readonly EventQueue queue;
    private readonly CancellationTokenSource stop = new();
    private readonly Task pump;
    private long received;
    private long matched;
    private long malformed;
    private int endReason;
    private int disposed;

    private EventSubscription(BusEndpoint endpoint, FrameConnection connection, bool isConfirmed, TagFilter filter, EventBusClientOptions options)
    {
        this.endpoint = endpoint;
        this.connection = connection;
        this.filter = filter.Until(stop.Token);
        this.options = options;
        backoff = new Backoff(endpoint.Pub);
        bus = BusIdentity.Find(endpoint.Pub);
        queue = new EventQueue(options.QueueSize, options.Overflow);
        if (options.ReportsStatus)
        {
            var doubt = isConfirmed ? string.Empty : " It could not be seen from when on: give the pull socket too; the first events may be missed.";
            queue.Add(new StreamStatus(StreamState.Connected, DateTime.UtcNow, TimeSpan.Zero, $"Listening to the event bus at {Address}.{doubt}"));
        }

        pump = Task.Run(() => PumpAsync(stop.Token));
    }

    /// <summary>How many events the bus has sent.</summary>
    public long Received => Interlocked.Read(ref received);

    /// <summary>How many of them passed the filter.</summary>
    public long Matched => Interlocked.Read(ref matched);

    /// <summary>How many matching events the full queue dropped.</summary>
    public long Dropped => queue.Dropped;

    /// <summary>How many frames were no event.</summary>
    public long Malformed => Interlocked.Read(ref malformed);

    /// <summary>What the last of them looked like; null if there was none.</summary>
    public string? LastMalformed { get; private set; }

    /// <summary>How many events wait to be read.</summary>
    public int Queued => queue.Count;

    /// <summary>Why it has ended; events that arrived before can still be read.</summary>
    public SubscriptionEndReason EndReason => (SubscriptionEndReason)Volatile.Read(ref endReason);

    /// <summary>The error that ended it, if there was one.</summary>
    public Exception? EndCause { get; private set; }

    internal BusAddress Address => endpoint.Pub;

    /// <summary>How the bus publishes; null if it has sent nothing.</summary>
    internal FrameFormat? Format { get; private set; }

    /// <inheritdoc/>
    public bool TryReadStatus(out StreamStatus? status) => queue.TryTakeStatus(TagFilter.All, out status);

    /// <inheritdoc/>
    public bool TryRead(out SaltEvent? saltEvent) => queue.TryTake(TagFilter.All, out saltEvent);

    /// <inheritdoc/>
    public ValueTask<bool> WaitToReadAsync(CancellationToken token = default) => queue.WaitAsync(TagFilter.All, token);

    /// <inheritdoc/>
    public IEventSource Matching(TagFilter filter, Action? check = null) => new MatchingSource(this, queue, filter, check);

    /// <inheritdoc/>
    public void Discard() => queue.Discard();

    /// <summary>Throws the error that ended the subscription, unless its owner ended it.</summary>
    /// <exception cref="BusException">The bus went away, or the queue overflowed.</exception>
    /// <exception cref="FrameFormatException">What the bus sends is not an event stream.</exception>
    public void ThrowIfBroken()
    {
        switch (EndReason)
        {
            case SubscriptionEndReason.BusClosed:
                throw new BusException(BusReason.ConnectionLost, Address, $"The event bus at {Address} went away.", EndCause);
            case SubscriptionEndReason.Overflow:
                throw new BusException(BusReason.ConnectionLost, Address, $"The subscription at {Address} was ended: its queue was full.", EndCause);
            case SubscriptionEndReason.Malformed:
                throw EndCause!;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref disposed, 1) == 0)
        {
            End(SubscriptionEndReason.Disposed, null);
            stop.Cancel();
            queue.Complete();
            connection?.Dispose();
        }

        await pump.ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();

    internal static async Task<EventSubscription> OpenAsync(BusEndpoint endpoint, TagFilter filter, EventBusClientOptions options, CancellationToken token)
    {
        var (connection, isConfirmed) = await endpoint.Protocol.SubscribeAsync(endpoint, filter.Prefixes, options.ConnectTimeout, options.MaxFrameBytes, token).ConfigureAwait(false);
        return new EventSubscription(endpoint, connection, isConfirmed, filter, options);
    }

    // The first reason wins.
    private void End(SubscriptionEndReason reason, Exception? cause)
    {
        if (Interlocked.CompareExchange(ref endReason, (int)reason, (int)SubscriptionEndReason.None) == (int)SubscriptionEndReason.None)
        {
            EndCause = cause;
        }
    }
}
